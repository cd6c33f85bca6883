using SimEval.Models.Onnx;

namespace SimEval.Models.Learning;

/// <summary>What surrounds a network in its file.</summary>
/// <param name="Input">Name of the input.</param>
/// <param name="Output">Name of the output.</param>
/// <param name="Normalisation">Applied to the input.</param>
/// <param name="InputLimit">Normalised inputs are clipped to this magnitude.</param>
/// <param name="OutputScale">Each output is multiplied by this...</param>
/// <param name="OutputShift">... and moved by this.</param>
/// <param name="Metadata">Properties to store.</param>
public sealed record MlpEnvelope(
    string Input,
    string Output,
    Normalisation Normalisation,
    float InputLimit,
    IReadOnlyList<float> OutputScale,
    IReadOnlyList<float> OutputShift,
    IReadOnlyDictionary<string, string> Metadata
);

/// <summary>A network as an ONNX file with a dynamic batch axis, normalisation inside.</summary>
public static class MlpOnnx
{
    /// <summary>Writes the file.</summary>
    public static byte[] Write(Mlp network, string name, MlpEnvelope envelope)
    {
        var builder = new OnnxBuilder(name)
            .Input(envelope.Input, ["batch", Text(network.Sizes[0])])
            .Output(envelope.Output, ["batch", Text(network.Sizes[^1])])
            .Constant("shift", [network.Sizes[0]], [.. envelope.Normalisation.Shift])
            .Constant("scale", [network.Sizes[0]], [.. envelope.Normalisation.Scale])
            .Constant("lower", [], [-envelope.InputLimit])
            .Constant("upper", [], [envelope.InputLimit])
            .Node("Sub", [envelope.Input, "shift"], ["centred"])
            .Node("Mul", ["centred", "scale"], ["scaled"])
            .Node("Clip", ["scaled", "lower", "upper"], ["normalised"]);
        var from = "normalised";
        for (var layer = 0; layer < network.Layers; layer++)
        {
            var (weights, biases, sums) = ($"weights{layer}", $"biases{layer}", $"sums{layer}");
            builder
                .Constant(
                    weights,
                    [network.Sizes[layer], network.Sizes[layer + 1]],
                    (ReadOnlySpan<float>)network.Weights(network.Parameters, layer)
                )
                .Constant(
                    biases,
                    [network.Sizes[layer + 1]],
                    (ReadOnlySpan<float>)network.Biases(network.Parameters, layer)
                )
                .Node("Gemm", [from, weights, biases], [sums]);
            from = sums;
            if (layer == network.Layers - 1)
                continue;
            from = $"hidden{layer}";
            builder.Node(network.Activation == Activation.Relu ? "Relu" : "Tanh", [sums], [from]);
        }

        builder
            .Constant("outputScale", [network.Sizes[^1]], [.. envelope.OutputScale])
            .Constant("outputShift", [network.Sizes[^1]], [.. envelope.OutputShift])
            .Node("Mul", [from, "outputScale"], ["unshifted"])
            .Node("Add", ["unshifted", "outputShift"], [envelope.Output]);
        foreach (var (key, value) in envelope.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            builder.Metadata(key, value);
        return builder.ToBytes();
    }

    private static string Text(int size) => size.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
