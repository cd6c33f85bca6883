using System.IO.Enumeration;
using SimEval.Scenarios;

namespace SimEval.Engine.Catalogue;

/// <summary>The disk, as a scenario sees it: paths are relative to the scenario file's folder.</summary>
public sealed class DiskFiles : ISourceFiles
{
    private readonly int maximumMatches;

    /// <summary>The disk.</summary>
    /// <param name="maximumMatches">Most files of one glob; one more is an <see cref="IOException"/>.</param>
    public DiskFiles(int maximumMatches = 100_000) => this.maximumMatches = maximumMatches;

    /// <inheritdoc/>
    public byte[]? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException($"{path}: no permission to read it");
        }
    }

    /// <inheritdoc/>
    public long? Size(string path)
    {
        var info = new FileInfo(path);
        return info.Exists ? info.Length : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Glob(string pattern)
    {
        var full = Path.GetFullPath(pattern);
        var parts = full.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        var matches = new List<string>();
        Match(Path.GetPathRoot(full)!, parts, 0, matches);
        matches.Sort(StringComparer.Ordinal);
        return matches;
    }

    /// <inheritdoc/>
    public string Resolve(string basePath, string path) =>
        Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(basePath))!);

    private void Match(string folder, string[] parts, int index, List<string> matches)
    {
        var part = parts[index];
        var last = index == parts.Length - 1;
        if (part == "**")
        {
            if (!last)
                Match(folder, parts, index + 1, matches);
            foreach (var child in Folders(folder, "*"))
                Match(child, parts, index, matches);
            return;
        }

        if (!last)
        {
            foreach (
                var child in IsLiteral(part)
                    ? (IEnumerable<string>)Existing(Path.Combine(folder, part))
                    : Folders(folder, part)
            )
                Match(child, parts, index + 1, matches);
            return;
        }

        foreach (var file in Files(folder, part))
        {
            matches.Add(file);
            if (matches.Count > maximumMatches)
                throw new IOException($"more than {maximumMatches} files match");
        }
    }

    private static EnumerationOptions Options { get; } = new() { IgnoreInaccessible = true, AttributesToSkip = 0 };

    private static bool IsLiteral(string part) => part.AsSpan().IndexOfAny('*', '?') < 0;

    private static string[] Existing(string folder) => Directory.Exists(folder) ? [folder] : [];

    private static FileSystemEnumerable<string> Files(string folder, string pattern) =>
        new(folder, (ref FileSystemEntry e) => e.ToFullPath(), Options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry e) =>
                !e.IsDirectory && FileSystemName.MatchesSimpleExpression(pattern, e.FileName, ignoreCase: false),
        };

    private static FileSystemEnumerable<string> Folders(string folder, string pattern) =>
        new(folder, (ref FileSystemEntry e) => e.ToFullPath(), Options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry e) =>
                e.IsDirectory
                && !e.Attributes.HasFlag(FileAttributes.ReparsePoint)
                && FileSystemName.MatchesSimpleExpression(pattern, e.FileName, ignoreCase: false),
        };
}
