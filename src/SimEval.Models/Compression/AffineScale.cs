namespace SimEval.Models.Compression;

/// <summary>
/// Unsigned 8-bit affine quantization, q = clamp(rne(x / scale) + zero, 0, 255), as ONNX's QuantizeLinear defines it: the
/// quotient is rounded to nearest, ties to even, in float32.
/// </summary>
/// <param name="Scale">Size of one step; positive and finite.</param>
/// <param name="Zero">The integer that stands for 0; 0 is therefore exact.</param>
public readonly record struct AffineScale(float Scale, byte Zero)
{
    // A step below this makes products of two steps denormal, where runtimes that flush them would disagree.
    private const double LeastScale = 1e-18;

    /// <summary>
    /// The scale that covers a range and 0. A range without width gets steps of 1/255, so that 0 stays exact and what was never
    /// seen is not blown up.
    /// </summary>
    public static AffineScale Of(ValueRange range)
    {
        if (!float.IsFinite(range.Least) || !float.IsFinite(range.Greatest) || range.Least > range.Greatest)
            throw new ArgumentException($"{range} is no range");
        var (least, greatest) = (Math.Min(0.0, range.Least), Math.Max(0.0, range.Greatest));
        var step = (greatest - least) / byte.MaxValue;
        var scale = step < LeastScale ? 1f / byte.MaxValue : (float)Math.Min(step, float.MaxValue);
        return new AffineScale(scale, (byte)Math.Clamp(Math.Round(-least / scale), 0, byte.MaxValue));
    }

    /// <summary>The integer of a number; NaN becomes <see cref="Zero"/>.</summary>
    public byte Quantize(float value)
    {
        var steps = float.Round(value / Scale);
        return float.IsNaN(steps) ? Zero : (byte)Math.Clamp((double)steps + Zero, 0, byte.MaxValue);
    }

    /// <summary>The number that an integer stands for.</summary>
    public float Dequantize(byte value) => (value - Zero) * Scale;
}
