namespace SimEval.Scenarios;

/// <summary>The right name that a wrong one was probably meant to be.</summary>
public static class Nearest
{
    // The metrics of a world fit, the points of a sweep do not.
    private const int MostListed = 40;

    /// <summary>
    /// The candidate with the smallest edit distance (insert, delete, replace, swap of neighbours; letter case costs nothing), or
    /// null when none is within a third of the name's length. Ties go to the candidate that comes first.
    /// </summary>
    public static string? To(string name, IEnumerable<string> candidates)
    {
        string? best = null;
        var least = Math.Max(1, Math.Min(name.Length, 64) / 3) + 1;
        if (name.Length is 0 or > 100)
            return null;
        foreach (var candidate in candidates.Take(1000))
        {
            if (Math.Abs(candidate.Length - name.Length) >= least || candidate.Length > 100)
                continue;
            var distance = Distance(name, candidate);
            if (distance < least)
                (best, least) = (candidate, distance);
        }

        return best;
    }

    /// <summary>"Did you mean 'x'?", or the names there are when none is near and they are few.</summary>
    public static string? Suggest(string name, IReadOnlyCollection<string> candidates)
    {
        var near = To(name, candidates) ?? ByPart(name, candidates);
        if (near is not null)
            return $"Did you mean '{Wording.Clean(near)}'?";
        return candidates.Count is 0 or > MostListed
            ? null
            : "Known are " + string.Join(", ", candidates.Select(c => Wording.Clean(c)));
    }

    // "colision" for "collision.any", "atFault" for "collision.atFault": one part of a dotted name is near.
    private static string? ByPart(string name, IReadOnlyCollection<string> candidates)
    {
        var dotted = candidates.Where(c => c.Contains('.', StringComparison.Ordinal)).ToList();
        return To(name, dotted.SelectMany(c => c.Split('.'))) is { } part
            ? dotted.First(c => c.Split('.').Contains(part))
            : null;
    }

    /// <summary>Optimal string alignment distance, over lower-case letters.</summary>
    private static int Distance(string a, string b)
    {
        var (before, previous, current) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = Lower(a[i - 1]) == Lower(b[j - 1]);
                var least = Math.Min(Math.Min(previous[j], current[j - 1]) + 1, previous[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Lower(a[i - 1]) == Lower(b[j - 2]) && Lower(a[i - 2]) == Lower(b[j - 1]))
                    least = Math.Min(least, before[j - 2] + 1);
                current[j] = least;
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[b.Length];
    }

    private static char Lower(char c) => char.ToLowerInvariant(c);
}
