namespace SimEval.Models;

/// <summary>The known name that a wrong one was probably meant to be.</summary>
public static class NearestName
{
    /// <summary>The nearest by edit distance, or null when none is near (more than a third of the letters differ).</summary>
    public static string? Of(string wrong, IEnumerable<string> known)
    {
        string? best = null;
        var least = int.MaxValue;
        foreach (var name in known)
        {
            var distance = Distance(wrong.ToLowerInvariant(), name.ToLowerInvariant());
            if (distance >= least || distance > Math.Max(1, Math.Max(wrong.Length, name.Length) / 3))
                continue;
            (best, least) = (name, distance);
        }

        return best;
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
