using SimEval.Models.Compression;
using SimEval.Models.Graphs;
using SimEval.Models.Shapes;

namespace SimEval.Models.Passes;

/// <summary>What passes made of a model.</summary>
/// <param name="Model">The model; its inputs and outputs are as they were.</param>
/// <param name="Applied">Names of the passes that changed something, with how many rounds they did in.</param>
public sealed record PassResult(OnnxModel Model, IReadOnlyDictionary<string, int> Applied);

/// <summary>Runs passes, one after the other and all again, until none finds anything to do.</summary>
public static class PassPipeline
{
    // What one round leaves another picks up; chains longer than this stay as they are.
    private const int MostRounds = 24;

    /// <summary>
    /// The model after the passes. Throws <see cref="Onnx.OnnxFormatException"/> where an operator cannot take what it is given.
    /// </summary>
    public static PassResult Run(OnnxModel model, IReadOnlyList<GraphPass> passes)
    {
        var opset = model.Opsets.GetValueOrDefault("", 1);
        var applied = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var now = model;
        for (var round = 0; round < MostRounds; round++)
        {
            var before = now;
            foreach (var pass in passes)
            {
                var graph = ShapeInference.Infer(now).Graph;
                var after = pass.Apply(graph, opset);
                if (ReferenceEquals(after, graph))
                    continue;
                applied[pass.Name] = applied.GetValueOrDefault(pass.Name) + 1;
                now = now with { Graph = Trimmed.Of(after with { Types = model.Graph.Types }) };
            }

            if (ReferenceEquals(before, now))
                break;
        }

        return new PassResult(now, applied);
    }
}
