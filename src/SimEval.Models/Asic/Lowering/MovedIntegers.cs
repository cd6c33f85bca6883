using SimEval.Models.Asic.Operators;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>
/// Moves elements before they are dequantized: a quarter of the bytes, and what takes the moved value sees that it is a
/// dequantized one.
/// </summary>
internal static class MovedIntegers
{
    // Operators that only place the elements of their first input, and so commute with quantization.
    private static readonly HashSet<string> Moves = new(StringComparer.Ordinal)
    {
        "DepthToSpace",
        "Expand",
        "Flatten",
        "Gather",
        "GatherElements",
        "Identity",
        "Reshape",
        "Slice",
        "SpaceToDepth",
        "Squeeze",
        "Tile",
        "Transpose",
        "Unsqueeze",
    };

    /// <summary>The graph with every such operator over a dequantized 8-bit tensor in integers.</summary>
    public static Graph Sink(Graph graph)
    {
        var index = new QdqIndex(graph);
        var dequantized = new Dictionary<string, Node>(StringComparer.Ordinal);
        var nodes = new List<Node>();
        foreach (var node in graph.Nodes)
        {
            if (
                node.Outputs.Length == 1
                && index.Dequantized(node.Outputs[0]) is { Whole: { } whole }
                && whole.Type.Is8Bit()
            )
                dequantized[node.Outputs[0]] = node;
            if (!(IsMove(node) || IsSplit(node)) || !dequantized.TryGetValue(node.Inputs[0], out var maker))
            {
                nodes.Add(node);
                continue;
            }

            nodes.Add(
                node with
                {
                    Inputs = node.Inputs.SetItem(0, maker.Inputs[0]),
                    Outputs = [.. node.Outputs.Select(Moved)],
                }
            );
            foreach (var output in node.Given())
            {
                dequantized[output] = maker with
                {
                    Name = "",
                    Inputs = maker.Inputs.SetItem(0, Moved(output)),
                    Outputs = [output],
                };
                nodes.Add(dequantized[output]);
            }
        }

        return graph with
        {
            Nodes = [.. nodes],
        };
    }

    /// <summary>Whether a node only places the elements of its first input: that commutes with quantization.</summary>
    public static bool IsMove(Node node) =>
        node.Domain.Length == 0
        && node.Inputs.Length > 0
        && (Moves.Contains(node.Operator) || ResizeRules.IsMove(node));

    private static bool IsSplit(Node node) => node is { Domain: "", Operator: "Split", Inputs.Length: > 0 };

    private static string Moved(string output) => output.Length == 0 ? "" : $"{output}:moved";
}
