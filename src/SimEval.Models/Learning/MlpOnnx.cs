using SimEval.Models.Onnx;

namespace SimEval.Models.Learning;

/// <summary>What surrounds a network in its file.</summary>
/// <param name="Input">Name of the input.</param>
/// <param name="Output">Name of the output.</param>
/// <param name="Normalisation">Applied to the input.</param>
/// <param name="InputLimit">Normalised inputs are clipped to this magnitude.</param>
/// <param name="OutputScale">Each output of the network is multiplied by this.</param>
/// <param name="Linear">Added to it, from the same normalised input.</param>
/// <param name="Metadata">Properties to store.</param>
public sealed record MlpEnvelope(
    string Input,
    string Output,
    Normalisation Normalisation,
    float InputLimit,
    IReadOnlyList<float> OutputScale,
    LinearMap Linear,
    IReadOnlyDictionary<string, string> Metadata
);

/// <summary>A network beside a linear map, as an ONNX file with a dynamic batch axis, normalisation inside.</summary>
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
        var (inputs, outputs) = (network.Sizes[0], network.Sizes[^1]);
        builder
            .Constant("linearWeights", [inputs, outputs], (ReadOnlySpan<float>)envelope.Linear.Weights)
            .Constant("linearBiases", [outputs], (ReadOnlySpan<float>)Biases(network, envelope))
            .Node("Gemm", ["normalised", "linearWeights", "linearBiases"], ["linear"]);
        var from = "normalised";
        for (var layer = 0; layer < network.Layers - 1; layer++)
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
            from = $"hidden{layer}";
            builder.Node(network.Activation == Activation.Relu ? "Relu" : "Tanh", [sums], [from]);
        }

        builder
            .Constant("lastWeights", [network.Sizes[^2], outputs], (ReadOnlySpan<float>)LastWeights(network, envelope))
            .Node("Gemm", [from, "lastWeights", "linear"], [envelope.Output]);
        foreach (var (key, value) in envelope.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            builder.Metadata(key, value);
        return builder.ToBytes();
    }

    /// <summary>The last layer's weights with the output's scale in them.</summary>
    private static float[] LastWeights(Mlp network, MlpEnvelope envelope)
    {
        var weights = network.Weights(network.Parameters, network.Layers - 1).ToArray();
        for (var i = 0; i < weights.Length; i++)
            weights[i] *= envelope.OutputScale[i % envelope.OutputScale.Count];
        return weights;
    }

    /// <summary>The linear part's biases, and the last layer's with the output's scale in them.</summary>
    private static float[] Biases(Mlp network, MlpEnvelope envelope)
    {
        var biases = network.Biases(network.Parameters, network.Layers - 1).ToArray();
        for (var i = 0; i < biases.Length; i++)
            biases[i] = biases[i] * envelope.OutputScale[i] + envelope.Linear.Biases[i];
        return biases;
    }

    private static string Text(int size) => size.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
