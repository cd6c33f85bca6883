using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Operators;

/// <summary>Reductions over axes, in float32; sums go through double precision, in the order of the elements.</summary>
internal static class ReduceRules
{
    /// <summary>Names of the reductions.</summary>
    public static string[] Names =>
        ["ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "ReduceSumSquare"];

    /// <summary>The rule of all of them: axes are an attribute in older operator sets, an input in newer ones.</summary>
    public static Step Place(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        if (Axes(call) is not { } axes)
            return Placement.Copy(call, call[0].Dims);
        var groups = new ReducedGroups(call[0].Dims, axes, call.Int("keepdims", 1) != 0);
        var kind = call.Node.Operator;
        return new Step(
            [new Operand(ElementType.Float32, groups.Shape)],
            buffers =>
            {
                var source = buffers.In<float>(0);
                var target = buffers.Out<float>(0);
                for (var i = 0; i < target.Length; i++)
                    target[i] = Reduce(kind, source, groups.Starts[i], groups.Offsets);
            },
            Work.Vector(call[0].Count)
        );
    }

    /// <summary>asic.ReduceMean: the mean of 8-bit values, requantized.</summary>
    public static Step Mean8(OperatorCall call)
    {
        call.Require(0, ElementType.UInt8, ElementType.Int8);
        var axes = (call.Ints("axes") ?? throw call.Refused("it has no axes"))
            .Select(axis => call.Axis(axis, call[0].Dims.Length))
            .ToHashSet();
        var groups = new ReducedGroups(call[0].Dims, axes, call.Int("keepdims", 1) != 0);
        var signed = call[0].Type == ElementType.Int8;
        var type = Int8Operands.ResultType(call);
        var xZero = Int8Operands.Integer(call, "xZero", 0);
        var yZero = Int8Operands.Integer(call, "yZero", 0);
        var count = groups.Offsets.Length;
        var multiplier = call.Float("xScale", 1) / (count * call.Float("yScale", 1));
        return new Step(
            [new Operand(type, groups.Shape)],
            buffers =>
            {
                var source = buffers.In<byte>(0);
                var target = buffers.Out<byte>(0);
                for (var i = 0; i < target.Length; i++)
                {
                    var sum = -count * xZero;
                    foreach (var offset in groups.Offsets)
                        sum += signed ? (sbyte)source[groups.Starts[i] + offset] : source[groups.Starts[i] + offset];
                    target[i] = (byte)
                        Numerics8.Requantize(sum, multiplier, yZero, Numerics8.Least(type), Numerics8.Greatest(type));
                }
            },
            Work.Vector(call[0].Count)
        );
    }

    /// <summary>ArgMax and ArgMin.</summary>
    public static Step Arg(OperatorCall call)
    {
        call.Require(0, ElementType.Float32);
        var axis = call.Axis(call.Int("axis", 0), call[0].Dims.Length);
        var groups = new ReducedGroups(call[0].Dims, [axis], call.Int("keepdims", 1) != 0);
        var sign = call.Node.Operator == "ArgMax" ? 1 : -1;
        var last = call.Int("select_last_index", 0) != 0;
        return new Step(
            [new Operand(ElementType.Int64, groups.Shape)],
            buffers =>
            {
                var source = buffers.In<float>(0);
                var target = buffers.Out<long>(0);
                for (var i = 0; i < target.Length; i++)
                {
                    var best = 0;
                    for (var k = 1; k < groups.Offsets.Length; k++)
                    {
                        var here = sign * source[groups.Starts[i] + groups.Offsets[k]];
                        var there = sign * source[groups.Starts[i] + groups.Offsets[best]];
                        best = here > there || (last && here == there) ? k : best;
                    }

                    target[i] = best;
                }
            },
            Work.Vector(call[0].Count)
        );
    }

    // Null: nothing is reduced.
    private static HashSet<int>? Axes(OperatorCall call)
    {
        var rank = call[0].Dims.Length;
        var axes = call.Ints("axes", 1) ?? [];
        if (axes.Length > 0)
            return [.. axes.Select(axis => call.Axis(axis, rank))];
        return call.Int("noop_with_empty_axes", 0) != 0 ? null : [.. Enumerable.Range(0, rank)];
    }

    private static float Reduce(string kind, ReadOnlySpan<float> source, int start, int[] offsets)
    {
        if (kind is "ReduceMax" or "ReduceMin")
        {
            var most = source[start + offsets[0]];
            foreach (var offset in offsets)
                most =
                    kind == "ReduceMax"
                        ? Math.Max(most, source[start + offset])
                        : Math.Min(most, source[start + offset]);
            return most;
        }

        var squares = kind is "ReduceL2" or "ReduceSumSquare";
        var sum = 0.0;
        foreach (var offset in offsets)
            sum += squares ? (double)source[start + offset] * source[start + offset] : source[start + offset];
        return (float)(
            kind switch
            {
                "ReduceMean" => sum / offsets.Length,
                "ReduceL2" => Math.Sqrt(sum),
                _ => sum,
            }
        );
    }
}

/// <summary>Which elements are reduced to which.</summary>
internal sealed class ReducedGroups
{
    /// <summary>Of a tensor over axes.</summary>
    public ReducedGroups(int[] dims, HashSet<int> axes, bool keep)
    {
        var strides = Placement.Strides(dims);
        int[] kept = [.. dims.Select((size, axis) => axes.Contains(axis) ? 1 : size)];
        int[] reduced = [.. dims.Select((size, axis) => axes.Contains(axis) ? size : 1)];
        Starts = Placement.Places(
            kept,
            [.. kept.Select((size, axis) => Enumerable.Range(0, size).Select(i => i * strides[axis]).ToArray())]
        );
        Offsets = Placement.Places(
            reduced,
            [.. reduced.Select((size, axis) => Enumerable.Range(0, size).Select(i => i * strides[axis]).ToArray())]
        );
        Shape = keep ? kept : [.. dims.Where((_, axis) => !axes.Contains(axis))];
    }

    /// <summary>Sizes of the result.</summary>
    public int[] Shape { get; }

    /// <summary>Place of each result's first element.</summary>
    public int[] Starts { get; }

    /// <summary>Distances of a result's elements from its first.</summary>
    public int[] Offsets { get; }
}
