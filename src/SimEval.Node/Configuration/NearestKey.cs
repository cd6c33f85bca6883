namespace SimEval.Node.Configuration;

/// <summary>The name that a person probably meant.</summary>
internal static class NearestKey
{
    /// <summary>The closest of the known names, or null when none is near (more than a third of its letters differ).</summary>
    public static string? Find(string written, IEnumerable<string> known) =>
        known
            .Select(name => (Name: name, Distance: Distance(written, name)))
            .Where(candidate => candidate.Distance <= Math.Max(1, candidate.Name.Length / 3))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();

    // Levenshtein's distance, ignoring case, over two rows.
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 32)
        {
            return int.MaxValue;
        }
        var above = Enumerable.Range(0, b.Length + 1).ToArray();
        var row = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (same ? 0 : 1));
            }
            (above, row) = (row, above);
        }
        return above[b.Length];
    }
}
