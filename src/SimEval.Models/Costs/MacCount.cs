using System.Collections.Immutable;
using SimEval.Models.Graphs;
using SimEval.Models.Shapes;

namespace SimEval.Models.Costs;

/// <summary>Multiply-accumulates of a node's products, as if every multiplication by a constant 0 or padding were done.</summary>
internal sealed class MacCount
{
    // Those of ONNX Runtime's own operators that have no product.
    private static readonly HashSet<string> WithoutProducts =
    [
        "BiasGelu",
        "BiasSoftmax",
        "DequantizeLinear",
        "FastGelu",
        "Gelu",
        "GroupNorm",
        "QLinearAdd",
        "QLinearAveragePool",
        "QLinearConcat",
        "QLinearGlobalAveragePool",
        "QLinearLeakyRelu",
        "QLinearMul",
        "QLinearSigmoid",
        "QLinearSoftmax",
        "QuantizeLinear",
        "QuickGelu",
        "RotaryEmbedding",
        "SkipLayerNormalization",
        "SkipSimplifiedLayerNormalization",
    ];

    private readonly Node node;
    private readonly ImmutableSortedDictionary<string, TensorType> types;

    private MacCount(Node node, ImmutableSortedDictionary<string, TensorType> types) =>
        (this.node, this.types) = (node, types);

    /// <summary>How many; 0 for operators without products; null where they are not known.</summary>
    public static long? Of(Node node, ImmutableSortedDictionary<string, TensorType> types)
    {
        var count = new MacCount(node, types);
        return node.Domain switch
        {
            "" => count.Standard(),
            "com.microsoft" => count.Microsoft(),
            // Trees and encoders.
            "ai.onnx.ml" => 0,
            _ => null,
        };
    }

    /// <summary>The sum; null where one is unknown or it is beyond 64 bits.</summary>
    public static long? Sum(long? a, long? b) => Bounded((Int128?)a + b);

    private long? Standard() =>
        node.Operator switch
        {
            "MatMul" or "MatMulInteger" or "QLinearMatMul" => Product(-1),
            "Gemm" => Product(Flag("transA") ? 0 : 1),
            "Conv" or "ConvInteger" or "DeformConv" => Times(Output, PerFilter(Type(1))),
            "QLinearConv" => Times(Output, PerFilter(Type(3))),
            "ConvTranspose" => Times(Type(0).Count, PerFilter(Type(1))),
            "RNN" or "GRU" or "LSTM" => Recurrent(Type(0), Type(1).Count, Type(2).Count),
            "Einsum" => Einsum(),
            "Attention" => Attention(),
            "If" => node.Subgraphs()
                .Select(Inner)
                .Aggregate((long?)0, (a, b) => a is null || b is null ? null : Math.Max(a.Value, b.Value)),
            // How often it is repeated is known when it runs.
            "Loop" or "Scan" or "SequenceMap" => node.Subgraphs().All(body => Inner(body) == 0) ? 0 : null,
            _ => 0,
        };

    private long? Microsoft() =>
        node.Operator switch
        {
            "QGemm" or "FusedGemm" => Product(Flag("transA") ? 0 : 1),
            "DynamicQuantizeMatMul" or "MatMulIntegerToFloat" => Product(-1),
            "FusedMatMul" when !Flag("transBatchA") => Product(Flag("transA") ? -2 : -1),
            "MatMulNBits" => Times(
                Output,
                node.Attributes.GetValueOrDefault("K") is AttributeValue.Int(var k) ? k : null
            ),
            "FusedConv" => Times(Output, PerFilter(Type(1))),
            "QLinearConv" => Times(Output, PerFilter(Type(3))),
            _ => WithoutProducts.Contains(node.Operator) ? 0 : null,
        };

    private long? Output => Result.Count;

    private TensorType Result =>
        node.Outputs.Length > 0 ? types.GetValueOrDefault(node.Outputs[0], TensorType.Unknown) : TensorType.Unknown;

    private TensorType Type(int input) =>
        input < node.Inputs.Length
            ? types.GetValueOrDefault(node.Inputs[input], TensorType.Unknown)
            : TensorType.Unknown;

    private bool Flag(string name) => node.Attributes.GetValueOrDefault(name) is AttributeValue.Int(not 0);

    /// <summary>Each element of the output is a sum over an axis of the first input.</summary>
    private long? Product(int axis) => Times(Output, Size(Type(0), axis));

    private long? Einsum()
    {
        var shapes = Enumerable
            .Range(0, node.Inputs.Length)
            .Select(input => Type(input).Shape)
            .OfType<IReadOnlyList<Dim>>()
            .ToList();
        if (
            shapes.Count < node.Inputs.Length
            || node.Attributes.GetValueOrDefault("equation") is not AttributeValue.Text(var text)
        )
            return null;
        var equation = EinsumEquation.Read(text, [.. shapes.Select(shape => shape.Count)], out _);
        return equation?.Sizes(shapes, out _) is { } sizes ? equation.Multiplications(sizes) : null;
    }

    /// <summary>Each query meets each key, those of earlier calls included, once over its width and once over the value's.</summary>
    private long? Attention()
    {
        var query = Type(0);
        var isSplit = query.Shape is { Count: 4 };
        var keys = Size(Type(1), isSplit ? 2 : 1);
        if (node.Inputs.Length > 4 && node.Inputs[4].Length > 0)
            keys = Sum(keys, Size(Type(4), 2));
        // Elements of queries and of results: rows, heads and width of each.
        return Sum(Times(query.Count, keys), Times(Output, keys));
    }

    private long? Inner(Graph graph)
    {
        var inside = types.SetItems(graph.Types);
        return graph.Nodes.Aggregate((long?)0, (all, inner) => Sum(all, Of(inner, inside)));
    }

    private static long? Size(TensorType type, int axis) =>
        type.Shape is { } shape
        && axis < shape.Count
        && axis >= -shape.Count
        && shape[axis < 0 ? axis + shape.Count : axis] is { IsKnown: true } dim
            ? dim.Size
            : null;

    // (filters, channels of a group, kernel...): one output takes all but the filters.
    private static long? PerFilter(TensorType weights) =>
        weights.Shape is { Count: > 1 } shape ? new TensorType(weights.Element, [.. shape.Skip(1)]).Count : null;

    // Each step of each row goes once through the input's and the state's weights.
    private static long? Recurrent(TensorType x, long? input, long? state) =>
        Times(Times(Size(x, 0), Size(x, 1)), Sum(input, state));

    private static long? Times(long? a, long? b) => Bounded((Int128?)a * b);

    private static long? Bounded(Int128? number) => number is { } value && value <= long.MaxValue ? (long)value : null;
}
