using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes;

/// <summary>Einsum's equation over inputs of known ranks: a label for each axis; those that "..." stands for have labels, too.</summary>
/// <param name="Terms">The labels of each input's axes.</param>
/// <param name="Output">The labels of the result's axes.</param>
internal sealed record EinsumEquation(IReadOnlyList<string> Terms, string Output)
{
    private const string Ellipsis = "...";

    // The last axis of an ellipsis, and upwards to its first: no letter that a file may use.
    private const char LastOfEllipsis = '\u0100';

    /// <summary>The equation, or null and what is wrong with it.</summary>
    /// <param name="text">"bij,bjk->bik".</param>
    /// <param name="ranks">Number of axes of each input.</param>
    /// <param name="wrong">What is wrong, else "".</param>
    public static EinsumEquation? Read(string text, IReadOnlyList<int> ranks, out string wrong)
    {
        var sides = text.Replace(" ", "", StringComparison.Ordinal).Split("->");
        var written = sides[0].Split(',');
        wrong =
            sides.Length > 2 ? $"'{text}' has more than one arrow"
            : written.Length != ranks.Count ? $"'{text}' has {written.Length} terms for {ranks.Count} inputs"
            : "";
        if (wrong.Length > 0)
            return null;
        var terms = new string[written.Length];
        for (var i = 0; i < terms.Length; i++)
        {
            var letters = written[i].Replace(Ellipsis, "", StringComparison.Ordinal).Length;
            var isShort = written[i].Contains(Ellipsis, StringComparison.Ordinal);
            if (isShort ? letters > ranks[i] : letters != ranks[i])
                wrong = $"'{text}' has {letters} letters for input {i}, which has {ranks[i]} dimensions";
            terms[i] = Labels(written[i], ranks[i] - letters);
        }

        var given = string.Concat(terms.SelectMany(term => term).Distinct().Order());
        var spread = string.Concat(given.Where(label => label >= LastOfEllipsis).Reverse());
        // Without an arrow, the result has what "..." stands for, and the letters that occur once, in alphabetical order.
        var output =
            sides.Length > 1
                ? sides[1].Replace(Ellipsis, spread, StringComparison.Ordinal)
                : spread
                    + string.Concat(
                        given.Where(label =>
                            label < LastOfEllipsis && terms.Sum(term => term.Count(other => other == label)) == 1
                        )
                    );
        if (
            output.Where((label, at) => !given.Contains(label) || output.IndexOf(label) < at).Take(1).ToList()
            is [var odd]
        )
            wrong = $"'{text}' gives '{odd}' {(given.Contains(odd) ? "twice" : "that no input has")}";
        else if (
            given.FirstOrDefault(label => label < LastOfEllipsis && !char.IsAsciiLetter(label)) is not '\0' and var sign
        )
            wrong = $"'{text}' has the sign '{sign}'; axes have letters";
        return wrong.Length == 0 ? new EinsumEquation(terms, output) : null;
    }

    /// <summary>The size of each label, or null and what is wrong: two axes of one label are equal, or one of them is 1.</summary>
    public IReadOnlyDictionary<char, Dim>? Sizes(IReadOnlyList<IReadOnlyList<Dim>> shapes, out string wrong)
    {
        wrong = "";
        var sizes = new Dictionary<char, Dim>();
        for (var i = 0; i < Terms.Count; i++)
        {
            for (var axis = 0; axis < Terms[i].Length; axis++)
            {
                var (label, size) = (Terms[i][axis], shapes[i][axis]);
                if (!sizes.TryGetValue(label, out var known) || !known.IsKnown || known.Size == 1)
                    sizes[label] = size;
                else if (size.IsKnown && size.Size != 1 && size.Size != known.Size)
                {
                    wrong =
                        $"axis {axis} of input {i} has size {size}, and another of the same letter has size {known}";
                    return null;
                }
            }
        }

        return sizes;
    }

    /// <summary>
    /// Multiplications where the inputs are multiplied one after another, from the left, and each letter is summed as soon as
    /// nothing that follows has it; 0 for a single input, null where a size is not known.
    /// </summary>
    public long? Multiplications(IReadOnlyDictionary<char, Dim> sizes)
    {
        Int128 all = 0;
        var open = Terms[0].ToHashSet();
        for (var i = 1; i < Terms.Count; i++)
        {
            open.UnionWith(Terms[i]);
            Int128 product = 1;
            foreach (var label in open)
            {
                if (!sizes[label].IsKnown || product > long.MaxValue)
                    return null;
                product *= sizes[label].Size;
            }

            if ((all += product) > long.MaxValue)
                return null;
            open.IntersectWith(Terms.Skip(i + 1).SelectMany(term => term).Concat(Output));
        }

        return (long)all;
    }

    private static string Labels(string term, int spread) =>
        term.Replace(
            Ellipsis,
            string.Concat(Enumerable.Range(0, Math.Max(spread, 0)).Reverse().Select(i => (char)(LastOfEllipsis + i))),
            StringComparison.Ordinal
        );
}
