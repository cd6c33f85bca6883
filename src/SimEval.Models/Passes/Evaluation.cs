using SimEval.Models.Compression;
using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>
/// The cheap operators that exporters compute shapes and constants with, on tensors. All are exact: they move elements, or are
/// one operation of IEEE 754 or of two's complement.
/// </summary>
internal static class Evaluation
{
    /// <summary>The node's one output, or null where it is not computed here.</summary>
    /// <param name="node">A node of ONNX's own domain.</param>
    /// <param name="inputs">Its inputs; null for one left out.</param>
    /// <param name="type">What the output is, all sizes known.</param>
    /// <param name="opset">Version of the operator set.</param>
    public static Tensor? Of(Node node, IReadOnlyList<Tensor?> inputs, TensorType type, long opset)
    {
        if (inputs.Count == 0 || inputs[0] is not { } first || first.Type.Bits() < 8)
            return null;
        long[] sizes = [.. type.Shape!.Select(size => size.Size)];
        var result = node.Operator switch
        {
            "Identity" or "Reshape" or "Squeeze" or "Unsqueeze" or "Flatten" => Same(first, sizes),
            "Transpose" => Transpose(node, first, sizes),
            "Expand" => Strides.Broadcast(first, sizes),
            "Concat" => Concat(node, inputs, sizes),
            "Gather" => Gather(node, first, inputs.ElementAtOrDefault(1), sizes),
            "Slice" when opset >= 10 => Slice(inputs, sizes),
            "Cast" => Cast(first, type.Element),
            "ConstantOfShape" => Filled(node, type.Element, sizes),
            "Add" or "Sub" or "Mul" or "Div" => Arithmetic(node.Operator, first, inputs.ElementAtOrDefault(1), sizes),
            _ => null,
        };
        return result is not null && result.Type == type.Element && result.Dims.SequenceEqual(sizes) ? result : null;
    }

    private static Tensor? Same(Tensor tensor, long[] sizes) =>
        new TensorType(tensor.Type, [.. sizes.Select(size => new Dim(size))]).Count == tensor.Count
            ? tensor.Reshape(sizes)
            : null;

    private static Tensor? Transpose(Node node, Tensor tensor, long[] sizes)
    {
        var rank = tensor.Dims.Count;
        var order = node.Integers("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(axis => (long)axis)];
        if (order.Length != rank || order.Any(axis => axis < 0 || axis >= rank))
            return null;
        var strides = Strides.Of(tensor.Dims);
        return Strides.Copy(tensor, sizes, [.. order.Select(axis => strides[(int)axis])], 0);
    }

    private static Tensor? Concat(Node node, IReadOnlyList<Tensor?> inputs, long[] sizes)
    {
        var axis = node.Integer("axis", 1);
        axis += axis < 0 ? sizes.Length : 0;
        if (inputs.Any(input => input is null || input.Type != inputs[0]!.Type || input.Dims.Count != sizes.Length))
            return null;
        var width = inputs[0]!.Type.Bits() / 8;
        var outer = sizes.Take((int)axis).Aggregate(1L, (product, size) => product * size);
        var data = new byte[Tensor.BytesOf(inputs[0]!.Type, sizes.Aggregate(1L, (product, size) => product * size))];
        var at = 0;
        for (var row = 0L; row < outer; row++)
        {
            foreach (var input in inputs)
            {
                var part = (int)(input!.Count / outer * width);
                input.Data.Span.Slice((int)row * part, part).CopyTo(data.AsSpan(at));
                at += part;
            }
        }

        return new Tensor(inputs[0]!.Type, sizes, data);
    }

    private static Tensor? Gather(Node node, Tensor tensor, Tensor? indices, long[] sizes)
    {
        if (Integers(indices) is not { } at || tensor.Dims.Count == 0)
            return null;
        var axis = (int)node.Integer("axis", 0);
        axis += axis < 0 ? tensor.Dims.Count : 0;
        var size = tensor.Dims[axis];
        if (Array.Exists(at, index => index < -size || index >= size))
            return null;
        var inner = (int)(Strides.Of(tensor.Dims)[axis] * tensor.Type.Bits() / 8);
        var outer = tensor.Dims.Take(axis).Aggregate(1L, (product, dim) => product * dim);
        var data = new byte[outer * at.Length * inner];
        for (var row = 0L; row < outer; row++)
        for (var i = 0; i < at.Length; i++)
        {
            var from = (row * size + (at[i] < 0 ? at[i] + size : at[i])) * inner;
            tensor.Data.Span.Slice((int)from, inner).CopyTo(data.AsSpan((int)(row * at.Length + i) * inner));
        }

        return new Tensor(tensor.Type, sizes, data);
    }

    private static Tensor? Slice(IReadOnlyList<Tensor?> inputs, long[] sizes)
    {
        var tensor = inputs[0]!;
        var starts = Integers(inputs.ElementAtOrDefault(1));
        var axes =
            Integers(inputs.ElementAtOrDefault(3))
            ?? [.. Enumerable.Range(0, starts?.Length ?? 0).Select(axis => (long)axis)];
        var steps = Integers(inputs.ElementAtOrDefault(4)) ?? [.. axes.Select(_ => 1L)];
        if (starts is null || starts.Length != axes.Length || steps.Length != axes.Length)
            return null;
        var (strides, own) = (Strides.Of(tensor.Dims), Strides.Of(tensor.Dims));
        var offset = 0L;
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = (int)(axes[i] < 0 ? axes[i] + tensor.Dims.Count : axes[i]);
            var size = tensor.Dims[axis];
            var step = (Int128)steps[i];
            var start =
                sizes[axis] == 0
                    ? 0
                    : Math.Clamp(starts[i] < 0 ? starts[i] + size : starts[i], 0, steps[i] < 0 ? size - 1 : size);
            var last = start + step * (sizes[axis] - 1);
            // Along an axis that is given twice, or of nothing, there is no last element.
            if (sizes[axis] == 0 || last < 0 || last >= size || start >= size || strides[axis] != own[axis])
                return null;
            offset += start * strides[axis];
            strides[axis] = sizes[axis] == 1 ? 0 : strides[axis] * steps[i];
        }

        return Strides.Copy(tensor, sizes, strides, offset);
    }

    private static Tensor? Cast(Tensor tensor, ElementType to) =>
        (tensor.Type, to) switch
        {
            _ when tensor.Type == to => tensor,
            (ElementType.Int64, ElementType.Int32) => Tensor.Of(
                to,
                tensor.Dims,
                Array.ConvertAll(tensor.Span<long>().ToArray(), value => unchecked((int)value)).AsSpan()
            ),
            (ElementType.Int32, ElementType.Int64) => Tensor.Of(
                tensor.Dims,
                Array.ConvertAll(tensor.Span<int>().ToArray(), value => (long)value)
            ),
            (ElementType.Int64, ElementType.Float32) => Tensor.Of(
                tensor.Dims,
                Array.ConvertAll(tensor.Span<long>().ToArray(), value => (float)value)
            ),
            (ElementType.Int32, ElementType.Float32) => Tensor.Of(
                tensor.Dims,
                Array.ConvertAll(tensor.Span<int>().ToArray(), value => (float)value)
            ),
            _ => null,
        };

    private static Tensor? Filled(Node node, ElementType type, long[] sizes)
    {
        var value = node.Attributes.GetValueOrDefault("value") is AttributeValue.OfTensor(var given)
            ? given
            : Tensor.Of([], [0f]);
        return value.Count == 1 && value.Type == type
            ? Strides.Copy(value.Reshape([]), sizes, new long[sizes.Length], 0)
            : null;
    }

    private static Tensor? Arithmetic(string operation, Tensor a, Tensor? b, long[] sizes)
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
            ElementType.Float32 => Tensor.Of(sizes, Zip<float>(left, right, (x, y) => Apply(operation, x, y))),
            ElementType.Int64 when IsSafe(operation, right.Span<long>()) => Tensor.Of(
                sizes,
                Zip<long>(left, right, (x, y) => Apply(operation, x, y))
            ),
            ElementType.Int32 when IsSafe(operation, right.Span<int>()) => Tensor.Of(
                ElementType.Int32,
                sizes,
                Zip<int>(left, right, (x, y) => Apply(operation, x, y)).AsSpan()
            ),
            _ => null,
        };
    }

    private static T Apply<T>(string operation, T x, T y)
        where T : System.Numerics.INumber<T> =>
        operation switch
        {
            "Add" => unchecked(x + y),
            "Sub" => unchecked(x - y),
            "Mul" => unchecked(x * y),
            _ => x / y,
        };

    // Division by 0 and of the least number by -1 have no result that runtimes agree on.
    private static bool IsSafe<T>(string operation, ReadOnlySpan<T> divisors)
        where T : System.Numerics.INumber<T> => operation != "Div" || !divisors.ContainsAny(T.Zero, -T.One);

    private static T[] Zip<T>(Tensor a, Tensor b, Func<T, T, T> operation)
        where T : unmanaged
    {
        var x = a.Span<T>();
        var y = b.Span<T>();
        var result = new T[x.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = operation(x[i], y[i]);
        return result;
    }

    private static long[]? Integers(Tensor? tensor) =>
        tensor?.Type switch
        {
            ElementType.Int64 => tensor.Span<long>().ToArray(),
            ElementType.Int32 => Array.ConvertAll(tensor.Span<int>().ToArray(), value => (long)value),
            _ => null,
        };
}
