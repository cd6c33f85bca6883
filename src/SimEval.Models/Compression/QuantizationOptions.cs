using System.Collections.Immutable;

namespace SimEval.Models.Compression;

/// <summary>How a model is quantized to 8 bits.</summary>
public sealed record QuantizationOptions
{
    /// <summary>A scale for each output channel of the weights, not one for the whole.</summary>
    public bool PerChannel { get; init; } = true;

    /// <summary>Weights of 7 bits, which processors without VNNI multiply without saturation in every runtime.</summary>
    public bool ReduceRange { get; init; }

    /// <summary>
    /// What comes before the first product (the normalisation of observations) and after the last one (the scaling of
    /// outputs) stays in float: there one scale must serve elements of very different units.
    /// </summary>
    public bool KeepEdges { get; init; } = true;

    /// <summary>Layers that stay in float, by the name of their (first) output.</summary>
    public ImmutableHashSet<string> Float { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>
    /// Added to the biases of layers, by the name of their output: what rounding takes from each channel's mean (Nagel et al.,
    /// "Data-free quantization through weight equalization and bias correction", 2019). A MatMul has no bias and gets none.
    /// </summary>
    public ImmutableDictionary<string, ImmutableArray<float>> Corrections { get; init; } =
        ImmutableDictionary.Create<string, ImmutableArray<float>>(StringComparer.Ordinal);
}
