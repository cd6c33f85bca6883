using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>Conversions between element types, and Not.</summary>
internal static class CastRules
{
    /// <summary>Cast between float32, integers and bool; floats to integers towards zero.</summary>
    public static Step Cast(OperatorCall call)
    {
        var (from, to) = (call[0].Type, (ElementType)call.Int("to", 0));
        foreach (var type in (ElementType[])[from, to])
        {
            if (!IsKnown(type))
                throw call.Refused(
                    $"from {from.Name()} to {to.Name()}; the vector unit converts float32, int64, int32, int8, uint8 and bool"
                );
        }

        return new Step(
            [new Operand(to, call[0].Dims)],
            buffers =>
            {
                for (var i = 0; i < call[0].Count; i++)
                    Write(buffers, to, i, Read(buffers, from, i));
            },
            Work.Vector(call[0].Count)
        );
    }

    /// <summary>Not.</summary>
    public static Step Not(OperatorCall call)
    {
        call.Require(0, ElementType.Bool);
        return new Step(
            [new Operand(ElementType.Bool, call[0].Dims)],
            buffers =>
            {
                var source = buffers.In<byte>(0);
                var target = buffers.Out<byte>(0);
                for (var i = 0; i < source.Length; i++)
                    target[i] = source[i] == 0 ? (byte)1 : (byte)0;
            },
            Work.Vector(call[0].Count)
        );
    }

    private static bool IsKnown(ElementType type) =>
        type
            is ElementType.Float32
                or ElementType.Int64
                or ElementType.Int32
                or ElementType.Int8
                or ElementType.UInt8
                or ElementType.Bool;

    // Integers beyond 2^53 are no sizes or indices of a program, which is what they are cast for here.
    private static double Read(Buffers buffers, ElementType type, int i) =>
        type switch
        {
            ElementType.Float32 => buffers.In<float>(0)[i],
            ElementType.Int64 => buffers.In<long>(0)[i],
            ElementType.Int32 => buffers.In<int>(0)[i],
            ElementType.Int8 => buffers.In<sbyte>(0)[i],
            _ => buffers.In<byte>(0)[i],
        };

    private static void Write(Buffers buffers, ElementType type, int i, double value)
    {
        switch (type)
        {
            case ElementType.Float32:
                buffers.Out<float>(0)[i] = (float)value;
                break;
            case ElementType.Int64:
                buffers.Out<long>(0)[i] = (long)value;
                break;
            case ElementType.Int32:
                buffers.Out<int>(0)[i] = unchecked((int)(long)value);
                break;
            case ElementType.Bool:
                buffers.Out<byte>(0)[i] = value != 0 ? (byte)1 : (byte)0;
                break;
            default:
                buffers.Out<byte>(0)[i] = unchecked((byte)(long)value);
                break;
        }
    }
}
