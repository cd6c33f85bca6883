using SimEval.Models.Compression;
using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>Removes nodes and constants that no output depends on.</summary>
internal static class DeadCode
{
    public static Graph Apply(Graph graph, long opset)
    {
        var needed = graph.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var kept = new List<Node>();
        var changed = false;
        foreach (var node in graph.Nodes.Reverse())
        {
            if (!node.Given().Any(needed.Contains))
            {
                changed = true;
                continue;
            }

            var within = Subgraphs.Changed(node, inner => Apply(inner, opset));
            changed |= !ReferenceEquals(within, node);
            needed.UnionWith(within.Taken());
            kept.Add(within);
        }

        kept.Reverse();
        return changed || graph.Initializers.Keys.Any(name => !needed.Contains(name))
            ? Trimmed.Of(graph with { Nodes = [.. kept] })
            : graph;
    }
}
