using System.Numerics;
using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>
/// Functions of elements that every runtime computes to the same bits: one operation of IEEE 754, or integers. What they leave
/// out has more than one result by the standard, or is rounded by a runtime as it likes.
/// </summary>
internal static class ElementFunctions
{
    /// <summary>A function of each element; null for one that is not exact.</summary>
    public static Tensor? Unary(string name, Tensor tensor) =>
        (tensor.Type, name) switch
        {
            (ElementType.Bool, "Not") => Map<byte>(tensor, value => value == 0 ? (byte)1 : (byte)0),
            (ElementType.Float32, _) => Float<float>(name) is { } function ? Map(tensor, function) : null,
            (ElementType.Float64, _) => Float<double>(name) is { } function ? Map(tensor, function) : null,
            (ElementType.Int64, _) => Integer<long>(name) is { } function ? Map(tensor, function) : null,
            (ElementType.Int32, _) => Integer<int>(name) is { } function ? Map(tensor, function) : null,
            _ => null,
        };

    /// <summary>A function of two elements, stretched over each other; null for one that is not exact.</summary>
    public static Tensor? Binary(string name, Tensor a, Tensor? b, long[] sizes)
    {
        if (
            b is null
            || a.Type != b.Type
            || Strides.Broadcast(a, sizes) is not { } left
            || Strides.Broadcast(b, sizes) is not { } right
        )
            return null;
        return a.Type switch
        {
            ElementType.Float32 => Of<float>(name, left, right),
            ElementType.Float64 => Of<double>(name, left, right),
            ElementType.Int64 when IsSafe(name, right.Span<long>()) => Of<long>(name, left, right),
            ElementType.Int32 when IsSafe(name, right.Span<int>()) => Of<int>(name, left, right),
            ElementType.Bool when name is "Equal" or "And" or "Or" or "Xor" => Truths(name, left, right),
            _ => null,
        };
    }

    /// <summary>The least or greatest of integers, place by place.</summary>
    public static Tensor? Extreme(string name, IReadOnlyList<Tensor?> inputs, long[] sizes)
    {
        var all = inputs.Select(input => input is null ? null : Strides.Broadcast(input, sizes)).ToList();
        return all.Aggregate((a, b) => a is null || b is null || a.Type != b.Type ? null : Pair(a, b));

        Tensor? Pair(Tensor a, Tensor b) =>
            a.Type switch
            {
                ElementType.Int64 => Zip<long, long>(a, b, a.Type, name == "Min" ? Math.Min : Math.Max),
                ElementType.Int32 => Zip<int, int>(a, b, a.Type, name == "Min" ? Math.Min : Math.Max),
                _ => null,
            };
    }

    /// <summary>All integers of a tensor reduced to one; null where more than one are asked for.</summary>
    public static Tensor? Whole(string name, Tensor tensor, long[] sizes)
    {
        if (tensor.Count == 0 || sizes.Any(size => size != 1))
            return null;
        return tensor.Type switch
        {
            ElementType.Int64 => Tensor.Of(sizes, [Reduced<long>(name, tensor)]),
            ElementType.Int32 => Tensor.Of<int>(ElementType.Int32, sizes, [Reduced<int>(name, tensor)]),
            _ => null,
        };
    }

    /// <summary>Elements of another type; null where some have no counterpart that runtimes agree on.</summary>
    public static Tensor? Cast(Tensor tensor, ElementType to)
    {
        if (tensor.Type == to)
            return tensor;
        if (tensor.Type is ElementType.Float32 or ElementType.Float64)
        {
            double[] numbers =
                tensor.Type == ElementType.Float64
                    ? tensor.Span<double>().ToArray()
                    : Array.ConvertAll(tensor.Span<float>().ToArray(), value => (double)value);
            return to switch
            {
                ElementType.Float32 => Converted(tensor, to, numbers, value => (float)value),
                ElementType.Float64 => Converted(tensor, to, numbers, value => value),
                ElementType.Bool => Converted(tensor, to, numbers, value => (byte)(value != 0 ? 1 : 0)),
                // Towards zero; beyond its type a number has no integer.
                ElementType.Int64 when Array.TrueForAll(numbers, value => Math.Abs(value) < long.MaxValue) => Converted(
                    tensor,
                    to,
                    numbers,
                    value => (long)value
                ),
                ElementType.Int32 when Array.TrueForAll(numbers, value => Math.Abs(value) < int.MaxValue) => Converted(
                    tensor,
                    to,
                    numbers,
                    value => (int)value
                ),
                _ => null,
            };
        }

        long[]? integers = tensor.Type switch
        {
            ElementType.Int64 => tensor.Span<long>().ToArray(),
            ElementType.Int32 => Array.ConvertAll(tensor.Span<int>().ToArray(), value => (long)value),
            ElementType.Bool => Array.ConvertAll(tensor.Span<byte>().ToArray(), value => value != 0 ? 1L : 0),
            _ => null,
        };
        return (integers, to) switch
        {
            (null, _) => null,
            (_, ElementType.Int64) => Converted(tensor, to, integers, value => value),
            (_, ElementType.Int32) => Converted(tensor, to, integers, value => unchecked((int)value)),
            (_, ElementType.Float32) => Converted(tensor, to, integers, value => (float)value),
            (_, ElementType.Float64) => Converted(tensor, to, integers, value => (double)value),
            (_, ElementType.Bool) => Converted(tensor, to, integers, value => (byte)(value != 0 ? 1 : 0)),
            _ => null,
        };
    }

    private static Func<T, T>? Float<T>(string name)
        where T : IFloatingPointIeee754<T> =>
        name switch
        {
            "Neg" => x => -x,
            "Abs" => T.Abs,
            "Floor" => T.Floor,
            "Ceil" => T.Ceiling,
            "Sqrt" => T.Sqrt,
            _ => null,
        };

    private static Func<T, T>? Integer<T>(string name)
        where T : IBinaryInteger<T> =>
        name switch
        {
            "Neg" => x => unchecked(-x),
            // Of the least number it has no result.
            "Abs" => x => x < T.Zero ? unchecked(-x) : x,
            "Sign" => x =>
                x.CompareTo(T.Zero) switch
                {
                    > 0 => T.One,
                    < 0 => -T.One,
                    _ => T.Zero,
                },
            _ => null,
        };

    private static Tensor? Of<T>(string name, Tensor a, Tensor b)
        where T : unmanaged, INumber<T> =>
        name switch
        {
            "Add" => Zip<T, T>(a, b, a.Type, (x, y) => unchecked(x + y)),
            "Sub" => Zip<T, T>(a, b, a.Type, (x, y) => unchecked(x - y)),
            "Mul" => Zip<T, T>(a, b, a.Type, (x, y) => unchecked(x * y)),
            "Div" => Zip<T, T>(a, b, a.Type, (x, y) => x / y),
            "Equal" => Truth<T>(a, b, (x, y) => x == y),
            "Less" => Truth<T>(a, b, (x, y) => x < y),
            "LessOrEqual" => Truth<T>(a, b, (x, y) => x <= y),
            "Greater" => Truth<T>(a, b, (x, y) => x > y),
            "GreaterOrEqual" => Truth<T>(a, b, (x, y) => x >= y),
            _ => null,
        };

    private static Tensor Truths(string name, Tensor a, Tensor b) =>
        Truth<byte>(
            a,
            b,
            name switch
            {
                "And" => (x, y) => x != 0 && y != 0,
                "Or" => (x, y) => x != 0 || y != 0,
                "Xor" => (x, y) => x != 0 != (y != 0),
                _ => (x, y) => x != 0 == (y != 0),
            }
        );

    // Division by 0 and of the least number by -1 have no result that runtimes agree on.
    private static bool IsSafe<T>(string name, ReadOnlySpan<T> divisors)
        where T : INumber<T> => name != "Div" || !divisors.ContainsAny(T.Zero, -T.One);

    private static T Reduced<T>(string name, Tensor tensor)
        where T : unmanaged, IBinaryInteger<T>
    {
        var result = tensor.Span<T>()[0];
        foreach (var value in tensor.Span<T>()[1..])
            result = name switch
            {
                "ReduceProd" => unchecked(result * value),
                "ReduceSum" => unchecked(result + value),
                "ReduceMax" => T.Max(result, value),
                _ => T.Min(result, value),
            };
        return result;
    }

    private static Tensor Truth<T>(Tensor a, Tensor b, Func<T, T, bool> function)
        where T : unmanaged => Zip<T, byte>(a, b, ElementType.Bool, (x, y) => function(x, y) ? (byte)1 : (byte)0);

    private static Tensor Map<T>(Tensor tensor, Func<T, T> function)
        where T : unmanaged =>
        Tensor.Of<T>(
            tensor.Type,
            tensor.Dims,
            Array.ConvertAll(tensor.Span<T>().ToArray(), value => function(value)).AsSpan()
        );

    private static Tensor Converted<TFrom, TTo>(
        Tensor tensor,
        ElementType to,
        TFrom[] values,
        Converter<TFrom, TTo> each
    )
        where TTo : unmanaged => Tensor.Of<TTo>(to, tensor.Dims, Array.ConvertAll(values, each).AsSpan());

    private static Tensor Zip<TFrom, TTo>(Tensor a, Tensor b, ElementType to, Func<TFrom, TFrom, TTo> function)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        var x = a.Span<TFrom>();
        var y = b.Span<TFrom>();
        var result = new TTo[x.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = function(x[i], y[i]);
        return Tensor.Of<TTo>(to, a.Dims, result.AsSpan());
    }
}
