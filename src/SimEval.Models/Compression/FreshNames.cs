using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>Names for new values of a graph; the same calls in the same order give the same names.</summary>
internal sealed class FreshNames(Graph graph)
{
    private readonly HashSet<string> taken =
    [
        .. graph.Given(),
        .. graph.AllNodes().SelectMany(node => node.Subgraphs()).SelectMany(inner => inner.Given()),
    ];

    /// <summary>The wanted name, or, where something has it, the name with a number.</summary>
    public string Of(string wanted)
    {
        var name = wanted;
        for (var i = 2; !taken.Add(name); i++)
            name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{wanted}.{i}");
        return name;
    }
}
