using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>
/// Quantize and dequantize nodes of Microsoft's operator set, which its quantizer writes on request: those of ONNX, but that
/// they exist for every version of ONNX's operator set.
/// </summary>
internal static class StandardPairs
{
    /// <summary>The graph with ONNX's own nodes instead.</summary>
    public static Graph Of(Graph graph) =>
        graph with
        {
            Nodes =
            [
                .. graph.Nodes.Select(node =>
                    node is { Domain: "com.microsoft", Operator: "QuantizeLinear" or "DequantizeLinear" }
                        ? node with
                        {
                            Domain = "",
                        }
                        : node
                ),
            ],
        };
}
