using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>
/// Inputs and outputs that carry a recurrent state from frame to frame, found by their names and types: "h" and "hn", "state"
/// and "stateN", "cache_in" and "cache_out", "past.0.key" and "present.0.key".
/// </summary>
public static class StatePairs
{
    private static readonly string[] Marks =
    [
        "in",
        "out",
        "input",
        "output",
        "prev",
        "next",
        "new",
        "past",
        "present",
        "n",
    ];

    /// <summary>Pairs of an input and an output of float32, in the order of inputs.</summary>
    public static IReadOnlyList<(string Input, string Output)> Of(Graph graph)
    {
        var free = graph.Outputs.ToList();
        var pairs = new List<(string, string)>();
        foreach (var input in graph.Inputs.Where(input => input.Type.Element == ElementType.Float32))
        {
            var match = free.Find(output => AreStates(input, output));
            if (match is null)
                continue;
            free.Remove(match);
            pairs.Add((input.Name, match.Name));
        }

        return pairs;
    }

    private static bool AreStates(GraphValue input, GraphValue output) =>
        input.Name != output.Name
        && input.Type.Element == output.Type.Element
        && (
            input.Type.Shape is null
            || output.Type.Shape is null
            || (
                input.Type.Shape.Count == output.Type.Shape.Count
                && input
                    .Type.Shape.Zip(output.Type.Shape)
                    .All(sizes => !sizes.First.IsKnown || !sizes.Second.IsKnown || sizes.First == sizes.Second)
            )
        )
        && Stem(input.Name) is { Length: > 0 } stem
        && stem == Stem(output.Name);

    /// <summary>The name's words without those that say which end of the pair it is.</summary>
    private static string Stem(string name)
    {
        var words = name.Split('_', '.', '-', '/', ':');
        var kept = words.Where(word => !Marks.Contains(word.ToLowerInvariant(), StringComparer.Ordinal)).ToList();
        if (kept.Count == 0)
            return "";
        // "hn", "stateN": the new one.
        if (kept[^1].Length > 1 && kept[^1][^1] is 'n' or 'N')
            kept[^1] = kept[^1][..^1];
        return string.Join('_', kept).ToLowerInvariant();
    }
}
