using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Normalisations: the first output is like the first input.</summary>
internal static class NormalisationRules
{
    private static readonly string[] Same =
    [
        "LRN",
        "LpNormalization",
        "MeanVarianceNormalization",
        "InstanceNormalization",
        "GroupNormalization",
        "RotaryEmbedding",
    ];

    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            .. Same.Select(name => (name, (ShapeRule)ElementwiseRules.Same)),
            ("Softmax", AlongAxis),
            ("LogSoftmax", AlongAxis),
            ("Hardmax", AlongAxis),
            ("BatchNormalization", Batch),
            ("LayerNormalization", Layer),
            ("RMSNormalization", Layer),
        ];

    private static void AlongAxis(RuleContext node)
    {
        ElementwiseRules.Same(node);
        if (node.Shape(0) is { Count: var rank } && node.Node.Attributes.ContainsKey("axis"))
            node.Axis(node.Int("axis", 0), rank);
    }

    private static void Batch(RuleContext node)
    {
        ElementwiseRules.Same(node);
        if (node.ShapeFrom(0, 1) is { } x && node.Opset >= 7)
        {
            // Of rank 1, the one axis is the batch's.
            for (var i = 1; i < node.Inputs; i++)
                node.Fits(i, x.Count > 1 ? x[1] : 1);
        }

        for (var i = 1; i < node.Outputs; i++)
            node.Output(i, node.Element(3), node.Shape(3));
    }

    /// <summary>Mean and inverse deviation have size 1 from the axis on.</summary>
    public static void Layer(RuleContext node)
    {
        ElementwiseRules.Same(node);
        var shape = node.Shape(0);
        node.Stretches(1, shape);
        node.Stretches(2, shape);
        if (node.Outputs < 2)
            return;
        var axis = shape is null ? 0 : node.Axis(node.Int("axis", -1), shape.Count);
        for (var i = 1; i < node.Outputs; i++)
            node.Output(
                i,
                node.ElementOf("stash_type", ElementType.Float32),
                shape is null ? null : [.. shape.Select((size, at) => at < axis ? size : 1)]
            );
    }
}
