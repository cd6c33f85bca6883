using SimEval.Devices.Binding;
using SimEval.Models;
using SimEval.Models.Asic.Lowering;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Models.Passes;

namespace SimEval.Devices.Cpu;

/// <summary>A model as one file: weights of other files inside, and values of its graph as outputs where asked for.</summary>
internal static class WholeModel
{
    /// <summary>The file's bytes. Throws <see cref="ModelException"/> when it cannot be read or has no such value.</summary>
    /// <param name="file">The model.</param>
    /// <param name="options">Limits.</param>
    /// <param name="values">Values to give beside the outputs.</param>
    public static byte[] Of(ModelFile file, ModelOptions options, IReadOnlyCollection<string> values)
    {
        try
        {
            var model = OnnxReader.Read(file.Bytes, ExternalFiles.Beside(file, options.MaximumBytes));
            return OnnxWriter.Write(
                values.Count == 0 ? model : model with { Graph = WithOutputs(model.Graph, values) }
            );
        }
        catch (OnnxFormatException e)
        {
            throw new ModelException(ModelFault.Unreadable, e.Message, e);
        }
    }

    /// <summary>A whole file with the int8 constants of each node its own. Throws <see cref="ModelException"/> when it cannot be read.</summary>
    public static byte[] WithSeparateConstants(ReadOnlyMemory<byte> whole)
    {
        try
        {
            var model = OnnxReader.Read(whole);
            return OnnxWriter.Write(model with { Graph = SeparateConstants.Apply(model.Graph) });
        }
        catch (OnnxFormatException e)
        {
            throw new ModelException(ModelFault.Unreadable, e.Message, e);
        }
    }

    private static Graph WithOutputs(Graph graph, IReadOnlyCollection<string> values)
    {
        // Pairs as the runtime itself makes them, before an output keeps it from that. Branches may take values of this graph.
        var run = graph.Nodes.Any(node => node.Subgraphs().Any()) ? graph : RuntimePairs.Apply(graph);
        var gone = graph.Nodes.SelectMany(node => node.Outputs).ToHashSet(StringComparer.Ordinal);
        gone.ExceptWith(run.Nodes.SelectMany(node => node.Outputs));
        var outputs = run.Outputs.ToBuilder();
        var known = graph
            .Inputs.Select(input => input.Name)
            .Concat(graph.Initializers.Keys)
            .Concat(graph.Nodes.SelectMany(node => node.Outputs))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var name in values.Distinct(StringComparer.Ordinal))
        {
            if (!known.Contains(name))
                throw new ModelException(
                    ModelFault.Unbindable,
                    $"the model has no value '{name}'"
                        + (NearestName.Of(name, known) is { } near ? $"; did you mean '{near}'?" : "")
                );
            // Without a type: the runtime finds it, and what the file says of inner values may be out of date.
            if (!gone.Contains(name) && run.Outputs.All(output => output.Name != name))
                outputs.Add(new GraphValue(name, TensorType.Unknown));
        }

        return run with
        {
            Outputs = outputs.ToImmutable(),
        };
    }
}
