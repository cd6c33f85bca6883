using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>Operators that place single elements, or slices, by indices; and triangles of matrices.</summary>
internal static class ElementMoves
{
    /// <summary>GatherElements; indices that a run gives are looked up then.</summary>
    public static Step Gather(OperatorCall call)
    {
        call.Require(1, ElementType.Int64, ElementType.Int32);
        Placement.RequireBytes(call, call[0].Type);
        var (dims, shape) = (call[0].Dims, call[1].Dims);
        if (shape.Length != dims.Length)
            throw call.Refused($"indices {call[1]} into {call[0]}");
        var axis = AxisWithin(call, dims, shape);
        var starts = Starts(dims, shape, axis);
        var stride = Placement.Strides(dims)[axis];
        var width = call[0].Type.Bits() / 8;
        return new Step(
            [new Operand(call[0].Type, shape)],
            buffers =>
            {
                var source = buffers.In<byte>(0);
                var target = buffers.Out<byte>(0);
                for (var i = 0; i < starts.Length; i++)
                {
                    var from = starts[i] + Index(call, buffers, i, dims[axis]) * stride;
                    source.Slice(from * width, width).CopyTo(target[(i * width)..]);
                }
            },
            Work.Move((long)starts.Length * width)
        );
    }

    /// <summary>ScatterElements without reduction: elements of the first input replaced by those of the third.</summary>
    public static Step Scatter(OperatorCall call)
    {
        call.Require(1, ElementType.Int64, ElementType.Int32);
        call.Require(2, call[0].Type);
        Placement.RequireBytes(call, call[0].Type);
        if (call.Text("reduction", "none") != "none")
            throw call.Refused("the move engine replaces elements; it does not add them");
        var (dims, shape) = (call[0].Dims, call[1].Dims);
        if (shape.Length != dims.Length || !shape.SequenceEqual(call[2].Dims))
            throw call.Refused($"{call[2]} at indices {call[1]} of {call[0]}");
        var axis = AxisWithin(call, dims, shape);
        var starts = Starts(dims, shape, axis);
        var stride = Placement.Strides(dims)[axis];
        var width = call[0].Type.Bits() / 8;
        return new Step(
            [call[0] with { Known = null }],
            buffers =>
            {
                var source = buffers.In<byte>(2);
                var target = buffers.Out<byte>(0);
                buffers.In<byte>(0).CopyTo(target);
                for (var i = 0; i < starts.Length; i++)
                {
                    var to = starts[i] + Index(call, buffers, i, dims[axis]) * stride;
                    source.Slice(i * width, width).CopyTo(target[(to * width)..]);
                }
            },
            Work.Move((long)call[0].Count * width)
        );
    }

    /// <summary>GatherND: slices by indices of their first axes, behind axes that both share.</summary>
    public static Step GatherSlices(OperatorCall call)
    {
        call.Require(1, ElementType.Int64);
        Placement.RequireBytes(call, call[0].Type);
        var (dims, shape) = (call[0].Dims, call[1].Dims);
        var shared = checked((int)call.Int("batch_dims", 0));
        var depth = shape.Length == 0 ? 0 : shape[^1];
        if (
            depth == 0
            || shared < 0
            || shared >= shape.Length
            || shared + depth > dims.Length
            || !dims.Take(shared).SequenceEqual(shape.Take(shared))
        )
            throw call.Refused($"indices {call[1]} into {call[0]}, {shared} axes shared");
        var strides = Placement.Strides(dims);
        var slice = Operand.Size(dims.AsSpan(shared + depth));
        var inner = Operand.Size(dims.AsSpan(shared));
        var each = Operand.Size(shape.AsSpan(shared, shape.Length - 1 - shared));
        var count = call[1].Count / depth;
        var width = slice * (call[0].Type.Bits() / 8);
        return new Step(
            [new Operand(call[0].Type, [.. shape.SkipLast(1), .. dims.Skip(shared + depth)])],
            buffers =>
            {
                var source = buffers.In<byte>(0);
                var target = buffers.Out<byte>(0);
                for (var i = 0; i < count; i++)
                {
                    var from = i / each * inner;
                    for (var axis = 0; axis < depth; axis++)
                        from += Index(call, buffers, i * depth + axis, dims[shared + axis]) * strides[shared + axis];
                    source.Slice(from / Math.Max(slice, 1) * width, width).CopyTo(target[(i * width)..]);
                }
            },
            Work.Move((long)count * width)
        );
    }

    /// <summary>Trilu: the upper or lower triangle of matrices, zeros elsewhere.</summary>
    public static Step Triangle(OperatorCall call)
    {
        var dims = call[0].Dims;
        if (dims.Length < 2)
            throw call.Refused($"{call[0]} is no matrix");
        var diagonal = call.KnownInts(1) is [var k] ? k : 0;
        var upper = call.Int("upper", 1) != 0;
        var (rows, columns) = (dims[^2], dims[^1]);
        var places = new int[call[0].Count];
        for (var i = 0; i < places.Length; i++)
        {
            var above = (Int128)(i % columns) - i / columns % rows - diagonal;
            places[i] = (upper ? above >= 0 : above <= 0) ? i : Placement.Nothing;
        }

        return Placement.Of(call, dims, places);
    }

    // The axis that indices replace; along the others they stay within the input.
    private static int AxisWithin(OperatorCall call, int[] dims, int[] shape)
    {
        var axis = call.Axis(call.Int("axis", 0), dims.Length);
        for (var i = 0; i < shape.Length; i++)
        {
            if (i != axis && shape[i] > dims[i])
                throw call.Refused($"indices {call[1]} reach beyond {call[0]}");
        }

        return axis;
    }

    // Where the element at index 0 of the axis lies, for each index.
    private static int[] Starts(int[] dims, int[] shape, int axis)
    {
        var strides = Placement.Strides(dims);
        return Placement.Places(
            shape,
            [
                .. shape.Select(
                    (size, i) => Enumerable.Range(0, size).Select(at => i == axis ? 0 : at * strides[i]).ToArray()
                ),
            ]
        );
    }

    private static int Index(OperatorCall call, Buffers buffers, int at, int size)
    {
        var index = call[1].Type == ElementType.Int64 ? buffers.In<long>(1)[at] : buffers.In<int>(1)[at];
        return index >= -size && index < size
            ? (int)(index < 0 ? index + size : index)
            : throw call.Refused($"index {index} is outside {size} places");
    }
}
