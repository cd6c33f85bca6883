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
    }

    private static void Dequantize(RuleContext node) =>
        node.Output(0, node.ElementOf("output_dtype", node.Element(1)), node.Shape(0));

    private static void Dynamic(RuleContext node)
    {
        node.Output(0, ElementType.UInt8, node.Shape(0));
        node.Output(1, ElementType.Float32, []);
        node.Output(2, ElementType.UInt8, []);
    }
}
