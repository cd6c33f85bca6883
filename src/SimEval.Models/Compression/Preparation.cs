using System.Collections.Immutable;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Models.Passes;

namespace SimEval.Models.Compression;

/// <summary>
/// Brings a model into the form that the quantizer works on, without a change of what it computes but for the rounding of
/// factors: operator set 13 or later, constants as initializers, what depends on them alone computed, identities removed, batch
/// normalization in the weights, and each Gemm as a plain product with a constant bias vector (its factors in the weights; an
/// addend that is computed, or of another shape, as an Add of its own). Preparing twice changes nothing.
/// </summary>
public static class Preparation
{
    /// <summary>QuantizeLinear has an axis, which a scale per channel needs, since this operator set.</summary>
    public const long LeastOpset = 13;

    private static readonly IReadOnlyList<GraphPass> Passes =
    [
        .. GraphPass.All.Where(pass =>
            pass.Name is "fold-constants" or "remove-identities" or "fold-batch-norm" or "remove-dead-code"
        ),
    ];

    /// <summary>
    /// The model in that form. Throws <see cref="CompressionException"/> when its operator set is too old, or when an operator
    /// cannot take what it is given.
    /// </summary>
    public static OnnxModel Prepare(OnnxModel model)
    {
        var upgraded = OpsetUpgrade.To(model, LeastOpset);
        try
        {
            var passed = PassPipeline.Run(upgraded, Passes).Model;
            return passed with { Graph = PlainGemms(passed.Graph) };
        }
        catch (OnnxFormatException e)
        {
            throw new CompressionException(e.Message);
        }
    }

    private static Graph PlainGemms(Graph graph)
    {
        var initializers = graph.Initializers.ToBuilder();
        var names = new FreshNames(graph);
        var nodes = graph.Nodes.SelectMany(node =>
            node is { Operator: "Gemm", Domain: "" } ? PlainGemm(node, initializers, names) : [node]
        );
        return graph with { Nodes = [.. nodes], Initializers = initializers.ToImmutable() };
    }

    private static IEnumerable<Node> PlainGemm(
        Node node,
        ImmutableSortedDictionary<string, Tensor>.Builder constants,
        FreshNames names
    )
    {
        var (alpha, beta) = (node.Number("alpha", 1), node.Number("beta", 1));
        if (!IsFloat(constants, node.Inputs[1], out var weights) || weights.Dims.Count != 2)
            return [node];
        var attributes = node.Attributes.Remove("alpha").Remove("beta");
        var right = alpha == 1 ? node.Inputs[1] : Scaled(node.Inputs[1], weights, alpha, constants, names);
        var addend = node.Input(2);
        var plain = node with { Attributes = attributes, Inputs = [node.Inputs[0], right] };
        if (addend.Length == 0)
            return [plain];
        var width = weights.Dims[node.Integer("transB", 0) == 0 ? 1 : 0];
        if (IsFloat(constants, addend, out var bias) && Row(bias, width) is { } row)
        {
            var name = addend;
            if (beta != 1 || !ReferenceEquals(row, bias))
                constants[name = names.Of($"{addend}/row")] = beta == 1 ? row : Times(row, beta);
            return [plain with { Inputs = [node.Inputs[0], right, name] }];
        }

        var product = names.Of($"{node.Outputs[0]}/product");
        var nodes = new List<Node> { plain with { Outputs = [product] } };
        if (beta != 1)
        {
            var (factor, scaled) = (names.Of($"{addend}/factor"), names.Of($"{addend}/scaled"));
            constants[factor] = Tensor.Of([], [beta]);
            nodes.Add(new Node("Mul", "", scaled, [addend, factor], [scaled], NodeAttributes.None));
            addend = scaled;
        }

        nodes.Add(new Node("Add", "", $"{product}/add", [product, addend], node.Outputs, NodeAttributes.None));
        return nodes;
    }

    private static bool IsFloat(
        ImmutableSortedDictionary<string, Tensor>.Builder constants,
        string name,
        out Tensor tensor
    ) => constants.TryGetValue(name, out tensor!) && tensor.Type == ElementType.Float32;

    /// <summary>The bias as a vector of the layer's width, or null where it is none (it differs from row to row).</summary>
    private static Tensor? Row(Tensor bias, long width)
    {
        if (bias.Count == width && (bias.Dims.Count == 0 || bias.Dims[^1] == width))
            return bias.Dims.Count == 1 ? bias : bias.Reshape([width]);
        if (bias.Count != 1)
            return null;
        var row = new float[width];
        Array.Fill(row, bias.Span<float>()[0]);
        return Tensor.Of([width], row);
    }

    private static string Scaled(
        string name,
        Tensor weights,
        float factor,
        ImmutableSortedDictionary<string, Tensor>.Builder constants,
        FreshNames names
    )
    {
        var scaled = names.Of($"{name}/scaled");
        constants[scaled] = Times(weights, factor);
        return scaled;
    }

    private static Tensor Times(Tensor tensor, float factor) =>
        Tensor.Of(tensor.Dims, Array.ConvertAll(tensor.Span<float>().ToArray(), value => value * factor));
}
