using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Operators that pick elements by index or value, or put them there.</summary>
internal static class SelectionRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            ("Gather", Gather),
            ("GatherElements", node => node.Output(0, node.Element(0), node.Shape(1))),
            ("GatherND", GatherNd),
            ("Scatter", ElementwiseRules.Same),
            ("ScatterElements", ElementwiseRules.Same),
            ("ScatterND", ElementwiseRules.Same),
            ("TensorScatter", ElementwiseRules.Same),
            ("TopK", TopK),
            ("OneHot", OneHot),
            ("NonZero", node => node.Output(0, ElementType.Int64, [node.Shape(0)?.Count ?? Dim.Unknown, Dim.Unknown])),
            ("NonMaxSuppression", node => node.Output(0, ElementType.Int64, [Dim.Unknown, 3])),
            ("Unique", Unique),
            ("Compress", Compress),
        ];

    private static void Gather(RuleContext node)
    {
        if (node.ShapeFrom(0, 1) is not { } data || node.Shape(1) is not { } indices)
        {
            node.Output(0, node.Element(0), null);
            return;
        }

        var axis = node.Axis(node.Int("axis", 0), data.Count);
        node.Output(0, node.Element(0), [.. data.Take(axis), .. indices, .. data.Skip(axis + 1)]);
        if (
            node.Values(0) is not { } values
            || data.Count != 1
            || indices.Count > 1
            || node.Numbers(1) is not { } picks
        )
            return;
        if (Array.Find(picks, pick => pick < -values.Length || pick >= values.Length) is not 0 and var outside)
            throw node.Fault($"the index {outside} is outside of {values.Length} elements");
        if (values.Length > 0)
            node.OutputValues(0, [.. picks.Select(pick => values[pick < 0 ? pick + values.Length : pick])]);
    }

    private static void GatherNd(RuleContext node)
    {
        var batch = node.Int("batch_dims", 0);
        if (
            node.ShapeFrom(0, 1) is not { } data
            || node.ShapeFrom(1, 1) is not { } indices
            || !indices[indices.Count - 1].IsKnown
        )
        {
            node.Output(0, node.Element(0), null);
            return;
        }

        var depth = indices[indices.Count - 1].Size;
        if (batch < 0 || batch >= Math.Min(data.Count, indices.Count) || depth + batch > data.Count)
            throw node.Fault($"indices of {depth} numbers do not fit {data.Count} dimensions");
        node.Output(0, node.Element(0), [.. indices.SkipLast(1), .. data.Skip((int)(batch + depth))]);
    }

    private static void TopK(RuleContext node)
    {
        Dim[]? shape = null;
        if (node.ShapeFrom(0, 1) is { } data)
        {
            shape = [.. data];
            var count =
                node.Opset < 10 ? (SymbolicInteger)node.Int("k", 1)
                : node.Values(1) is [var k] ? k
                : SymbolicInteger.Unknown;
            shape[node.Axis(node.Int("axis", -1), shape.Length)] = count.ToDim();
        }

        node.Output(0, node.Element(0), shape);
        node.Output(1, ElementType.Int64, shape);
    }

    private static void OneHot(RuleContext node)
    {
        if (node.Shape(0) is not { } indices)
        {
            node.Output(0, node.Element(2), null);
            return;
        }

        var axis = node.Axis(node.Int("axis", -1), indices.Count + 1);
        var depth = node.Values(1) is [var size] ? size.ToDim() : Dim.Unknown;
        node.Output(0, node.Element(2), [.. indices.Take(axis), depth, .. indices.Skip(axis)]);
    }

    private static void Unique(RuleContext node)
    {
        var shape = node.Shape(0)?.ToArray();
        if (shape is not null && node.Node.Attributes.ContainsKey("axis"))
            shape[node.Axis(node.Int("axis", 0), shape.Length)] = Dim.Unknown;
        else
            shape = node.Node.Attributes.ContainsKey("axis") ? null : [Dim.Unknown];
        node.Output(0, node.Element(0), shape);
        for (var i = 1; i < 4; i++)
            node.Output(i, ElementType.Int64, [Dim.Unknown]);
    }

    private static void Compress(RuleContext node)
    {
        var shape = node.Shape(0)?.ToArray();
        if (!node.Node.Attributes.ContainsKey("axis"))
            shape = [Dim.Unknown];
        else if (shape is not null)
            shape[node.Axis(node.Int("axis", 0), shape.Length)] = Dim.Unknown;
        node.Output(0, node.Element(0), shape);
    }
}
