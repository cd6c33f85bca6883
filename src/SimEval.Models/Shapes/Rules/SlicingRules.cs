using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Operators that cut tensors along axes.</summary>
internal static class SlicingRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [("Slice", Slice), ("Split", Split), ("SplitToSequence", ToSequence)];

    private static void Slice(RuleContext node)
    {
        if (node.Shape(0) is not { } shape)
        {
            node.Output(0, node.Element(0), null);
            return;
        }

        var old = node.Opset < 10;
        var starts = old ? Symbols(node.Ints("starts")) : node.Values(1);
        var ends = old ? Symbols(node.Ints("ends")) : node.Values(2);
        var axes = old ? node.Ints("axes") : node.Numbers(3);
        var steps = old ? null : node.Numbers(4);
        if (!old && ((node.Has(3) && axes is null) || (node.Has(4) && steps is null)))
        {
            node.Output(0, node.Element(0), ConstantRules.Unknowns(node, shape.Count));
            return;
        }

        var count = starts?.Length ?? ends?.Length ?? axes?.Length ?? shape.Count;
        axes ??= [.. Enumerable.Range(0, count).Select(axis => (long)axis)];
        steps ??= [.. Enumerable.Repeat(1L, count)];
        if (
            (starts?.Length ?? count) != count
            || (ends?.Length ?? count) != count
            || axes.Length != count
            || steps.Length != count
        )
            throw node.Fault("its starts, ends, axes and steps are not equally many");
        var sizes = shape.ToArray();
        var values = node.Values(0);
        for (var i = 0; i < count; i++)
        {
            var axis = node.Axis(axes[i], sizes.Length);
            if (steps[i] == 0)
                throw node.Fault("a step is 0");
            var cut =
                starts is null || ends is null
                    ? ((long? First, SymbolicInteger Count)?)null
                    : Cut(shape[axis], starts[i], ends[i], steps[i]);
            sizes[axis] = cut?.Count.ToDim() ?? Dim.Unknown;
            if (values is not null)
                values =
                    cut is { First: { } first, Count.Number: { } length } && shape[axis].IsKnown
                        ? [.. Enumerable.Range(0, (int)length).Select(k => values[first + k * steps[i]])]
                        : null;
        }

        node.Output(0, node.Element(0), sizes);
        node.OutputValues(0, values);
    }

    /// <summary>The first index and the number of elements that [start:end:step] takes of a size.</summary>
    private static (long? First, SymbolicInteger Count) Cut(
        Dim size,
        SymbolicInteger start,
        SymbolicInteger end,
        long step
    )
    {
        if (size.IsKnown && start.Number is { } from && end.Number is { } to)
        {
            from = Math.Clamp(from < 0 ? from + size.Size : from, 0, step > 0 ? size.Size : size.Size - 1);
            to = Math.Clamp(to < 0 ? to + size.Size : to, step > 0 ? 0 : -1, size.Size);
            var count = Int128.Max(
                step > 0 ? ((Int128)to - from + step - 1) / step : ((Int128)from - to - step - 1) / -step,
                0
            );
            return (from, (long)count);
        }

        if (step != 1)
            return (null, SymbolicInteger.Unknown);
        // Of a named size: what begins at the front or a known place, and goes to the end or stops a known way before it.
        var last = end.Number switch
        {
            >= int.MaxValue => size,
            < 0 => (SymbolicInteger)size + end,
            null when end.Text == size.Name => size,
            _ => SymbolicInteger.Unknown,
        };
        return start.Number >= 0 ? (start.Number, last - start) : (null, SymbolicInteger.Unknown);
    }

    private static SymbolicInteger[]? Symbols(long[]? numbers) =>
        numbers?.Select(number => (SymbolicInteger)number).ToArray();

    private static void Split(RuleContext node)
    {
        var shape = node.Shape(0);
        if (shape is null)
        {
            for (var i = 0; i < node.Outputs; i++)
                node.Output(i, node.Element(0), null);
            return;
        }

        var axis = node.Axis(node.Int("axis", 0), shape.Count);
        var parts = node.Opset < 13 ? Symbols(node.Ints("split")) : node.Values(1);
        if (parts is not null && parts.Length != node.Outputs)
            throw node.Fault($"it has {parts.Length} sizes for {node.Outputs} outputs");
        var unknown = node.Opset >= 13 && node.Has(1) && parts is null;
        // Equal parts, the last smaller where they do not come out even.
        var even = ((SymbolicInteger)shape[axis] + (node.Outputs - 1)) / node.Outputs;
        var first = 0L;
        for (var i = 0; i < node.Outputs; i++)
        {
            var part =
                unknown ? SymbolicInteger.Unknown
                : parts is not null ? parts[i]
                : even.Number is { } size ? Math.Clamp(shape[axis].Size - size * i, 0, size)
                : (SymbolicInteger)shape[axis] / node.Outputs;
            node.Output(i, node.Element(0), [.. shape.Select((dim, at) => at == axis ? part.ToDim() : dim)]);
            if (
                node.Values(0) is { } values
                && part.Number is { } length
                && first + length <= values.Length
                && length >= 0
            )
                node.OutputValues(i, values[(int)first..(int)(first + length)]);
            // After a part of unknown size nothing is known of where the next begins.
            first += part.Number ?? int.MaxValue;
        }
    }

    private static void ToSequence(RuleContext node)
    {
        var shape = node.Shape(0)?.ToArray();
        var keeps = node.Has(1) || node.Int("keepdims", 1) != 0;
        if (shape is not null)
        {
            var axis = node.Axis(node.Int("axis", 0), shape.Length);
            if (keeps)
                shape[axis] = node.Has(1) ? Dim.Unknown : 1;
            else
                shape = [.. shape.Where((_, i) => i != axis)];
        }

        node.Output(0, new TensorType(node.Element(0), shape) { Kind = ValueKind.Sequence });
    }
}
