using System.Collections.Immutable;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Cost;

/// <summary>
/// The work of a graph's layers, from its operators and sizes alone: float models are taken as what their 8-bit builds would
/// be, a byte an element. QuantizeLinear and DequantizeLinear, reshapes, and an activation or bias right behind a product
/// cost nothing of their own: the product's requantization does them.
/// </summary>
public static class GraphWork
{
    private static readonly ImmutableHashSet<string> Free =
    [
        "QuantizeLinear",
        "DequantizeLinear",
        "Constant",
        "Identity",
        "Dropout",
        "Flatten",
        "Reshape",
        "Squeeze",
        "Unsqueeze",
    ];

    /// <summary>Layers in the graph's order.</summary>
    /// <param name="graph">A graph whose <see cref="Graph.Types"/> are filled, all sizes known.</param>
    /// <param name="board">The board that has to run them.</param>
    /// <exception cref="BoardRefusalException">The board lacks an operator, or memory for the weights.</exception>
    /// <exception cref="UnknownSizeException">A size is not known.</exception>
    public static IReadOnlyList<LayerWork> Of(Graph graph, BoardGeneration board)
    {
        var constants = Constants(graph);
        var products = new HashSet<string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var layers = new List<LayerWork>();
        foreach (var node in graph.Nodes)
        {
            if (node.Given().All(constants.Contains))
                continue;
            if (Refusal(board, node) is { } reason)
                throw new BoardRefusalException($"{node.Title()}: {reason}");
            if (IsFree(node, constants, products))
            {
                if (node.Inputs.Length > 0 && products.Contains(node.Inputs.First(input => !constants.Contains(input))))
                    products.UnionWith(node.Given());
                continue;
            }
            var works = new NodeWork(node, graph, constants, NameOf(node, names)).Layers();
            if (works.Any(work => work.WeightsAreComputed) && BoardFit.RefusalOfComputedProduct(board) is { } computed)
                throw new BoardRefusalException($"{node.Title()}: {computed}");
            if (works.Any(work => work.Product is not null))
                products.UnionWith(node.Given());
            layers.AddRange(works);
        }
        return BoardFit.RefusalOfWeights(board, layers.Sum(layer => layer.ConstantBytes)) is { } tooLarge
            ? throw new BoardRefusalException(tooLarge)
            : layers;
    }

    private static string? Refusal(BoardGeneration board, Node node) =>
        node.Domain.Length > 0
            ? $"{board.Name} runs ONNX's own operators only"
            : BoardFit.Refusal(board, node.Operator);

    // Relu, Clip and a constant addend behind a product are part of how its sums become bytes.
    private static bool IsFree(Node node, IReadOnlySet<string> constants, HashSet<string> products)
    {
        if (Free.Contains(node.Operator))
            return true;
        var computed = node.Taken().Where(input => !constants.Contains(input)).ToList();
        return node.Operator is "Relu" or "Clip" or "Add" && computed.Count == 1 && products.Contains(computed[0]);
    }

    // Values that no input reaches.
    private static HashSet<string> Constants(Graph graph)
    {
        var constants = graph.Initializers.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            if (node.Taken().All(constants.Contains))
                constants.UnionWith(node.Given());
        }
        return constants;
    }

    // A node may have no name, or that of another.
    private static string NameOf(Node node, HashSet<string> names)
    {
        var name = node.Name.Length > 0 ? node.Name : node.Given().FirstOrDefault() ?? node.Operator;
        for (var i = 2; !names.Add(name); i++)
            name = FormattableString.Invariant($"{node.Name}#{i}");
        return name;
    }
}
