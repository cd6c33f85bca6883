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
        if (inputs.Count == 0 || inputs[0] is not { } first || first.Type.Bits() < 8 || inputs.Any(IsText))
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
            "Tile" => Tile(first, Integers(inputs.ElementAtOrDefault(1)), sizes),
            "Trilu" => Trilu(node, first, inputs, sizes),
            "Cast" => ElementFunctions.Cast(first, type.Element),
            "ConstantOfShape" => Filled(node, type.Element, sizes),
            "Range" => Range(first, inputs.ElementAtOrDefault(2), sizes),
            "Where" => Where(first, inputs.ElementAtOrDefault(1), inputs.ElementAtOrDefault(2), sizes),
            "ReduceProd" or "ReduceSum" or "ReduceMax" or "ReduceMin" => ElementFunctions.Whole(
                node.Operator,
                first,
                sizes
            ),
            "Min" or "Max" => ElementFunctions.Extreme(node.Operator, inputs, sizes),
            _ when inputs.Count == 1 => ElementFunctions.Unary(node.Operator, first),
            _ when inputs.Count == 2 => ElementFunctions.Binary(node.Operator, first, inputs[1], sizes),
            _ => null,
        };
        return result is not null && result.Type == type.Element && result.Dims.SequenceEqual(sizes) ? result : null;
    }

    private static bool IsText(Tensor? tensor) => tensor?.Type == ElementType.Text;

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

    private static Tensor? Filled(Node node, ElementType type, long[] sizes)
    {
        var value = node.Attributes.GetValueOrDefault("value") is AttributeValue.OfTensor(var given)
            ? given
            : Tensor.Of([], [0f]);
        return value.Count == 1 && value.Type == type
            ? Strides.Copy(value.Reshape([]), sizes, new long[sizes.Length], 0)
            : null;
    }

    private static Tensor? Tile(Tensor tensor, long[]? repeats, long[] sizes)
    {
        if (repeats is null || repeats.Length != sizes.Length || tensor.Dims.Count != sizes.Length)
            return null;
        // Each axis as two: how often, which does not move, and its own.
        var own = Strides.Of(tensor.Dims);
        long[] twice = [.. repeats.Zip(tensor.Dims, (times, size) => (long[])[times, size]).SelectMany(pair => pair)];
        long[] strides = [.. own.SelectMany(stride => (long[])[0, stride])];
        return twice
            .Zip(twice.Skip(1))
            .Where((_, i) => i % 2 == 0)
            .Select(pair => pair.First * pair.Second)
            .SequenceEqual(sizes)
            ? Strides.Copy(tensor, twice, strides, 0).Reshape(sizes)
            : null;
    }

    private static Tensor? Trilu(Node node, Tensor tensor, IReadOnlyList<Tensor?> inputs, long[] sizes)
    {
        var diagonal = inputs.ElementAtOrDefault(1) is { } given ? Integers(given) : [0];
        if (diagonal is not [var k] || sizes.Length < 2 || !tensor.Dims.SequenceEqual(sizes))
            return null;
        var (rows, columns) = (sizes[^2], sizes[^1]);
        var width = tensor.Type.Bits() / 8;
        var data = tensor.Data.ToArray();
        var isUpper = node.Integer("upper", 1) != 0;
        for (var i = 0L; i < tensor.Count; i++)
        {
            var above = (Int128)(i % columns) - i / columns % rows - k;
            if (isUpper ? above < 0 : above > 0)
                data.AsSpan((int)(i * width), width).Clear();
        }

        return new Tensor(tensor.Type, sizes, data);
    }

    private static Tensor? Range(Tensor start, Tensor? step, long[] sizes)
    {
        // Of floats, runtimes add up or multiply, with other bits.
        if (Integers(start) is not [var first] || Integers(step) is not [var each] || sizes.Length != 1)
            return null;
        var values = Tensor.Of(sizes, [.. Enumerable.Range(0, (int)sizes[0]).Select(i => unchecked(first + i * each))]);
        return ElementFunctions.Cast(values, start.Type);
    }

    private static Tensor? Where(Tensor condition, Tensor? yes, Tensor? no, long[] sizes)
    {
        if (
            condition.Type != ElementType.Bool
            || yes is null
            || no is null
            || yes.Type != no.Type
            || yes.Type.Bits() < 8
            || Strides.Broadcast(condition, sizes) is not { } choice
            || Strides.Broadcast(yes, sizes) is not { } first
            || Strides.Broadcast(no, sizes) is not { } second
        )
            return null;
        var width = yes.Type.Bits() / 8;
        var data = second.Data.ToArray();
        for (var i = 0; i < choice.Count; i++)
        {
            if (choice.Data.Span[i] != 0)
                first.Data.Span.Slice(i * width, width).CopyTo(data.AsSpan(i * width));
        }

        return new Tensor(yes.Type, sizes, data);
    }

    private static long[]? Integers(Tensor? tensor) =>
        tensor?.Type switch
        {
            ElementType.Int64 => tensor.Span<long>().ToArray(),
            ElementType.Int32 => Array.ConvertAll(tensor.Span<int>().ToArray(), value => (long)value),
            _ => null,
        };
}
