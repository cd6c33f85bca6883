using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>A rewritten graph without what the rewriting left behind.</summary>
internal static class Trimmed
{
    /// <summary>Without constants that nothing takes, and without types of values that are no more.</summary>
    public static Graph Of(Graph graph)
    {
        var taken = graph
            .Nodes.SelectMany(node => node.Taken())
            .Concat(graph.Outputs.Select(output => output.Name))
            .ToHashSet(StringComparer.Ordinal);
        var kept = graph with
        {
            Initializers = graph.Initializers.RemoveRange(graph.Initializers.Keys.Where(name => !taken.Contains(name))),
        };
        var given = kept.Given().ToHashSet(StringComparer.Ordinal);
        return kept with { Types = graph.Types.RemoveRange(graph.Types.Keys.Where(name => !given.Contains(name))) };
    }
}
