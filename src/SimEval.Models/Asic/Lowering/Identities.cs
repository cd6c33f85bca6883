using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>Takes out Identity nodes, so that patterns are seen across them.</summary>
internal static class Identities
{
    /// <summary>The graph without them, but for those that give an output.</summary>
    public static Graph Remove(Graph graph)
    {
        var outputs = graph.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        var nodes = new List<Node>();
        foreach (var node in graph.Nodes)
        {
            var renamed = node.Inputs.Any(sources.ContainsKey)
                ? node with
                {
                    Inputs = [.. node.Inputs.Select(input => sources.GetValueOrDefault(input, input))],
                }
                : node;
            if (
                renamed is { Operator: "Identity", Domain: "", Inputs: [var source], Outputs: [var output] }
                && !outputs.Contains(output)
            )
                sources[output] = source;
            else
                nodes.Add(renamed);
        }

        return graph with
        {
            Nodes = [.. nodes],
        };
    }
}
