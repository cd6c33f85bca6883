using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Operators that run graphs.</summary>
internal static class ControlRules
{
    // A body is looked at again as long as its state changes shape; inside so many others it is taken to change entirely.
    private const int Deepest = 3;

    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All => [("If", If), ("Loop", Loop), ("Scan", Scan)];

    private static void If(RuleContext node)
    {
        var yes = node.Inner("then_branch", []);
        var no = node.Inner("else_branch", []);
        if (yes.Count != no.Count)
            throw node.Fault($"its branches give {yes.Count} and {no.Count} values");
        for (var i = 0; i < yes.Count; i++)
            node.Output(i, SequenceRules.Common(yes[i], no[i]));
    }

    /// <summary>Inputs: trip count, condition, state...; body: iteration, condition, state... to condition, state..., scans...</summary>
    private static void Loop(RuleContext node)
    {
        var state = Enumerable.Range(2, Math.Max(node.Inputs - 2, 0)).Select(node.Input).ToArray();
        var outputs = Settle(
            node,
            state,
            now => [new TensorType(ElementType.Int64, []), new TensorType(ElementType.Bool, []), .. now],
            skipped: 1
        );
        var trips = node.Values(0) is [var count] && !node.Has(1) ? count.ToDim() : Dim.Unknown;
        for (var i = 0; i < outputs.Count - 1; i++)
        {
            var type = outputs[i + 1];
            if (i < state.Length)
                node.Output(i, SequenceRules.Common(type, state[i]));
            else
                node.Output(i, type.Element, type.Shape is { } shape ? [trips, .. shape] : null);
        }
    }

    /// <summary>Inputs: state..., scans...; body: state..., elements... to state..., elements....</summary>
    private static void Scan(RuleContext node)
    {
        // The first version had a batch axis and lengths.
        if (node.Opset < 9)
            return;
        var scans = node.Int("num_scan_inputs", 0);
        if (scans < 1 || scans > node.Inputs)
            throw node.Fault($"it scans {scans} of {node.Inputs} inputs");
        var carried = node.Inputs - (int)scans;
        var state = Enumerable.Range(0, carried).Select(node.Input).ToArray();
        var length = Dim.Unknown;
        var elements = new List<TensorType>();
        var axes = node.Ints("scan_input_axes");
        for (var i = 0; i < scans; i++)
        {
            var input = node.Input(carried + i);
            if (input.Shape is not { } shape)
            {
                elements.Add(input);
                continue;
            }

            var axis = node.Axis(axes is not null && i < axes.Length ? axes[i] : 0, shape.Count);
            length = length.IsKnown ? length : shape[axis];
            elements.Add(new TensorType(input.Element, [.. shape.Where((_, at) => at != axis)]));
        }

        var outputs = Settle(node, state, now => [.. now, .. elements], skipped: 0);
        var outputAxes = node.Ints("scan_output_axes");
        for (var i = 0; i < outputs.Count; i++)
        {
            if (i < carried)
                node.Output(i, SequenceRules.Common(state[i], outputs[i]));
            else if (outputs[i].Shape is { } shape)
            {
                var k = i - carried;
                var axis = node.Axis(
                    outputAxes is not null && k < outputAxes.Length ? outputAxes[k] : 0,
                    shape.Count + 1
                );
                node.Output(i, outputs[i].Element, [.. shape.Take(axis), length, .. shape.Skip(axis)]);
            }
            else
                node.Output(i, outputs[i].Element, null);
        }
    }

    /// <summary>
    /// The body's outputs for a state that is of the same type before and after it: what the body changes is unknown; the state
    /// is replaced by that type.
    /// </summary>
    private static IReadOnlyList<TensorType> Settle(
        RuleContext node,
        TensorType[] state,
        Func<TensorType[], IReadOnlyList<TensorType>> inputs,
        int skipped
    )
    {
        if (node.Depth > Deepest)
        {
            for (var i = 0; i < state.Length; i++)
                state[i] = state[i] with { Shape = null };
        }

        for (var attempt = 0; ; attempt++)
        {
            var outputs = node.Inner("body", inputs(state));
            if (outputs.Count < state.Length + skipped)
                throw node.Fault($"its body gives {outputs.Count} values for a state of {state.Length}");
            var settled = true;
            for (var i = 0; i < state.Length; i++)
            {
                var common = SequenceRules.Common(state[i], outputs[i + skipped]);
                var same = common.Shape is null ? state[i].Shape is null : common == state[i];
                settled &= same;
                state[i] = same || attempt == 0 ? common : common with { Shape = null };
            }

            if (settled || node.Depth > Deepest)
                return outputs;
        }
    }
}
