using SimEval.Devices;
using SimEval.Models.Compression;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Engine.Compression;

/// <summary>
/// Prunes a model layer after layer; what stays of each matrix product is fitted, over given frames, to what the original layer
/// gives, so that it makes up for its own zeros and for the errors of the layers before it.
/// </summary>
/// <param name="device">Runs the models.</param>
/// <param name="limits">Their limits.</param>
/// <param name="frames">Inputs.</param>
public sealed class FittedPruning(ITensorDevice device, ModelOptions limits, CalibrationFrames frames)
{
    /// <summary>The pruned model. Throws <see cref="CompressionException"/> when it has no layer to prune.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pattern">Which weights.</param>
    /// <param name="except">Layers that stay as they are.</param>
    /// <param name="told">Hears how many layers of how many are done.</param>
    public PrunedModel Prune(
        OnnxModel model,
        PruningPattern pattern,
        IReadOnlyCollection<string>? except = null,
        Action<int, int>? told = null
    )
    {
        var prepared = Preparation.Prepare(model);
        var layers = Pruner.Chosen(prepared, except ?? []);
        var pruned = new PrunedModel(prepared, []);
        for (var i = 0; i < layers.Count; i++)
        {
            pruned = Pruner.Prune(pruned, layers[i], pattern, Moments(prepared, pruned.Model, layers[i]));
            told?.Invoke(i + 1, layers.Count);
        }

        return pruned;
    }

    private InputMoments? Moments(OnnxModel original, OnnxModel pruned, string layer)
    {
        var node = original.Graph.Nodes.Single(node => node.Outputs.Contains(layer));
        var layout = WeightLayout.Of(node, original.Graph)!;
        var width = (int)layout.Weights.Dims[layout.Reduction];
        if (node.Operator is not ("Gemm" or "MatMul") || width > InputMoments.Widest || HasTransposedInput(node))
            return null;
        var moments = new InputMoments(width);
        var value = node.Inputs[0];
        using var before = Open(original, value);
        using var after = Open(pruned, value);
        foreach (var frame in frames.Frames)
            moments.Add(Value(after, frame, value), Value(before, frame, value));
        return moments;
    }

    private ITensorModel Open(OnnxModel model, string value) =>
        device.Open(
            new ModelFile("", OnnxWriter.Write(model)),
            limits,
            model.Graph.Inputs.Any(input => input.Name == value) ? null : [value]
        );

    private static ReadOnlySpan<float> Value(
        ITensorModel model,
        IReadOnlyDictionary<string, Tensor> frame,
        string value
    ) => (frame.TryGetValue(value, out var input) ? input : model.Run(frame)[value]).Span<float>();

    private static bool HasTransposedInput(Node node) =>
        node.Attributes.GetValueOrDefault("transA") is AttributeValue.Int(not 0);
}
