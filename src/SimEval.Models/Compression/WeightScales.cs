namespace SimEval.Models.Compression;

/// <summary>
/// Symmetric signed 8-bit quantization of weights, q = clamp(rne(w / scale), -limit, limit), with one scale for the tensor or
/// one for each slice along an axis (an output channel).
/// </summary>
public sealed class WeightScales
{
    private const double LeastScale = 1e-18;
    private readonly int inner;

    private WeightScales(float[] scales, int inner, int limit) => (Scales, this.inner, Limit) = (scales, inner, limit);

    /// <summary>One scale, or one a channel; all positive and finite.</summary>
    public IReadOnlyList<float> Scales { get; }

    /// <summary>Greatest magnitude of an integer: 127, or 63 under a reduced range.</summary>
    public int Limit { get; }

    /// <summary>Scales that cover the weights. A channel of zeros gets the widest channel's scale.</summary>
    /// <param name="weights">Elements, row-major.</param>
    /// <param name="channels">Number of channels, or 1 for one scale.</param>
    /// <param name="inner">Elements between two neighbours along the channel's axis.</param>
    /// <param name="limit">Greatest magnitude of an integer.</param>
    /// <param name="least">
    /// Least scale allowed for a channel, or null: a bias must fit 32 bits in steps of this scale times the input's.
    /// </param>
    public static WeightScales Of(
        ReadOnlySpan<float> weights,
        int channels,
        int inner,
        int limit,
        Func<int, double>? least = null
    )
    {
        var magnitudes = new double[channels];
        for (var i = 0; i < weights.Length; i++)
        {
            if (!float.IsFinite(weights[i]))
                throw new CompressionException("a weight is not a finite number");
            var channel = i / inner % channels;
            magnitudes[channel] = Math.Max(magnitudes[channel], Math.Abs(weights[i]));
        }

        var widest = magnitudes.Max() / limit;
        var scales = new float[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var scale = magnitudes[channel] / limit;
            if (scale < LeastScale)
                scale = widest < LeastScale ? 1.0 / limit : widest;
            scales[channel] = (float)Math.Max(scale, least?.Invoke(channel) ?? 0);
        }

        return new WeightScales(scales, inner, limit);
    }

    /// <summary>The scale of an element by its place.</summary>
    public float ScaleAt(int element) => Scales[element / inner % Scales.Count];

    /// <summary>The integers of the weights.</summary>
    public sbyte[] Quantize(ReadOnlySpan<float> weights)
    {
        var integers = new sbyte[weights.Length];
        for (var i = 0; i < weights.Length; i++)
            integers[i] = (sbyte)Math.Clamp(float.Round(weights[i] / ScaleAt(i)), -Limit, Limit);
        return integers;
    }
}
