using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>Takes out what no output depends on.</summary>
internal static class DeadCode
{
    /// <summary>The graph without nodes and constants that nothing takes.</summary>
    public static Graph Remove(Graph graph)
    {
        var needed = graph.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var kept = new List<Node>();
        foreach (var node in graph.Nodes.Reverse())
        {
            if (!node.Outputs.Any(needed.Contains))
                continue;
            needed.UnionWith(node.Taken());
            kept.Add(node);
        }

        kept.Reverse();
        return graph with
        {
            Nodes = [.. kept],
            Initializers = graph.Initializers.RemoveRange(
                graph.Initializers.Keys.Where(name => !needed.Contains(name)).ToList()
            ),
        };
    }
}
