using System.Numerics;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Tensors;

/// <summary>Elements of any numeric tensor as doubles: exact for all types but integers beyond 2^53.</summary>
public static class TensorNumbers
{
    /// <summary>
    /// The elements in row-major order, 0 and 1 for bool; throws <see cref="ArgumentException"/> for text and complex numbers.
    /// </summary>
    public static double[] Read(Tensor tensor) =>
        tensor.Type switch
        {
            ElementType.Float32 => All<float>(tensor),
            ElementType.Float64 => All<double>(tensor),
            ElementType.Float16 => All<Half>(tensor),
            ElementType.BFloat16 => Each(tensor.Span<ushort>(), bits => (double)NarrowFloat.FromBFloat16(bits)),
            ElementType.Int64 => All<long>(tensor),
            ElementType.UInt64 => All<ulong>(tensor),
            ElementType.Int32 => All<int>(tensor),
            ElementType.UInt32 => All<uint>(tensor),
            ElementType.Int16 => All<short>(tensor),
            ElementType.UInt16 => All<ushort>(tensor),
            ElementType.Int8 => All<sbyte>(tensor),
            ElementType.UInt8 or ElementType.Bool => All<byte>(tensor),
            ElementType.Int4 or ElementType.UInt4 => Nibbles(tensor),
            >= ElementType.Float8E4M3Fn and <= ElementType.Float8E5M2FnUz => Each(
                tensor.Span<byte>(),
                bits => NarrowFloat.FromFloat8(tensor.Type, bits)
            ),
            _ => throw new ArgumentException($"the elements of {tensor} are no real numbers"),
        };

    /// <summary>
    /// A tensor of such numbers. To integers: rounded to nearest, ties to even, saturating; to bool: nonzero is true; to floats:
    /// nearest. Throws <see cref="ArgumentException"/> for types that numbers are not written as (text, complex, 8-bit floats).
    /// </summary>
    public static Tensor Write(ElementType type, IReadOnlyList<long> dims, ReadOnlySpan<double> numbers) =>
        type switch
        {
            ElementType.Float32 => Tensor.Of<float>(type, dims, Each(numbers, number => (float)number)),
            ElementType.Float64 => Tensor.Of(type, dims, numbers),
            ElementType.Float16 => Tensor.Of<Half>(type, dims, Each(numbers, number => (Half)number)),
            ElementType.BFloat16 => Tensor.Of<ushort>(
                type,
                dims,
                Each(numbers, number => NarrowFloat.ToBFloat16((float)number))
            ),
            ElementType.Int64 => Rounded<long>(type, dims, numbers),
            ElementType.UInt64 => Rounded<ulong>(type, dims, numbers),
            ElementType.Int32 => Rounded<int>(type, dims, numbers),
            ElementType.UInt32 => Rounded<uint>(type, dims, numbers),
            ElementType.Int16 => Rounded<short>(type, dims, numbers),
            ElementType.UInt16 => Rounded<ushort>(type, dims, numbers),
            ElementType.Int8 => Rounded<sbyte>(type, dims, numbers),
            ElementType.UInt8 => Rounded<byte>(type, dims, numbers),
            ElementType.Bool => Tensor.Of<byte>(type, dims, Each(numbers, number => number != 0 ? (byte)1 : (byte)0)),
            ElementType.Int4 or ElementType.UInt4 => Packed(type, dims, numbers),
            _ => throw new ArgumentException($"numbers cannot be written as {type.Name()}"),
        };

    /// <summary>Whether <see cref="Read"/> takes tensors of this type.</summary>
    public static bool IsReal(ElementType type) =>
        type is not (ElementType.Undefined or ElementType.Text or ElementType.Complex64 or ElementType.Complex128);

    private static double[] All<T>(Tensor tensor)
        where T : unmanaged, INumber<T> => Each(tensor.Span<T>(), double.CreateTruncating);

    private static TTo[] Each<TFrom, TTo>(ReadOnlySpan<TFrom> from, Func<TFrom, TTo> convert)
    {
        var to = new TTo[from.Length];
        for (var i = 0; i < to.Length; i++)
            to[i] = convert(from[i]);
        return to;
    }

    private static Tensor Rounded<T>(ElementType type, IReadOnlyList<long> dims, ReadOnlySpan<double> numbers)
        where T : unmanaged, INumber<T> =>
        Tensor.Of<T>(type, dims, Each(numbers, number => T.CreateSaturating(Math.Round(number))));

    private static double[] Nibbles(Tensor tensor)
    {
        var numbers = new double[tensor.Count];
        var bytes = tensor.Data.Span;
        for (var i = 0; i < numbers.Length; i++)
        {
            var bits = (bytes[i / 2] >> (i % 2 * 4)) & 0xF;
            numbers[i] = tensor.Type == ElementType.Int4 && bits >= 8 ? bits - 16 : bits;
        }

        return numbers;
    }

    private static Tensor Packed(ElementType type, IReadOnlyList<long> dims, ReadOnlySpan<double> numbers)
    {
        var (least, most) = type == ElementType.Int4 ? (-8.0, 7.0) : (0.0, 15.0);
        var bytes = new byte[Tensor.BytesOf(type, numbers.Length)];
        for (var i = 0; i < numbers.Length; i++)
        {
            var number = double.IsNaN(numbers[i]) ? 0 : Math.Clamp(Math.Round(numbers[i]), least, most);
            bytes[i / 2] |= (byte)(((int)number & 0xF) << (i % 2 * 4));
        }

        return new Tensor(type, dims, bytes);
    }
}
