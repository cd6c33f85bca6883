namespace SimEval.Scenarios.Reading;

/// <summary>Files as they are, noting which were found, so that a run can keep them all.</summary>
internal sealed class FoundFiles(ISourceFiles inner) : ISourceFiles
{
    private readonly SortedSet<string> found = new(StringComparer.Ordinal);

    /// <summary>Every file that was found, in ordinal order.</summary>
    internal IReadOnlyList<string> Found => [.. found];

    // A base that is a bare name: paths are then those of the current folder.
    private const string BareName = "scenario";

    /// <summary>The path from the current folder, absolute where the files behind are a disk's.</summary>
    internal string FromCurrentFolder(string path) => Resolve(BareName, path);

    public byte[]? Read(string path)
    {
        var bytes = inner.Read(path);
        if (bytes is not null)
            found.Add(path);
        return bytes;
    }

    public long? Size(string path)
    {
        var size = inner.Size(path);
        if (size is not null)
            found.Add(path);
        return size;
    }

    public IReadOnlyList<string> Glob(string pattern) => inner.Glob(pattern);

    /// <exception cref="IOException">The path holds a character that no path can hold.</exception>
    public string Resolve(string basePath, string path)
    {
        if (path.Any(char.IsControl))
            throw new IOException("the path holds a control character");
        return path.Length == 0 ? throw new IOException("the path is empty") : inner.Resolve(basePath, path);
    }
}
