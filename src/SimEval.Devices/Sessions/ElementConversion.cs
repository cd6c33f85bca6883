using System.Numerics;
using System.Runtime.InteropServices;
using SimEval.Devices.Tensors;
using SimEval.Models;

namespace SimEval.Devices.Sessions;

/// <summary>
/// Elements from and to float32. To integers: rounded to nearest, ties to even, saturating; to bool: nonzero is true.
/// </summary>
internal static class ElementConversion
{
    /// <summary>Bytes of one element; 0 for types without a fixed size.</summary>
    public static int SizeOf(ElementType type) =>
        type switch
        {
            ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
            ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 => 8,
            ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 or ElementType.UInt16 => 2,
            ElementType.Int8 or ElementType.UInt8 or ElementType.Bool => 1,
            _ => 0,
        };

    /// <summary>Writes <paramref name="source"/> as elements of <paramref name="type"/>.</summary>
    public static void FromFloat(ReadOnlySpan<float> source, Span<byte> target, ElementType type)
    {
        switch (type)
        {
            case ElementType.Float32:
                source.CopyTo(MemoryMarshal.Cast<byte, float>(target));
                break;
            case ElementType.Float64:
                Convert(source, MemoryMarshal.Cast<byte, double>(target));
                break;
            case ElementType.Float16:
                Convert(source, MemoryMarshal.Cast<byte, Half>(target));
                break;
            case ElementType.BFloat16:
                var narrow = MemoryMarshal.Cast<byte, ushort>(target);
                for (var i = 0; i < source.Length; i++)
                    narrow[i] = NarrowFloat.ToBFloat16(source[i]);
                break;
            case ElementType.Bool:
                for (var i = 0; i < source.Length; i++)
                    target[i] = source[i] != 0 ? (byte)1 : (byte)0;
                break;
            case ElementType.Int64:
                Round(source, MemoryMarshal.Cast<byte, long>(target));
                break;
            case ElementType.Int32:
                Round(source, MemoryMarshal.Cast<byte, int>(target));
                break;
            case ElementType.Int16:
                Round(source, MemoryMarshal.Cast<byte, short>(target));
                break;
            case ElementType.Int8:
                Round(source, MemoryMarshal.Cast<byte, sbyte>(target));
                break;
            case ElementType.UInt64:
                Round(source, MemoryMarshal.Cast<byte, ulong>(target));
                break;
            case ElementType.UInt32:
                Round(source, MemoryMarshal.Cast<byte, uint>(target));
                break;
            case ElementType.UInt16:
                Round(source, MemoryMarshal.Cast<byte, ushort>(target));
                break;
            case ElementType.UInt8:
                Round(source, target);
                break;
            default:
                throw new NotSupportedException($"no conversion from float32 to {ModelTensor.TypeName(type)}");
        }
    }

    /// <summary>Reads elements of <paramref name="type"/>.</summary>
    public static void ToFloat(ReadOnlySpan<byte> source, Span<float> target, ElementType type)
    {
        switch (type)
        {
            case ElementType.Float32:
                MemoryMarshal.Cast<byte, float>(source).CopyTo(target);
                break;
            case ElementType.Float64:
                Convert(MemoryMarshal.Cast<byte, double>(source), target);
                break;
            case ElementType.Float16:
                Convert(MemoryMarshal.Cast<byte, Half>(source), target);
                break;
            case ElementType.BFloat16:
                var narrow = MemoryMarshal.Cast<byte, ushort>(source);
                for (var i = 0; i < narrow.Length; i++)
                    target[i] = NarrowFloat.FromBFloat16(narrow[i]);
                break;
            case ElementType.Bool:
            case ElementType.UInt8:
                for (var i = 0; i < source.Length; i++)
                    target[i] = source[i];
                break;
            case ElementType.Int64:
                Convert(MemoryMarshal.Cast<byte, long>(source), target);
                break;
            case ElementType.Int32:
                Convert(MemoryMarshal.Cast<byte, int>(source), target);
                break;
            case ElementType.Int16:
                Convert(MemoryMarshal.Cast<byte, short>(source), target);
                break;
            case ElementType.Int8:
                Convert(MemoryMarshal.Cast<byte, sbyte>(source), target);
                break;
            case ElementType.UInt64:
                Convert(MemoryMarshal.Cast<byte, ulong>(source), target);
                break;
            case ElementType.UInt32:
                Convert(MemoryMarshal.Cast<byte, uint>(source), target);
                break;
            case ElementType.UInt16:
                Convert(MemoryMarshal.Cast<byte, ushort>(source), target);
                break;
            default:
                throw new NotSupportedException($"no conversion from {ModelTensor.TypeName(type)} to float32");
        }
    }

    private static void Round<T>(ReadOnlySpan<float> source, Span<T> target)
        where T : INumber<T>
    {
        for (var i = 0; i < source.Length; i++)
            target[i] = T.CreateSaturating(MathF.Round(source[i]));
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> target)
        where TFrom : INumber<TFrom>
        where TTo : INumber<TTo>
    {
        for (var i = 0; i < source.Length; i++)
            target[i] = TTo.CreateTruncating(source[i]);
    }
}
