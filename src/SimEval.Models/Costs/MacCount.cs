using System.Collections.Immutable;
using SimEval.Models.Graphs;

namespace SimEval.Models.Costs;

/// <summary>Multiply-accumulates of a node's products, as if every multiplication by a constant 0 or padding were done.</summary>
internal static class MacCount
{
    /// <summary>How many; 0 for operators without products; null where they are not known.</summary>
    public static long? Of(Node node, ImmutableSortedDictionary<string, TensorType> types)
    {
        if (node.Domain.Length > 0)
            return node.Domain == "com.microsoft" ? null : 0;
        return node.Operator switch
        {
            "MatMul" or "MatMulInteger" => Times(Output(), Size(Type(0), -1)),
            "QLinearMatMul" => Times(Output(), Size(Type(0), -1)),
            "Gemm" => Times(Output(), Size(Type(0), Flag("transA") ? 0 : 1)),
            "Conv" or "ConvInteger" => Times(Output(), PerFilter(Type(1))),
            "QLinearConv" => Times(Output(), PerFilter(Type(3))),
            "ConvTranspose" => Times(Type(0).Count, PerFilter(Type(1))),
            "RNN" or "GRU" or "LSTM" => Recurrent(Type(0), Type(1).Count, Type(2).Count),
            "Einsum" or "Attention" or "DeformConv" => null,
            "If" => node.Subgraphs()
                .Select(branch => Inner(branch, types))
                .Aggregate((long?)0, (a, b) => a is null || b is null ? null : Math.Max(a.Value, b.Value)),
            // How often it is repeated is known when it runs.
            "Loop" or "Scan" or "SequenceMap" => node.Subgraphs().All(body => Inner(body, types) == 0) ? 0 : null,
            _ => 0,
        };

        TensorType Type(int input) =>
            input < node.Inputs.Length
                ? types.GetValueOrDefault(node.Inputs[input], TensorType.Unknown)
                : TensorType.Unknown;
        long? Output() => types.GetValueOrDefault(node.Outputs[0], TensorType.Unknown).Count;
        bool Flag(string name) => node.Attributes.GetValueOrDefault(name) is AttributeValue.Int(not 0);
    }

    /// <summary>The sum; null where one is unknown or it is beyond 64 bits.</summary>
    public static long? Sum(long? a, long? b) => Bounded((Int128?)a + b);

    private static long? Inner(Graph graph, ImmutableSortedDictionary<string, TensorType> outer)
    {
        var types = outer.SetItems(graph.Types);
        return graph.Nodes.Aggregate((long?)0, (all, node) => Sum(all, Of(node, types)));
    }

    private static long? Size(TensorType type, int axis) =>
        type.Shape is { } shape
        && shape.Count > 0
        && axis < shape.Count
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
