using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>How the constant weights of a product lie.</summary>
/// <param name="Weights">The tensor.</param>
/// <param name="Axis">Axis of the output channels; -1 where channels cannot have scales of their own.</param>
public sealed record WeightLayout(Tensor Weights, int Axis)
{
    /// <summary>Number of output channels that have a scale of their own; 1 where <see cref="Axis"/> is -1.</summary>
    public int Channels => Axis < 0 ? 1 : (int)Weights.Dims[Axis];

    /// <summary>Elements between two neighbours along the axis.</summary>
    public int Inner =>
        Axis < 0 ? 1 : (int)Weights.Dims.Skip(Axis + 1).Aggregate(1L, (product, size) => product * size);

    /// <summary>Axis that the product sums over; -1 where it is more than one that no channel has to itself (ConvTranspose).</summary>
    public int Reduction { get; init; } = -1;

    /// <summary>Elements between two neighbours along <see cref="Reduction"/>.</summary>
    public int ReductionStep => (int)Weights.Dims.Skip(Reduction + 1).Aggregate(1L, (product, size) => product * size);

    /// <summary>
    /// The layout of a node's weights; null where it has no constant float32 weights that are multiplied from the right, or
    /// where its bias is not a constant vector.
    /// </summary>
    public static WeightLayout? Of(Node node, Graph graph)
    {
        if (
            OperatorClasses.Of(node) != OperatorClass.Weighted
            || !graph.Initializers.TryGetValue(node.Input(1), out var weights)
            || weights.Type != ElementType.Float32
            || weights.Count == 0
        )
            return null;
        if (
            node.Input(2) is { Length: > 0 } bias
            && !(
                graph.Initializers.TryGetValue(bias, out var tensor)
                && tensor is { Type: ElementType.Float32, Dims.Count: 1 }
            )
        )
            return null;
        return node.Operator switch
        {
            "Gemm" when weights.Dims.Count == 2 && node.Integer("transB", 0) == 0 => new WeightLayout(weights, 1)
            {
                Reduction = 0,
            },
            "Gemm" when weights.Dims.Count == 2 => new WeightLayout(weights, 0) { Reduction = 1 },
            "MatMul" when weights.Dims.Count == 2 => new WeightLayout(weights, 1) { Reduction = 0 },
            // A batch of matrices has its channels last, where a scale would repeat per matrix: one scale serves.
            "MatMul" => new WeightLayout(weights, -1),
            "Conv" when weights.Dims.Count > 2 => new WeightLayout(weights, 0) { Reduction = 1 },
            "ConvTranspose" when weights.Dims.Count > 2 => new WeightLayout(
                weights,
                node.Integer("group", 1) == 1 ? 1 : -1
            ),
            _ => null,
        };
    }
}
