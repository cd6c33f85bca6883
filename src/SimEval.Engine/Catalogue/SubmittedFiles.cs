using System.IO.Enumeration;
using SimEval.Entities.Runs;
using SimEval.Scenarios;

namespace SimEval.Engine.Catalogue;

/// <summary>
/// The files of a submitted run, from the blobs that its submission captured: a resume or a replay reads these, so that a
/// file changed or gone since then changes nothing.
/// </summary>
public sealed class SubmittedFiles : ISourceFiles
{
    private readonly Dictionary<string, CapturedFile> files;
    private readonly Func<string, byte[]> readBlob;

    /// <summary>The files of a submission.</summary>
    /// <param name="captured">What was captured.</param>
    /// <param name="readBlob">Bytes of a blob by its hash.</param>
    public SubmittedFiles(IEnumerable<CapturedFile> captured, Func<string, byte[]> readBlob)
    {
        files = captured.ToDictionary(file => file.Path);
        this.readBlob = readBlob;
    }

    /// <inheritdoc/>
    public byte[]? Read(string path) => files.TryGetValue(path, out var file) ? readBlob(file.Blob) : null;

    /// <inheritdoc/>
    public long? Size(string path) => files.TryGetValue(path, out var file) ? file.Bytes : null;

    /// <inheritdoc/>
    public IReadOnlyList<string> Glob(string pattern)
    {
        var full = Path.GetFullPath(pattern);
        return files
            .Keys.Where(path => FileSystemName.MatchesSimpleExpression(full, path, ignoreCase: false))
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    /// <inheritdoc/>
    public string Resolve(string basePath, string path) =>
        Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(basePath))!);
}
