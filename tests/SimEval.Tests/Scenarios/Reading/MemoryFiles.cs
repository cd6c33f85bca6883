using System.Text;
using System.Text.RegularExpressions;
using SimEval.Scenarios;

namespace SimEval.Tests.Scenarios.Reading;

/// <summary>Files in memory, all under the root folder; the current folder is /cwd.</summary>
internal sealed class MemoryFiles : ISourceFiles
{
    private readonly SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);

    public MemoryFiles With(string path, string content = "")
    {
        files[path] = Encoding.UTF8.GetBytes(content);
        return this;
    }

    public byte[]? Read(string path) => files.GetValueOrDefault(path);

    public long? Size(string path) => files.TryGetValue(path, out var bytes) ? bytes.Length : null;

    public IReadOnlyList<string> Glob(string pattern)
    {
        var expression = Regex
            .Escape(pattern)
            .Replace(@"\*\*/", "(.*/)?", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal)
            .Replace(@"\?", "[^/]", StringComparison.Ordinal);
        return [.. files.Keys.Where(path => Regex.IsMatch(path, $"^{expression}$"))];
    }

    public string Resolve(string basePath, string path)
    {
        var from = basePath.StartsWith('/') ? basePath : "/cwd/" + basePath;
        var full = path.StartsWith('/') ? path : from[..(from.LastIndexOf('/') + 1)] + path;
        var parts = new List<string>();
        foreach (var part in full.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("." or ".."))
                parts.Add(part);
        }

        return "/" + string.Join('/', parts);
    }
}
