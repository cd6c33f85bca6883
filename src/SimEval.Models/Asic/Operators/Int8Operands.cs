using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Operators;

/// <summary>What matrix products and convolutions of 8-bit values have in common: their zero points, weights and results.</summary>
internal static class Int8Operands
{
    /// <summary>The signed form of weights, and the zero point that goes with it.</summary>
    public static (sbyte[] Weights, int Zero) Signed(Tensor weights, int zero)
    {
        var bytes = weights.Data.ToArray();
        if (weights.Type == ElementType.Int8)
            return ((sbyte[])(object)bytes, zero);
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] ^= 0x80;
        return ((sbyte[])(object)bytes, zero - 128);
    }

    /// <summary>Copies activations as unsigned values: signed ones move by 128, as their zero point does.</summary>
    public static void ToUnsigned(ReadOnlySpan<byte> source, Span<byte> target)
    {
        for (var i = 0; i < source.Length; i++)
            target[i] = (byte)(source[i] ^ 0x80);
    }

    /// <summary>One multiplier for each column.</summary>
    public static float[] Multipliers(OperatorCall call, int columns) =>
        PerColumn<float>(call, 2, columns) ?? throw call.Refused("it has no multiplier");

    /// <summary>A constant of one element, or one for each column; null where it is left out.</summary>
    public static T[]? PerColumn<T>(OperatorCall call, int input, int columns)
        where T : unmanaged
    {
        if (call.Optional(input) is not { } operand)
            return null;
        call.Require(input, typeof(T) == typeof(int) ? ElementType.Int32 : ElementType.Float32);
        if (operand.Known is not { } known)
            throw call.Refused($"its input {input} must be a constant");
        if (known.Count != 1 && known.Count != columns)
            throw call.Refused($"its input {input} has {known.Count} elements for {columns} columns");
        var values = known.Span<T>();
        var all = new T[columns];
        for (var i = 0; i < columns; i++)
            all[i] = values[known.Count == 1 ? 0 : i];
        return all;
    }

    /// <summary>The element type of the result.</summary>
    public static ElementType ResultType(OperatorCall call)
    {
        var type = (ElementType)call.Int("output", (long)ElementType.UInt8);
        return type is ElementType.UInt8 or ElementType.Int8 or ElementType.Float32
            ? type
            : throw call.Refused($"its attribute 'output' is {type.Name()}, where uint8, int8 or float32 is possible");
    }

    /// <summary>The requantizer that the attributes describe.</summary>
    public static Requantizer Requantizer(OperatorCall call, float[] multipliers, int[] offsets, int columns)
    {
        var type = ResultType(call);
        return new Requantizer(
            multipliers,
            offsets,
            PerColumn<float>(call, 4, columns),
            Integer(call, "yZero", 0),
            Integer(call, "least", Numerics8.Least(type)),
            Integer(call, "greatest", Numerics8.Greatest(type))
        );
    }

    /// <summary>A zero point or bound: an attribute between -128 and 255.</summary>
    public static int Integer(OperatorCall call, string name, int otherwise)
    {
        var value = call.Int(name, otherwise);
        return value is >= -128 and <= 255
            ? (int)value
            : throw call.Refused($"its attribute '{name}' is {value}, outside -128 to 255");
    }
}
