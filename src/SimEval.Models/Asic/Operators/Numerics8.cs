namespace SimEval.Models.Asic.Operators;

/// <summary>
/// The arithmetic of 8-bit quantization as ONNX Runtime computes it, in float32 and rounded to nearest, ties to even. A value x
/// stands for (x - zero) * scale.
/// </summary>
public static class Numerics8
{
    /// <summary>Least value of an 8-bit type.</summary>
    public static int Least(ElementType type) => type == ElementType.Int8 ? sbyte.MinValue : byte.MinValue;

    /// <summary>Greatest value of an 8-bit type.</summary>
    public static int Greatest(ElementType type) => type == ElementType.Int8 ? sbyte.MaxValue : byte.MaxValue;

    /// <summary>Whether a type is one of the two.</summary>
    public static bool Is8Bit(this ElementType type) => type is ElementType.Int8 or ElementType.UInt8;

    /// <summary>Quantizes: rounded quotient plus zero point, saturated. Not a number gives the least value.</summary>
    public static int Quantize(float value, float scale, int zero, int least, int greatest) =>
        Round(value / scale, zero, least, greatest);

    /// <summary>Dequantizes.</summary>
    public static float Dequantize(int value, float scale, int zero) => (value - zero) * scale;

    /// <summary>A sum times its multiplier, rounded, plus zero point, saturated.</summary>
    public static int Requantize(int sum, float multiplier, int zero, int least, int greatest) =>
        Round(sum * multiplier, zero, least, greatest);

    /// <summary>
    /// The multiplier of sums of products: float32(float32(sx * sw) / sy), as ONNX Runtime computes it.
    /// </summary>
    public static float Multiplier(float x, float w, float y) => x * w / y;

    /// <summary>A value that holds its zero point already, rounded and saturated.</summary>
    public static int Whole(float value, int least, int greatest) => Round(value, 0, least, greatest);

    // Saturated before rounding, so that no conversion overflows; the bounds are integers, so the order does not matter.
    private static int Round(float value, int zero, int least, int greatest)
    {
        var bounded = Math.Min(Math.Max(value, (float)(least - zero)), (float)(greatest - zero));
        return float.IsNaN(bounded) ? least : (int)Math.Round(bounded, MidpointRounding.ToEven) + zero;
    }
}
