using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>To integers and back.</summary>
internal static class QuantizationRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            ("QuantizeLinear", Quantize),
            ("DequantizeLinear", Dequantize),
            ("com.microsoft.QuantizeLinear", Quantize),
            ("com.microsoft.DequantizeLinear", Dequantize),
            ("DynamicQuantizeLinear", Dynamic),
        ];

    private static void Quantize(RuleContext node)
    {
        var named = node.ElementOf("output_dtype", ElementType.Undefined);
        var element =
            node.Has(2) ? node.Element(2)
            : named != ElementType.Undefined ? named
            : ElementType.UInt8;
        node.Output(0, element, node.Shape(0));
        Scales(node);
    }

    private static void Dequantize(RuleContext node)
    {
        node.Output(0, node.ElementOf("output_dtype", node.Element(1)), node.Shape(0));
        Scales(node);
    }

    /// <summary>One scale, or one for each place of an axis; as many zero points.</summary>
    private static void Scales(RuleContext node)
    {
        if (node.Int("block_size", 0) != 0 || node.Shape(1) is not { } scales || node.Shape(0) is not { } shape)
            return;
        if (scales.Count == 0 || (scales.Count == 1 && scales[0].Size == 1))
            return;
        node.Fits(1, shape[node.Axis(node.Int("axis", 1), shape.Count)]);
        node.Fits(2, scales[0]);
    }

    private static void Dynamic(RuleContext node)
    {
        node.Output(0, ElementType.UInt8, node.Shape(0));
        node.Output(1, ElementType.Float32, []);
        node.Output(2, ElementType.UInt8, []);
    }
}
