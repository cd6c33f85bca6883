using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Programs;

/// <summary>Sizes of a program's inputs for a number of frames.</summary>
public static class ProgramSizes
{
    /// <summary>
    /// The sizes of every input: a free size is the batch where it is the first of an input, or has the name of one that is; any
    /// other is 1.
    /// </summary>
    /// <param name="graph">The program's graph.</param>
    /// <param name="batch">Frames.</param>
    public static IReadOnlyDictionary<string, int[]> Of(Graph graph, int batch)
    {
        var names = graph
            .Inputs.Select(input => input.Type.Shape is [{ IsKnown: false, Name: { } name }, ..] ? name : null)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        return graph.Inputs.ToDictionary(input => input.Name, input => Sizes(input), StringComparer.Ordinal);

        int[] Sizes(GraphValue input) =>
            [
                .. (input.Type.Shape ?? []).Select(
                    (dim, axis) =>
                        dim.IsKnown ? checked((int)dim.Size)
                        : axis == 0 || (dim.Name is { } name && names.Contains(name)) ? batch
                        : 1
                ),
            ];
    }

    /// <summary>Whether every size is known but for the batch.</summary>
    public static bool OnlyBatchIsFree(Graph graph) =>
        graph.Inputs.All(input =>
            input.Type.Shape is { } shape && shape.Skip(1).All(dim => dim.IsKnown || dim.Name is not null)
        )
        && graph
            .Inputs.SelectMany(input => input.Type.Shape!)
            .Where(dim => !dim.IsKnown)
            .Select(dim => dim.Name)
            .Distinct()
            .Count() <= 1;
}
