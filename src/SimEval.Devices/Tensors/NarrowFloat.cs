using SimEval.Models;

namespace SimEval.Devices.Tensors;

/// <summary>Floats that .NET has no type for: bfloat16 and ONNX's four 8-bit floats (ONNX, "Float stored in 8 bits").</summary>
internal static class NarrowFloat
{
    /// <summary>The value of a bfloat16: the upper half of a float32.</summary>
    public static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>The nearest bfloat16, ties to even; NaN stays NaN.</summary>
    public static ushort ToBFloat16(float value)
    {
        if (float.IsNaN(value))
            return 0x7FC0;
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The value of an 8-bit float.</summary>
    /// <param name="type">One of the four types.</param>
    /// <param name="bits">Its bits: sign, exponent, mantissa.</param>
    public static double FromFloat8(ElementType type, byte bits)
    {
        var noNegativeZero = type is ElementType.Float8E4M3FnUz or ElementType.Float8E5M2FnUz;
        var mantissaBits = type is ElementType.Float8E4M3Fn or ElementType.Float8E4M3FnUz ? 3 : 2;
        if (noNegativeZero && bits == 0x80)
            return double.NaN;
        if (type == ElementType.Float8E4M3Fn && (bits & 0x7F) == 0x7F)
            return double.NaN;
        var exponent = (bits & 0x7F) >> mantissaBits;
        var mantissa = bits & ((1 << mantissaBits) - 1);
        var sign = (bits & 0x80) != 0 ? -1.0 : 1.0;
        if (type == ElementType.Float8E5M2 && exponent == 31)
            return mantissa == 0 ? sign * double.PositiveInfinity : double.NaN;
        var bias = (mantissaBits == 3 ? 7 : 15) + (noNegativeZero ? 1 : 0);
        var fraction = (double)mantissa / (1 << mantissaBits);
        return exponent == 0
            ? sign * double.ScaleB(fraction, 1 - bias)
            : sign * double.ScaleB(1 + fraction, exponent - bias);
    }
}
