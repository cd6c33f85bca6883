namespace SimEval.Scenarios;

/// <summary>The files a scenario names, behind a seam: the disk, a run's captured blobs, or a test's dictionary.</summary>
public interface ISourceFiles
{
    /// <summary>The bytes, or null when there is no such file; throws <see cref="IOException"/> with a plain message when it can't be read.</summary>
    byte[]? Read(string path);

    /// <summary>Size in bytes, or null when there is no such file.</summary>
    long? Size(string path);

    /// <summary>Files that match a glob (`*`, `?`, `**`), sorted by ordinal path.</summary>
    IReadOnlyList<string> Glob(string pattern);

    /// <summary>A path written in the file at <paramref name="basePath"/>, resolved against that file's folder. A base that is a bare name stands in the current folder.</summary>
    string Resolve(string basePath, string path);
}
