using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Operators that fold tensors along axes.</summary>
internal static class ReductionRules
{
    // Since which version the axes are an input.
    private static readonly (string Name, int AxesAreInput)[] Reductions =
    [
        ("ReduceL1", 18),
        ("ReduceL2", 18),
        ("ReduceLogSum", 18),
        ("ReduceLogSumExp", 18),
        ("ReduceMax", 18),
        ("ReduceMean", 18),
        ("ReduceMin", 18),
        ("ReduceProd", 18),
        ("ReduceSum", 13),
        ("ReduceSumSquare", 18),
    ];

    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            .. Reductions.Select(entry => (entry.Name, (ShapeRule)(node => Reduce(node, entry.AxesAreInput)))),
            ("ArgMax", Arg),
            ("ArgMin", Arg),
            ("SoftmaxCrossEntropyLoss", Loss),
            ("NegativeLogLikelihoodLoss", Loss),
        ];

    private static void Reduce(RuleContext node, int axesAreInput)
    {
        var fromInput = node.Opset >= axesAreInput;
        var axes = fromInput ? node.Numbers(1) : node.Ints("axes");
        var keeps = node.Int("keepdims", 1) != 0;
        var shape = node.Shape(0);
        if (fromInput && node.Has(1) && axes is null && node.Shape(1) is not [{ Size: 0 }])
        {
            node.Output(0, node.Element(0), shape is null || !keeps ? null : ConstantRules.Unknowns(node, shape.Count));
            return;
        }

        if (axes is null or [] && node.Int("noop_with_empty_axes", 0) != 0)
        {
            node.Output(0, node.Element(0), shape);
            return;
        }

        node.Output(0, node.Element(0), Without(node, shape, axes is null or [] ? null : axes, keeps));
    }

    /// <summary>A shape with axes folded to size 1, or away.</summary>
    /// <param name="node">The node.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="axes">Null: all.</param>
    /// <param name="keeps">Whether they stay, with size 1.</param>
    private static IReadOnlyList<Dim>? Without(RuleContext node, IReadOnlyList<Dim>? shape, long[]? axes, bool keeps)
    {
        if (shape is null)
            return axes is null && !keeps ? [] : null;
        var gone = (axes?.Select(axis => node.Axis(axis, shape.Count)) ?? Enumerable.Range(0, shape.Count)).ToHashSet();
        return keeps
            ? [.. shape.Select((size, axis) => gone.Contains(axis) ? 1 : size)]
            : [.. shape.Where((_, axis) => !gone.Contains(axis))];
    }

    private static void Arg(RuleContext node) =>
        node.Output(
            0,
            ElementType.Int64,
            Without(node, node.Shape(0), [node.Int("axis", 0)], node.Int("keepdims", 1) != 0)
        );

    private static void Loss(RuleContext node)
    {
        var none = node.Text("reduction", "mean") == "none";
        node.Output(0, node.Element(0), none ? node.Shape(1) : []);
        node.Output(1, node.Element(0), node.Shape(0));
    }
}
