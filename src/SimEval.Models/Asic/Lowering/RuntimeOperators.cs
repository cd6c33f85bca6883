using System.Collections.Frozen;
using System.Collections.Immutable;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>
/// Quantized operators of ONNX Runtime's own set (com.microsoft), which its quantizer and its optimizer write with scales and
/// zero points as operands. The runtime makes them of an operator of ONNX between dequantized operands and a quantized result;
/// here each becomes that again, so that both ways of writing are lowered alike.
/// </summary>
internal static class RuntimeOperators
{
    private const string Domain = "com.microsoft";

    // The operator of ONNX, the places of its quantized operands (each followed by scale and zero point), and the place of the
    // result's scale.
    private static readonly FrozenDictionary<string, (string Operator, int[] Operands, int Result)> Forms =
        new Dictionary<string, (string, int[], int)>
        {
            ["QLinearAdd"] = ("Add", [0, 3], 6),
            ["QLinearMul"] = ("Mul", [0, 3], 6),
            ["QLinearSigmoid"] = ("Sigmoid", [0], 3),
            ["QLinearLeakyRelu"] = ("LeakyRelu", [0], 3),
            ["QLinearSoftmax"] = ("Softmax", [0], 3),
            ["QLinearAveragePool"] = ("AveragePool", [0], 3),
            ["QLinearGlobalAveragePool"] = ("GlobalAveragePool", [0], 3),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The graph with ONNX's operators instead, where their scales and zero points are constants.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="opset">Version of ONNX's operator set.</param>
    public static Graph Expand(Graph graph, long opset)
    {
        var expansion = new Expansion(graph, opset);
        foreach (var node in graph.Nodes)
            expansion.Add(node);
        return graph with
        {
            Nodes = [.. expansion.Nodes],
            Initializers = graph.Initializers.AddRange(expansion.Constants),
        };
    }

    private sealed class Expansion(Graph graph, long opset)
    {
        public List<Node> Nodes { get; } = [];

        public Dictionary<string, Tensor> Constants { get; } = new(StringComparer.Ordinal);

        public void Add(Node node)
        {
            if (node.Domain != Domain || Int(node, "channels_last", 0) != 0)
                Nodes.Add(node);
            else if (Forms.TryGetValue(node.Operator, out var form) && Fits(node))
                Expand(node, form.Operator, form.Operands, form.Result);
            else if (node.Operator == "QLinearConcat")
                Expand(
                    node,
                    "Concat",
                    [.. Enumerable.Range(0, (node.Inputs.Length - 2) / 3).Select(i => 2 + 3 * i)],
                    0
                );
            else if (node.Operator == "QLinearConv")
                Nodes.Add(node with { Domain = "", Attributes = node.Attributes.Remove("channels_last") });
            else if (node.Operator == "QGemm" && node.Inputs.Length > 8)
                ExpandProduct(node);
            else
                Nodes.Add(node);
        }

        // Before version 13 Softmax went over all axes from its own on.
        private bool Fits(Node node) =>
            node.Operator != "QLinearSoftmax"
            || Int(node, "axis", -1) == -1
            || (Int(node, "opset", 13) >= 13) == (opset >= 13);

        private void Expand(Node node, string name, int[] operands, int result)
        {
            if (!operands.All(operand => HasPair(node, operand + 1)) || !HasPair(node, result))
            {
                Nodes.Add(node);
                return;
            }

            var inputs = operands.Select(operand => Dequantized(node, operand, null)).ToImmutableArray();
            Quantize(node, result, node with { Operator = name, Domain = "", Inputs = inputs });
        }

        // The bias has the scale of the sums, which the operator does not name.
        private void ExpandProduct(Node node)
        {
            if (
                !HasPair(node, 1)
                || !HasPair(node, 4)
                || !HasPair(node, 7)
                || node.Attributes.GetValueOrDefault("alpha") is AttributeValue.Float(not 1)
            )
            {
                Nodes.Add(node);
                return;
            }

            var axis = Int(node, "transB", 0) != 0 ? 0 : 1;
            List<string> inputs = [Dequantized(node, 0, null), Dequantized(node, 3, axis)];
            if (node.Inputs[6].Length > 0)
            {
                var scale = graph.Initializers[node.Inputs[1]].Span<float>()[0];
                var scales = graph.Initializers[node.Inputs[4]];
                float[] products = [.. scales.Span<float>().ToArray().Select(of => scale * of)];
                var name = $"{node.Outputs[0]}:operand 6";
                Constants[$"{name} scale"] = Tensor.Of(scales.Dims, products.AsSpan());
                Constants[$"{name} zero"] = Tensor.Of<int>(ElementType.Int32, scales.Dims, new int[products.Length]);
                inputs.Add(Pair("DequantizeLinear", [node.Inputs[6], $"{name} scale", $"{name} zero"], name, 0));
            }

            Quantize(node, 7, node with { Operator = "Gemm", Domain = "", Inputs = [.. inputs] });
        }

        private string Dequantized(Node node, int operand, int? axis) =>
            Pair(
                "DequantizeLinear",
                [.. node.Inputs.Skip(operand).Take(3)],
                $"{node.Outputs[0]}:operand {operand}",
                axis
            );

        private void Quantize(Node node, int result, Node computed)
        {
            var value = $"{node.Outputs[0]}:value";
            Nodes.Add(
                computed with
                {
                    Outputs = [value],
                    Attributes = computed.Attributes.Remove("channels_last").Remove("opset"),
                }
            );
            Pair("QuantizeLinear", [value, .. node.Inputs.Skip(result).Take(2)], node.Outputs[0], null);
        }

        private string Pair(string name, ImmutableArray<string> inputs, string output, int? axis)
        {
            var attributes = ImmutableSortedDictionary.Create<string, AttributeValue>(StringComparer.Ordinal);
            if (axis is { } along)
                attributes = attributes.Add("axis", new AttributeValue.Int(along));
            Nodes.Add(new Node(name, "", "", inputs, [output], attributes));
            return output;
        }

        // A zero point that is left out would be one of uint8, whatever the operands are.
        private bool HasPair(Node node, int scale) =>
            node.Inputs.Length > scale + 1
            && graph.Initializers.TryGetValue(node.Inputs[scale], out var of)
            && of is { Type: ElementType.Float32, Count: > 0 }
            && graph.Initializers.ContainsKey(node.Inputs[scale + 1]);

        private static long Int(Node node, string attribute, long otherwise) =>
            node.Attributes.GetValueOrDefault(attribute) is AttributeValue.Int(var value) ? value : otherwise;
    }
}
