using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes;

/// <summary>ONNX's multidirectional broadcasting (that of NumPy) over sizes that may be unknown.</summary>
internal static class Broadcasting
{
    /// <summary>The common shape; null where a rank is unknown.</summary>
    /// <param name="node">For the message where sizes do not fit.</param>
    /// <param name="shapes">Shapes.</param>
    public static IReadOnlyList<Dim>? Broadcast(this RuleContext node, params ReadOnlySpan<IReadOnlyList<Dim>?> shapes)
    {
        if (shapes.IsEmpty)
            return null;
        IReadOnlyList<Dim>? common = [];
        foreach (var shape in shapes)
        {
            if (common is null || shape is null)
                return null;
            common = Pair(node, common, shape);
        }

        return common;
    }

    private static Dim[] Pair(RuleContext node, IReadOnlyList<Dim> a, IReadOnlyList<Dim> b)
    {
        var sizes = new Dim[Math.Max(a.Count, b.Count)];
        for (var i = 1; i <= sizes.Length; i++)
        {
            var (x, y) = (i <= a.Count ? a[a.Count - i] : 1, i <= b.Count ? b[b.Count - i] : 1);
            sizes[^i] =
                x.Size == 1 ? y
                : y.Size == 1 || x == y ? x
                : !x.IsKnown ? (y.IsKnown ? y : Dim.Unknown)
                : !y.IsKnown ? x
                : throw node.Fault(
                    $"[{string.Join(",", a)}] and [{string.Join(",", b)}] do not broadcast to each other"
                );
        }

        return sizes;
    }
}
