using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Products of matrices.</summary>
internal static class MatrixRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            ("MatMul", node => node.Output(0, node.Element(0), Product(node, node.Shape(0), node.Shape(1)))),
            ("MatMulInteger", node => node.Output(0, ElementType.Int32, Product(node, node.Shape(0), node.Shape(1)))),
            ("QLinearMatMul", node => node.Output(0, node.Element(7), Product(node, node.Shape(0), node.Shape(3)))),
            ("Gemm", node => node.Output(0, node.Element(0), Gemm(node, 0, 1))),
            ("Einsum", node => node.Output(0, node.Element(0), Einsum(node))),
            ("Det", node => node.Output(0, node.Element(0), node.ShapeFrom(0, 2)?.SkipLast(2).ToArray())),
            ("Attention", Attention),
        ];

    /// <summary>The shape of a product as NumPy's matmul has it; null where a rank is unknown.</summary>
    public static IReadOnlyList<Dim>? Product(RuleContext node, IReadOnlyList<Dim>? a, IReadOnlyList<Dim>? b)
    {
        if (a is null || b is null)
            return null;
        if (a.Count == 0 || b.Count == 0)
            throw node.Fault("a scalar is no matrix");
        var left = a.Count == 1 ? [1, a[0]] : a;
        var right = b.Count == 1 ? [b[0], 1] : b;
        Inner(node, left[left.Count - 1], right[right.Count - 2], a, b);
        var batch = node.Broadcast(left.SkipLast(2).ToArray(), right.SkipLast(2).ToArray())!;
        return
        [
            .. batch,
            .. a.Count == 1 ? [] : left.SkipLast(1).TakeLast(1),
            .. b.Count == 1 ? [] : right.TakeLast(1),
        ];
    }

    /// <summary>(M, N) of A (M, K), or (K, M) with transA, and B (K, N), or (N, K) with transB.</summary>
    public static IReadOnlyList<Dim>? Gemm(RuleContext node, int left, int right)
    {
        if (node.Shape(left, 2) is not { } a || node.Shape(right, 2) is not { } b)
            return null;
        var (rows, depth) = node.Int("transA", 0) != 0 ? (a[1], a[0]) : (a[0], a[1]);
        var (height, columns) = node.Int("transB", 0) != 0 ? (b[1], b[0]) : (b[0], b[1]);
        Inner(node, depth, height, a, b);
        return [rows, columns];
    }

    private static void Inner(RuleContext node, Dim x, Dim y, IReadOnlyList<Dim> a, IReadOnlyList<Dim> b)
    {
        if (x.IsKnown && y.IsKnown && x.Size != y.Size)
            throw node.Fault($"[{string.Join(",", a)}] times [{string.Join(",", b)}]: {x} columns do not fit {y} rows");
    }

    private static Dim[]? Einsum(RuleContext node)
    {
        var equation = node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        // What "..." stands for depends on ranks and broadcasting: left to the declared type.
        if (equation.Contains('.', StringComparison.Ordinal))
            return null;
        var sides = equation.Split("->");
        var terms = sides[0].Split(',');
        if (terms.Length != node.Inputs)
            throw node.Fault($"'{equation}' has {terms.Length} terms for {node.Inputs} inputs");
        var sizes = new SortedDictionary<char, Dim>();
        for (var i = 0; i < terms.Length; i++)
        {
            if (node.Shape(i, terms[i].Length) is not { } shape)
                return null;
            for (var j = 0; j < shape.Count; j++)
            {
                if (!sizes.TryGetValue(terms[i][j], out var size) || !size.IsKnown || size.Size == 1)
                    sizes[terms[i][j]] = shape[j];
            }
        }

        // Without an arrow, the result has the letters that occur once, in alphabetical order.
        var output =
            sides.Length > 1
                ? sides[1]
                : string.Concat(sizes.Keys.Where(letter => sides[0].Count(c => c == letter) == 1));
        return
        [
            .. output.Select(letter =>
                sizes.TryGetValue(letter, out var size)
                    ? size
                    : throw node.Fault($"'{equation}' gives '{letter}', which no input has")
            ),
        ];
    }

    private static void Attention(RuleContext node)
    {
        var (query, value) = (node.Shape(0), node.Shape(2));
        if (query is { Count: 4 } && value is { Count: 4 })
            node.Output(0, node.Element(0), [query[0], query[1], query[2], value[3]]);
        else if (query is { Count: 3 } && value is { Count: 3 } && node.Int("kv_num_heads", 0) is > 0 and var heads)
            node.Output(
                0,
                node.Element(0),
                [query[0], query[1], ((SymbolicInteger)value[2] / heads * node.Int("q_num_heads", 0)).ToDim()]
            );
        else
            node.Output(0, node.Element(0), null);
    }
}
