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
            ("Gemm", Biased),
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

    private static void Biased(RuleContext node)
    {
        var shape = Gemm(node, 0, 1);
        node.Output(0, node.Element(0), shape);
        // Before set 7 a flag said whether the bias is repeated.
        if (node.Opset >= 7)
            node.Stretches(2, shape);
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
        var text = node.Text("equation", "");
        var shapes = new List<IReadOnlyList<Dim>>();
        for (var i = 0; i < node.Inputs; i++)
        {
            if (node.Shape(i) is not { } shape)
                return null;
            shapes.Add(shape);
        }

        var equation =
            EinsumEquation.Read(text, [.. shapes.Select(shape => shape.Count)], out var wrong)
            ?? throw node.Fault(wrong);
        var sizes = equation.Sizes(shapes, out wrong) ?? throw node.Fault($"'{text}': {wrong}");
        return [.. equation.Output.Select(label => sizes[label])];
    }

    /// <summary>Of queries, keys and values, all of (batch, heads, length, width) or all of (batch, length, heads times width).</summary>
    private static void Attention(RuleContext node)
    {
        for (var i = 0; i < node.Outputs; i++)
            node.Output(i, node.Element(i == 2 ? 2 : 0), null);
        if (Heads(node, 0, "q_num_heads") is not { } query || Heads(node, 1, "kv_num_heads") is not { } key)
            return;
        if (Heads(node, 2, "kv_num_heads") is not { } value)
            return;
        if (key[3] is { IsKnown: true } width && query[3] is { IsKnown: true } wanted && width.Size != wanted.Size)
            throw node.Fault($"queries of width {wanted} do not fit keys of width {width}");
        // Keys of earlier calls stand before those of this one.
        SymbolicInteger length = key[2];
        if (node.Has(4))
            length = node.Shape(4, 4) is { } past ? length + past[2] : SymbolicInteger.Unknown;
        node.Output(
            0,
            node.Element(0),
            node.Shape(0) is { Count: 4 }
                ? [query[0], query[1], query[2], value[3]]
                : [query[0], query[2], ((SymbolicInteger)query[1] * value[3]).ToDim()]
        );
        node.Output(1, node.Element(0), [key[0], key[1], length.ToDim(), key[3]]);
        node.Output(2, node.Element(2), [value[0], value[1], length.ToDim(), value[3]]);
        node.Output(3, node.Element(0), [query[0], query[1], query[2], length.ToDim()]);
    }

    /// <summary>Sizes as (batch, heads, length, width); null where they are not known.</summary>
    private static Dim[]? Heads(RuleContext node, int input, string attribute)
    {
        if (node.Shape(input) is not { } shape)
            return null;
        if (shape.Count is not (3 or 4))
            throw node.Fault($"input {input} has {shape.Count} dimensions; it must have 3 or 4");
        if (shape.Count == 4)
            return [.. shape];
        var heads = node.Int(attribute, 0);
        if (heads < 1)
            throw node.Fault($"input {input} has 3 dimensions, so that attribute '{attribute}' must be 1 or more");
        if (shape[2].IsKnown && shape[2].Size % heads != 0)
            throw node.Fault($"input {input} has a width of {shape[2]}, which {heads} heads do not divide");
        return [shape[0], heads, shape[1], ((SymbolicInteger)shape[2] / heads).ToDim()];
    }
}
