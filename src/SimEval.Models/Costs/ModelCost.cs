using System.Collections.Immutable;
using SimEval.Models.Graphs;
using SimEval.Models.Shapes;

namespace SimEval.Models.Costs;

/// <summary>What one node costs.</summary>
/// <param name="Node">The node.</param>
/// <param name="Macs">Multiply-accumulates of its products (0: it has none); null where a size, or how often it is repeated, is unknown.</param>
/// <param name="Parameters">Elements of the constants that it takes; one that several nodes take counts for each.</param>
/// <param name="LiveBytes">Bytes of all activations alive while it runs; null where a size is unknown.</param>
public sealed record NodeCost(Node Node, long? Macs, long Parameters, long? LiveBytes);

/// <summary>What a model costs at one batch size.</summary>
/// <param name="Batch">Size of the inputs' leading axes that the model leaves open.</param>
/// <param name="Types">Type of every value at that batch.</param>
/// <param name="Nodes">The nodes of the outermost graph in order.</param>
/// <param name="Parameters">Elements of all constants, each once.</param>
/// <param name="WeightBytes">Their bytes.</param>
public sealed record ModelCost(
    long Batch,
    ImmutableSortedDictionary<string, TensorType> Types,
    IReadOnlyList<NodeCost> Nodes,
    long Parameters,
    long WeightBytes
)
{
    /// <summary>Multiply-accumulates in all; null where those of a node are unknown.</summary>
    public long? Macs { get; } = Nodes.Aggregate((long?)0, (all, node) => MacCount.Sum(all, node.Macs));

    /// <summary>
    /// The most bytes of activations alive at once, in the nodes' order, each value from the node that gives it to the last that
    /// takes it, and nothing computed in place; null where a size is unknown.
    /// </summary>
    public long? PeakActivationBytes { get; } =
        Nodes.Any(node => node.LiveBytes is null) ? null : Nodes.Select(node => node.LiveBytes).Append(0).Max();

    /// <summary>Values of the outermost graph whose sizes are not all numbers, so that costs that depend on them are unknown.</summary>
    public IEnumerable<string> Open => Types.Where(pair => pair.Value.Count is null).Select(pair => pair.Key);

    /// <summary>
    /// The cost of a model. Throws <see cref="Onnx.OnnxFormatException"/> where an operator cannot take what it is given, at
    /// this batch.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">What the first axis of each input is where the model leaves it open; 1 or more.</param>
    public static ModelCost Of(OnnxModel model, long batch)
    {
        var graph = ShapeInference.Infer(model with { Graph = Batched(model.Graph, batch) }).Graph;
        var constants = Constants(graph).ToList();
        return new ModelCost(
            batch,
            graph.Types,
            [.. new LiveMemory(graph, graph.Types.Clear()).Costs()],
            constants.Sum(tensor => tensor.Count),
            constants.Sum(tensor => (long)tensor.Data.Length)
        );
    }

    /// <summary>Whether an input's first axis is open.</summary>
    public static bool HasOpenBatch(OnnxModel model) => model.Graph.Inputs.Any(IsOpen);

    private static bool IsOpen(GraphValue input) =>
        input.Type is { Kind: ValueKind.Tensor, Shape: [{ IsKnown: false }, ..] };

    /// <summary>The graph at a batch; an axis of the same name anywhere among the inputs is the batch, too.</summary>
    private static Graph Batched(Graph graph, long batch)
    {
        var names = graph
            .Inputs.Where(IsOpen)
            .Select(input => input.Type.Shape![0].Name)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        return graph with
        {
            Inputs =
            [
                .. graph.Inputs.Select(input =>
                    input.Type.Shape is { } shape
                        ? input with
                        {
                            Type = input.Type with
                            {
                                Shape = [.. shape.Select((size, axis) => Bound(input, size, axis))],
                            },
                        }
                        : input
                ),
            ],
        };

        Dim Bound(GraphValue input, Dim size, int axis) =>
            !size.IsKnown && ((axis == 0 && IsOpen(input)) || (size.Name is { } name && names.Contains(name)))
                ? batch
                : size;
    }

    private static IEnumerable<Tensor> Constants(Graph graph) =>
        graph
            .Initializers.Values.Concat(
                graph.AllNodes().SelectMany(node => node.Subgraphs()).SelectMany(inner => inner.Initializers.Values)
            )
            .Concat(
                graph
                    .AllNodes()
                    .Where(node => node is { Operator: "Constant", Domain: "" })
                    .SelectMany(node => node.Attributes.Values.OfType<AttributeValue.OfTensor>())
                    .Select(attribute => attribute.Value)
            );
}
