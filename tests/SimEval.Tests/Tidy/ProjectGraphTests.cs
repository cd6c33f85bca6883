using System.Xml.Linq;
using Xunit;

namespace SimEval.Tests.Tidy;

public sealed class ProjectGraphTests
{
    private const string Picture = "docs/architecture.md";

    [Fact]
    public void Project_references_are_those_of_the_picture_in_the_architecture_document()
    {
        var drawn = ReadPicture();
        var built = ReadProjects();
        foreach (var project in drawn.Keys.Union(built.Keys).Order(StringComparer.Ordinal))
        {
            Assert.True(built.ContainsKey(project), $"{Picture} draws {project}, which is no project of src");
            Assert.True(drawn.ContainsKey(project), $"src/SimEval.{project} is missing in the picture of {Picture}");
            Assert.Equal((project, Join(drawn[project])), (project, Join(built[project])));
        }
    }

    [Fact]
    public void Pure_projects_ask_for_the_pure_ban_list()
    {
        string[] pure = ["Scenarios", "Metrics", "Worlds", "Models", "Entities", "Reports"];
        foreach (var project in ProjectFiles())
        {
            var isPure = XDocument.Load(project).Descendants("PureProject").Any(e => e.Value == "true");
            Assert.Equal((project, pure.Contains(NameOf(project))), (project, isPure));
        }
    }

    // Lines such as "Node -> Engine, Store, Reports" and "leaves: Scenarios, Models" inside the block marked "graph".
    private static SortedDictionary<string, SortedSet<string>> ReadPicture()
    {
        var graph = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var lines = File.ReadLines(Path.Combine(Repository.Root, Picture))
            .SkipWhile(line => line != "```graph")
            .Skip(1)
            .TakeWhile(line => line != "```");
        foreach (var line in lines)
        {
            var sides = line.Replace("leaves:", "", StringComparison.Ordinal)
                .Split("->", StringSplitOptions.TrimEntries);
            foreach (var from in Names(sides[0]))
            {
                graph[from] = [.. sides.Length > 1 ? Names(sides[1]) : []];
            }
        }
        Assert.NotEmpty(graph);
        return graph;
    }

    private static SortedDictionary<string, SortedSet<string>> ReadProjects()
    {
        var graph = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var project in ProjectFiles())
        {
            var references = XDocument
                .Load(project)
                .Descendants("ProjectReference")
                .Select(e => NameOf(e.Attribute("Include")!.Value));
            graph[NameOf(project)] = [.. references];
        }
        return graph;
    }

    private static IEnumerable<string> ProjectFiles() =>
        Directory
            .EnumerateDirectories(Path.Combine(Repository.Root, "src"))
            .SelectMany(f => Directory.EnumerateFiles(f, "*.csproj"));

    private static string NameOf(string project) =>
        Path.GetFileNameWithoutExtension(project).Replace("SimEval.", "", StringComparison.Ordinal);

    private static IEnumerable<string> Names(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string Join(IEnumerable<string> names) => string.Join(", ", names);
}
