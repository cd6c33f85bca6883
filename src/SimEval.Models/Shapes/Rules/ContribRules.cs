using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Operators of ONNX Runtime's own set, com.microsoft.</summary>
internal static class ContribRules
{
    private static readonly string[] Same =
    [
        "BiasGelu",
        "FastGelu",
        "Gelu",
        "QuickGelu",
        "QLinearSigmoid",
        "QLinearLeakyRelu",
        "QLinearSoftmax",
        "RotaryEmbedding",
        "BiasSoftmax",
        "SkipLayerNormalization",
        "SkipSimplifiedLayerNormalization",
        "Inverse",
        "GroupNorm",
    ];

    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        Contrib()
            .Select(entry => ($"com.microsoft.{entry.Name}", entry.Rule))
            // Once part of ONNX Runtime's build of ONNX's own set.
            .Append(("SimplifiedLayerNormalization", NormalisationRules.Layer));

    private static IEnumerable<(string Name, ShapeRule Rule)> Contrib() =>
        [
            .. Same.Select(name => (name, (ShapeRule)ElementwiseRules.Same)),
            ("QLinearAdd", node => node.Output(0, node.Element(0), node.Broadcast(node.Shape(0), node.Shape(3)))),
            ("QLinearMul", node => node.Output(0, node.Element(0), node.Broadcast(node.Shape(0), node.Shape(3)))),
            (
                "QLinearAveragePool",
                node => node.Output(0, node.Element(0), ChannelsFirst(node) ? ConvolutionRules.Pool(node, 0) : null)
            ),
            ("QLinearGlobalAveragePool", QLinearGlobal),
            ("QLinearConcat", QLinearConcat),
            (
                "QLinearConv",
                node =>
                    node.Output(
                        0,
                        node.Element(7),
                        ChannelsFirst(node) ? ConvolutionRules.Convolution(node, 0, 3) : null
                    )
            ),
            (
                "QGemm",
                node =>
                    node.Output(0, node.Has(8) ? node.Element(8) : ElementType.Float32, MatrixRules.Gemm(node, 0, 3))
            ),
            ("FusedGemm", node => node.Output(0, node.Element(0), MatrixRules.Gemm(node, 0, 1))),
            ("FusedConv", node => node.Output(0, node.Element(0), ConvolutionRules.Convolution(node, 0, 1))),
            ("FusedMatMul", FusedMatMul),
            (
                "DynamicQuantizeMatMul",
                node => node.Output(0, node.Element(0), MatrixRules.Product(node, node.Shape(0), node.Shape(1)))
            ),
            (
                "MatMulIntegerToFloat",
                node => node.Output(0, node.Element(2), MatrixRules.Product(node, node.Shape(0), node.Shape(1)))
            ),
            ("MatMulNBits", node => node.Output(0, node.Element(0), Columns(node, node.Int("N", -1)))),
            (
                "MultiHeadAttention",
                node => node.Output(0, node.Element(0), node.Shape(0) is { Count: 3 } query ? query : null)
            ),
            (
                "GroupQueryAttention",
                node =>
                    node.Output(0, node.Element(0), node.Shape(0) is { Count: 3 } query && node.Has(1) ? query : null)
            ),
        ];

    private static bool ChannelsFirst(RuleContext node) => node.Int("channels_last", 0) == 0;

    private static IReadOnlyList<Dim>? Columns(RuleContext node, long columns) =>
        node.ShapeFrom(0, 1) is { } shape ? [.. shape.SkipLast(1), Math.Max(columns, -1)] : null;

    private static void FusedMatMul(RuleContext node)
    {
        if (node.Int("transBatchA", 0) != 0 || node.Int("transBatchB", 0) != 0)
        {
            node.Output(0, node.Element(0), null);
            return;
        }

        var a = Turned(node.Shape(0), node.Int("transA", 0) != 0);
        var b = Turned(node.Shape(1), node.Int("transB", 0) != 0);
        node.Output(0, node.Element(0), MatrixRules.Product(node, a, b));

        static IReadOnlyList<Dim>? Turned(IReadOnlyList<Dim>? shape, bool turn) =>
            shape is { Count: >= 2 } && turn
                ? [.. shape.SkipLast(2), shape[shape.Count - 1], shape[shape.Count - 2]]
                : shape;
    }

    private static void QLinearGlobal(RuleContext node)
    {
        if (ChannelsFirst(node))
            ConvolutionRules.Global(node);
        else
            node.Output(0, node.Element(0), null);
    }

    /// <summary>Inputs: output scale and zero point, then each tensor with its own.</summary>
    private static void QLinearConcat(RuleContext node)
    {
        var shapes = Enumerable.Range(0, Math.Max(node.Inputs - 2, 0) / 3).Select(i => node.Shape(2 + 3 * i)).ToList();
        if (shapes.Count == 0 || shapes.Exists(shape => shape is null || shape.Count != shapes[0]!.Count))
        {
            node.Output(0, node.Element(1), null);
            return;
        }

        var axis = node.Axis(node.Int("axis", 1), shapes[0]!.Count);
        var total = shapes.Aggregate((SymbolicInteger)0, (sum, shape) => sum + shape![axis]);
        node.Output(0, node.Element(1), [.. shapes[0]!.Select((size, at) => at == axis ? total.ToDim() : size)]);
    }
}
