namespace SimEval.Scenarios;

/// <summary>Paths as text, without a disk: how a suite names its files, so that points are the same on every machine.</summary>
internal static class RelativePath
{
    /// <summary><paramref name="path"/> as seen from the folder of <paramref name="baseFile"/>; itself when they have no common root.</summary>
    internal static string From(string baseFile, string path)
    {
        var (from, to) = (Parts(baseFile), Parts(path));
        if (from.Rooted != to.Rooted || from.Names.Count == 0)
            return path;
        from.Names.RemoveAt(from.Names.Count - 1);
        var common = 0;
        while (common < from.Names.Count && common < to.Names.Count - 1 && from.Names[common] == to.Names[common])
            common++;
        if (from.Names.Skip(common).Contains(".."))
            return path;
        return string.Join('/', Enumerable.Repeat("..", from.Names.Count - common).Concat(to.Names.Skip(common)));
    }

    private static (bool Rooted, List<string> Names) Parts(string path)
    {
        var names = new List<string>();
        foreach (var part in path.Replace('\\', '/').Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part == ".." && names.Count > 0 && names[^1] != "..")
                names.RemoveAt(names.Count - 1);
            else
                names.Add(part);
        }

        return (path.StartsWith('/') || path.StartsWith('\\') || path.Contains(':', StringComparison.Ordinal), names);
    }
}
