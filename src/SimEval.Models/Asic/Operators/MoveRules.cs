using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>Operators that place elements anew: transpositions, slices, gathers, concatenations, padding.</summary>
internal static class MoveRules
{
    /// <summary>Transpose.</summary>
    public static Step Transpose(OperatorCall call)
    {
        var dims = call[0].Dims;
        var order = call.Ints("perm") ?? [.. Enumerable.Range(0, dims.Length).Reverse().Select(axis => (long)axis)];
        if (!order.Order().SequenceEqual(Enumerable.Range(0, dims.Length).Select(axis => (long)axis)))
            throw call.Refused($"[{string.Join(",", order)}] is no order of {dims.Length} axes");
        var strides = Placement.Strides(dims);
        int[] shape = [.. order.Select(axis => dims[axis])];
        return Placement.Of(
            call,
            shape,
            Placement.Places(shape, [.. order.Select(axis => Steps(dims[axis], strides[axis]))])
        );
    }

    /// <summary>Expand.</summary>
    public static Step Expand(OperatorCall call)
    {
        var wanted = (call.KnownInts(1) ?? throw call.Refused("it has no shape"))
            .Select(size => checked((int)size))
            .ToArray();
        var shape = Broadcast.Shape(call, call[0].Dims, wanted);
        Placement.Count(shape);
        return Placement.Of(call, shape, Broadcast.Places(call[0].Dims, shape));
    }

    /// <summary>Tile.</summary>
    public static Step Tile(OperatorCall call)
    {
        var repeats = call.KnownInts(1) ?? throw call.Refused("it has no repeats");
        var dims = call[0].Dims;
        if (repeats.Length != dims.Length)
            throw call.Refused($"{repeats.Length} repeats for {call[0]}");
        var strides = Placement.Strides(dims);
        int[] shape = [.. dims.Select((size, axis) => checked((int)(size * repeats[axis])))];
        Operand.Size(shape);
        var parts = shape.Select(
            (size, axis) => Enumerable.Range(0, size).Select(i => i % dims[axis] * strides[axis]).ToArray()
        );
        return Placement.Of(call, shape, Placement.Places(shape, [.. parts]));
    }

    /// <summary>Slice: bounds are attributes before operator set 10, inputs since.</summary>
    public static Step Slice(OperatorCall call)
    {
        var dims = call[0].Dims;
        var starts = call.Ints("starts", 1) ?? throw call.Refused("it has no starts");
        var ends = call.Ints("ends", 2) ?? throw call.Refused("it has no ends");
        var axes = call.Ints("axes", 3) ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        var steps = call.KnownInts(4) ?? [.. starts.Select(_ => 1L)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
            throw call.Refused("its starts, ends, axes and steps are not equally many");
        var strides = Placement.Strides(dims);
        var parts = dims.Select((size, axis) => Steps(size, strides[axis])).ToArray();
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = call.Axis(axes[i], dims.Length);
            parts[axis] =
            [
                .. Indices(call, dims[axis], starts[i], ends[i], steps[i]).Select(index => index * strides[axis]),
            ];
        }

        int[] shape = [.. parts.Select(part => part.Length)];
        return Placement.Of(call, shape, Placement.Places(shape, parts));
    }

    /// <summary>Gather; indices that a run gives are looked up then.</summary>
    public static Step Gather(OperatorCall call)
    {
        call.Require(1, ElementType.Int64, ElementType.Int32);
        Placement.RequireBytes(call, call[0].Type);
        var dims = call[0].Dims;
        var axis = call.Axis(call.Int("axis", 0), dims.Length);
        var outer = Operand.Size(dims.AsSpan(0, axis));
        var inner = Operand.Size(dims.AsSpan(axis + 1)) * (call[0].Type.Bits() / 8);
        var (size, count, wide) = (dims[axis], call[1].Count, call[1].Type == ElementType.Int64);
        return new Step(
            [new Operand(call[0].Type, [.. dims.Take(axis), .. call[1].Dims, .. dims.Skip(axis + 1)])],
            buffers =>
            {
                var source = buffers.In<byte>(0);
                var target = buffers.Out<byte>(0);
                for (var o = 0; o < outer; o++)
                {
                    for (var i = 0; i < count; i++)
                    {
                        var index = wide ? buffers.In<long>(1)[i] : buffers.In<int>(1)[i];
                        if (index < -size || index >= size)
                            throw call.Refused($"index {index} is outside {size} places");
                        var from = (int)(index < 0 ? index + size : index);
                        source.Slice((o * size + from) * inner, inner).CopyTo(target[((o * count + i) * inner)..]);
                    }
                }
            },
            Work.Move((long)outer * count * inner)
        );
    }

    /// <summary>Concat.</summary>
    public static Step Concat(OperatorCall call)
    {
        var first = call[0];
        var axis = call.Axis(call.Int("axis", 0), first.Dims.Length);
        int[] shape = [.. first.Dims];
        shape[axis] = 0;
        Placement.RequireBytes(call, first.Type);
        for (var i = 0; i < call.InputCount; i++)
        {
            call.Require(i, first.Type);
            var fits = call[i].Dims.Length == shape.Length;
            for (var k = 0; fits && k < shape.Length; k++)
                fits = k == axis || call[i].Dims[k] == shape[k];
            if (!fits)
                throw call.Refused($"{call[i]} does not fit {first} along axis {axis}");
            shape[axis] += call[i].Dims[axis];
        }

        var outer = Operand.Size(shape.AsSpan(0, axis));
        var inner = Operand.Size(shape.AsSpan(axis + 1)) * (first.Type.Bits() / 8);
        int[] widths = [.. Enumerable.Range(0, call.InputCount).Select(i => call[i].Dims[axis] * inner)];
        return new Step(
            [new Operand(first.Type, shape)],
            buffers =>
            {
                var target = buffers.Out<byte>(0);
                for (var o = 0; o < outer; o++)
                {
                    for (var i = 0; i < widths.Length; i++)
                    {
                        buffers.In<byte>(i).Slice(o * widths[i], widths[i]).CopyTo(target);
                        target = target[widths[i]..];
                    }
                }
            },
            Work.Move((long)outer * shape[axis] * inner)
        );
    }

    /// <summary>Split: sizes are an attribute before operator set 13, an input since; else equal parts.</summary>
    public static Step Split(OperatorCall call)
    {
        Placement.RequireBytes(call, call[0].Type);
        var dims = call[0].Dims;
        var axis = call.Axis(call.Int("axis", 0), dims.Length);
        var parts = call.Ints("split", 1) ?? Equal(dims[axis], call.OutputCount);
        if (parts.Length != call.OutputCount || parts.Sum() != dims[axis])
            throw call.Refused($"parts of [{string.Join(",", parts)}] do not make axis {axis} of {call[0]}");
        var outer = Operand.Size(dims.AsSpan(0, axis));
        var inner = Operand.Size(dims.AsSpan(axis + 1)) * (call[0].Type.Bits() / 8);
        int[] widths = [.. parts.Select(part => (int)part * inner)];
        return new Step(
            [
                .. parts.Select(part => new Operand(
                    call[0].Type,
                    [.. dims.Select((size, i) => i == axis ? (int)part : size)]
                )),
            ],
            buffers =>
            {
                var source = buffers.In<byte>(0);
                for (var o = 0; o < outer; o++)
                {
                    for (var i = 0; i < widths.Length; i++)
                    {
                        source[..widths[i]].CopyTo(buffers.Out<byte>(i)[(o * widths[i])..]);
                        source = source[widths[i]..];
                    }
                }
            },
            Work.Move((long)outer * dims[axis] * inner)
        );

        static long[] Equal(int size, int count)
        {
            var part = (size + count - 1) / count;
            return [.. Enumerable.Range(0, count).Select(i => (long)Math.Max(0, Math.Min(part, size - i * part)))];
        }
    }

    /// <summary>Pad: constant, edge and reflect; sizes are an attribute before operator set 11, an input since.</summary>
    public static Step Pad(OperatorCall call)
    {
        var dims = call[0].Dims;
        var pads = call.Ints("pads", 1) ?? throw call.Refused("it has no pads");
        var axes =
            call.KnownInts(3)?.Select(axis => call.Axis(axis, dims.Length)).ToArray()
            ?? [.. Enumerable.Range(0, dims.Length)];
        if (pads.Length != 2 * axes.Length)
            throw call.Refused($"{pads.Length} pads for {axes.Length} axes");
        var mode = call.Text("mode", "constant");
        int[] shape = [.. dims];
        for (var i = 0; i < axes.Length; i++)
            shape[axes[i]] = Math.Max(0, checked((int)(dims[axes[i]] + pads[i] + pads[i + axes.Length])));
        // Refused before anything is made of it.
        Operand.Size(shape);
        var strides = Placement.Strides(dims);
        var parts = dims.Select((size, axis) => Steps(size, strides[axis])).ToArray();
        for (var i = 0; i < axes.Length; i++)
        {
            var size = dims[axes[i]];
            parts[axes[i]] =
            [
                .. Enumerable
                    .Range(checked((int)-pads[i]), shape[axes[i]])
                    .Select(index =>
                        Source(call, mode, index, size) is var from and >= 0
                            ? from * strides[axes[i]]
                            : Placement.Nothing
                    ),
            ];
        }

        var runs = Placement.Runs(Placement.Places(shape, parts));
        var fill = Fill(call);
        var width = fill.Length;
        return new Step(
            [new Operand(call[0].Type, shape)],
            buffers =>
            {
                var target = buffers.Out<byte>(0);
                foreach (var (to, from, count) in runs)
                {
                    for (var i = 0; from == Placement.Nothing && i < count; i++)
                        fill.CopyTo(target[((to + i) * width)..]);
                }

                Placement.Apply(runs, buffers.In<byte>(0), target, width);
            },
            Work.Move((long)Operand.Size(shape) * width)
        );
    }

    /// <summary>ScatterND without reduction: slices of the first input replaced by those of the third.</summary>
    public static Step Scatter(OperatorCall call)
    {
        call.Require(1, ElementType.Int64);
        call.Require(2, call[0].Type);
        Placement.RequireBytes(call, call[0].Type);
        if (call.Text("reduction", "none") != "none")
            throw call.Refused("the move engine replaces elements; it does not add them");
        var dims = call[0].Dims;
        var depth = call[1].Dims[^1];
        if (depth > dims.Length)
            throw call.Refused($"indices of {depth} axes into {call[0]}");
        var slice = Operand.Size(dims.AsSpan(depth));
        var count = call[1].Count / Math.Max(depth, 1);
        if (call[2].Count != (long)count * slice)
            throw call.Refused($"{call[2]} does not hold {count} slices of {slice}");
        var strides = Placement.Strides(dims);
        var width = call[0].Type.Bits() / 8;
        return new Step(
            [call[0] with { Known = null }],
            buffers =>
            {
                buffers.In<byte>(0).CopyTo(buffers.Out<byte>(0));
                for (var i = 0; i < count; i++)
                {
                    var to = 0;
                    for (var axis = 0; axis < depth; axis++)
                    {
                        var index = buffers.In<long>(1)[i * depth + axis];
                        if (index < -dims[axis] || index >= dims[axis])
                            throw call.Refused($"index {index} is outside {dims[axis]} places");
                        to += (int)(index < 0 ? index + dims[axis] : index) * strides[axis];
                    }

                    buffers
                        .In<byte>(2)
                        .Slice(i * slice * width, slice * width)
                        .CopyTo(buffers.Out<byte>(0)[(to * width)..]);
                }
            },
            Work.Move((long)call[0].Count * width)
        );
    }

    /// <summary>DepthToSpace and SpaceToDepth of [N, C, H, W].</summary>
    public static Step Blocks(OperatorCall call)
    {
        var block = checked((int)call.Int("blocksize", 0));
        if (call[0].Dims is not [var n, var c, var h, var w] || block < 1)
            throw call.Refused($"{call[0]} in blocks of {block}");
        var strides = Placement.Strides(call[0].Dims);
        var toSpace = call.Node.Operator == "DepthToSpace";
        if (toSpace ? c % (block * block) != 0 : h % block != 0 || w % block != 0)
            throw call.Refused($"{call[0]} does not divide by blocks of {block}");
        int[] shape = toSpace
            ? [n, c / (block * block), h * block, w * block]
            : [n, c * block * block, h / block, w / block];
        var columnsFirst = call.Text("mode", "DCR") == "CRD";
        var places = new int[call[0].Count];
        var next = 0;
        for (var image = 0; image < n; image++)
        for (var channel = 0; channel < shape[1]; channel++)
        for (var y = 0; y < shape[2]; y++)
        for (var x = 0; x < shape[3]; x++)
            places[next++] = image * strides[0] + (toSpace ? Deep(channel, y, x) : Wide(channel, y, x));
        return Placement.Of(call, shape, places);

        int Deep(int channel, int y, int x)
        {
            var inside = y % block * block + x % block;
            var from = columnsFirst ? channel * block * block + inside : inside * shape[1] + channel;
            return from * strides[1] + y / block * strides[2] + x / block;
        }

        int Wide(int channel, int y, int x)
        {
            var inside = channel / c;
            return channel % c * strides[1] + (y * block + inside / block) * strides[2] + x * block + inside % block;
        }
    }

    private static int[] Steps(int size, int stride) => [.. Enumerable.Range(0, size).Select(i => i * stride)];

    private static IEnumerable<int> Indices(OperatorCall call, int size, long start, long end, long step)
    {
        if (step == 0)
            throw call.Refused("a step of 0");
        var (low, high) = step > 0 ? (0L, (long)size) : (-1L, size - 1L);
        var first = Math.Clamp(start < 0 ? start + size : start, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
        var last = Math.Clamp(end < 0 ? Math.Max(end, -size - 1L) + size : end, low, high);
        for (var index = first; step > 0 ? index < last : index > last; index += step)
            yield return (int)index;
    }

    private static int Source(OperatorCall call, string mode, int index, int size) =>
        index >= 0 && index < size
            ? index
            : mode switch
            {
                "constant" => Placement.Nothing,
                "edge" => Math.Clamp(index, 0, size - 1),
                "reflect" when size > 1 => Math.Abs(
                    ((index % (2 * size - 2)) + 3 * size - 3) % (2 * size - 2) - (size - 1)
                ),
                "wrap" => (index % size + size) % size,
                _ => throw call.Refused($"padding by '{mode}'"),
            };

    private static byte[] Fill(OperatorCall call)
    {
        Placement.RequireBytes(call, call[0].Type);
        var width = call[0].Type.Bits() / 8;
        if (call.Optional(2) is not { } value)
            return call[0].Type == ElementType.Float32
                ? BitConverter.GetBytes(call.Float("value", 0))
                : new byte[width];
        return value.Known is { Count: 1 } known && known.Type == call[0].Type
            ? known.Data.ToArray()
            : throw call.Refused($"its value {value} must be one constant of {call[0].Type.Name()}");
    }
}
