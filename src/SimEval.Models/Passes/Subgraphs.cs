using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>Passes inside of nodes that run graphs.</summary>
internal static class Subgraphs
{
    /// <summary>The node with its subgraphs changed, or the same where none was.</summary>
    public static Node Changed(Node node, Func<Graph, Graph> change)
    {
        var changed = false;
        var result = node.WithSubgraphs(inner =>
        {
            var after = change(inner);
            changed |= !ReferenceEquals(after, inner);
            return after;
        });
        return changed ? result : node;
    }
}
