using System.Text.RegularExpressions;
using Xunit;

namespace SimEval.Tests.Tidy;

/// <summary>What keeps the source readable, checked over the text. CSharpier's layout makes indentation reliable.</summary>
public sealed partial class SourceTests
{
    private const int MostLines = 600;
    private const int MostMethodLines = 70;

    [Fact]
    public void A_file_holds_one_idea() =>
        Report(
            Repository
                .Sources("src", "tests", "load-tests")
                .Select(file => (file, lines: File.ReadLines(Path.Combine(Repository.Root, file)).Count()))
                .Where(found => found.lines > MostLines)
                .Select(found => $"{found.file}:1: {found.lines} lines, more than {MostLines}: split it by its ideas")
        );

    [Fact]
    public void A_method_fits_on_a_screen() => Report(Repository.Sources("src", "load-tests").SelectMany(LongMethods));

    [Fact]
    public void Nothing_is_left_open_or_hidden() =>
        Report(
            Repository
                .Sources("src", "tests", "load-tests")
                .Where(IsNotThisFile)
                .SelectMany(file => Find(file, Unfinished()))
        );

    [Fact]
    public void No_text_names_a_place_where_it_was_made()
    {
        string[] kinds =
        [
            ".cs",
            ".md",
            ".json",
            ".jsonc",
            ".conf",
            ".sh",
            ".cake",
            ".props",
            ".targets",
            ".ts",
            ".mjs",
            ".txt",
            ".csproj",
        ];
        string[] folders = ["src", "tests", "load-tests", "docs", "hocon", "scenarios", ".ci", ".config"];
        var files = folders
            .Select(folder => Path.Combine(Repository.Root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Repository.Root))
            .Where(path => kinds.Contains(Path.GetExtension(path)) || Path.GetExtension(path).Length == 0)
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(path => !path.Split('/').Intersect(["obj", "bin", "node_modules"]).Any())
            .Where(IsNotThisFile);
        Report(files.SelectMany(file => Find(file, Places())));
    }

    private static bool IsNotThisFile(string file) => !file.EndsWith("Tidy/SourceTests.cs", StringComparison.Ordinal);

    private static IEnumerable<string> Find(string file, Regex pattern)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, file));
        for (var i = 0; i < lines.Length; i++)
        {
            if (pattern.Match(lines[i]) is { Success: true } match)
            {
                yield return $"{file}:{i + 1}: '{match.Value}' does not belong here";
            }
        }
    }

    // A block opens on a line of its own at its declaration's indentation. Members of a type stand one level inside it.
    private static IEnumerable<string> LongMethods(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, file));
        var memberIndents = new HashSet<int>();
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].TrimStart() != "{")
            {
                continue;
            }
            var indent = lines[i].Length - 1;
            var start = i - 1;
            while (start > 0 && (Indent(lines[start]) != indent || lines[start].TrimStart().StartsWith(')')))
            {
                start--;
            }
            if (TypeDeclaration().IsMatch(lines[start]))
            {
                memberIndents.Add(indent + 4);
            }
            else if (memberIndents.Contains(indent))
            {
                var end = Array.FindIndex(lines, i, line => Indent(line) == indent && line.TrimStart().StartsWith('}'));
                if (end - start + 1 > MostMethodLines)
                {
                    yield return $"{file}:{start + 1}: {end - start + 1} lines, more than {MostMethodLines}: give its steps names";
                }
            }
        }
    }

    private static int Indent(string line) => line.Length - line.TrimStart().Length;

    private static void Report(IEnumerable<string> findings)
    {
        var found = findings.ToList();
        Assert.True(found.Count == 0, "\n" + string.Join('\n', found));
    }

    [GeneratedRegex(@"\b(class|record|struct|interface|enum|namespace|extension)\b")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(
        @"\bTODO\b|\bFIXME\b|\bHACK\b|\bTBD\b|NotImplementedException|#region|#pragma warning disable(?! CA|.* //)"
    )]
    private static partial Regex Unfinished();

    [GeneratedRegex(
        @"(?<![\w./~])/(work|tmp|root)/|\bregistry\.\w+\.(org|com|io)|api\.nuget|""resolved"":|\bissue #?\d|\bsession \d"
    )]
    private static partial Regex Places();
}
