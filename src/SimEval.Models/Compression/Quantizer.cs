using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>
/// Post-training static quantization to 8 bits: unsigned, asymmetric values with one scale each; signed, symmetric weights
/// with one scale a channel; biases of 32 bits in steps of the product of both. Inputs and outputs stay float32.
/// </summary>
public static class Quantizer
{
    /// <summary>
    /// Names of the values of a prepared model whose ranges the quantizer asks for: what quantizable nodes take and give,
    /// constants left out. Those that are no float tensors are among them where the file does not say what they are.
    /// </summary>
    public static IReadOnlyList<string> Values(OnnxModel prepared)
    {
        var graph = prepared.Graph;
        var values = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes.Where(node => OperatorClasses.Of(node) != OperatorClass.Float))
        {
            values.UnionWith(QuantizationPlan.Activations(node).Select(node.Input).Where(name => name.Length > 0));
            values.UnionWith(node.Given());
        }

        values.ExceptWith(graph.Initializers.Keys);
        return [.. values.Where(MayBeFloat)];

        bool MayBeFloat(string name) =>
            graph.Types.GetValueOrDefault(name, TensorType.Unknown).Element
                is ElementType.Undefined
                    or ElementType.Float32;
    }

    /// <summary>
    /// The quantized model. Nodes of which a range is missing stay in float. Throws <see cref="CompressionException"/> when
    /// nothing of it can be quantized, or it cannot be prepared.
    /// </summary>
    /// <param name="model">The model; prepared by this when it is not (see <see cref="Preparation"/>).</param>
    /// <param name="ranges">Ranges of the prepared model's values, of float32 only.</param>
    /// <param name="options">How; null: the defaults.</param>
    public static OnnxModel Quantize(
        OnnxModel model,
        IReadOnlyDictionary<string, ValueRange> ranges,
        QuantizationOptions? options = null
    )
    {
        options ??= new QuantizationOptions();
        var prepared = Preparation.Prepare(model);
        var plan = new QuantizationPlan(prepared.Graph, ranges, options);
        if (!prepared.Graph.Nodes.Any(plan.IsQuantized))
            throw new CompressionException(Nothing(prepared.Graph, ranges, options));
        return prepared with { Graph = QdqWriter.Write(prepared.Graph, plan, options) };
    }

    /// <summary>
    /// The layers of a prepared model that <see cref="Quantize"/> would quantize, in the graph's order: names of the outputs of
    /// nodes that compute. Moving elements costs no accuracy, and a Relu that is part of the layer before it goes with that.
    /// </summary>
    public static IReadOnlyList<string> Layers(
        OnnxModel prepared,
        IReadOnlyDictionary<string, ValueRange> ranges,
        QuantizationOptions options
    )
    {
        var plan = new QuantizationPlan(prepared.Graph, ranges, options);
        return
        [
            .. prepared
                .Graph.Nodes.Where(node =>
                    plan.IsQuantized(node) && !plan.IsFused(node) && OperatorClasses.Of(node) != OperatorClass.Moving
                )
                .Select(node => node.Outputs[0]),
        ];
    }

    /// <summary>Those of <see cref="Layers"/> that have a bias of 32 bits, or could: Gemm and convolutions.</summary>
    public static IReadOnlyList<string> LayersWithBias(
        OnnxModel prepared,
        IReadOnlyDictionary<string, ValueRange> ranges,
        QuantizationOptions options
    )
    {
        var plan = new QuantizationPlan(prepared.Graph, ranges, options);
        return
        [
            .. prepared
                .Graph.Nodes.Where(node =>
                    node.Operator is "Gemm" or "Conv" or "ConvTranspose" && plan.IsQuantized(node)
                )
                .Select(node => node.Outputs[0]),
        ];
    }

    private static string Nothing(
        Graph graph,
        IReadOnlyDictionary<string, ValueRange> ranges,
        QuantizationOptions options
    )
    {
        if (graph.Nodes.All(node => OperatorClasses.Of(node) == OperatorClass.Float))
            return "the model has no operator that is quantized; it has "
                + string.Join(", ", graph.Nodes.Select(node => node.Operator).Distinct().Order(StringComparer.Ordinal));
        if (ranges.Count == 0)
            return "no value of the model has a range: what it computes in float32 lies inside its subgraphs (If, Loop), which are not quantized, or it was not calibrated";
        return options.Float.Count > 0
            ? "every layer is left in float"
            : "no layer of the model is quantized: it has no product with constant weights outside its edges, which stay in float";
    }
}
