using Newtonsoft.Json.Linq;
using SimEval.Scenarios.Sweeps;

namespace SimEval.Scenarios.Reading;

/// <summary>Reads a suite: the files that a glob matches, each giving its items as the values of a parameter.</summary>
internal sealed class SuiteReader(
    IScenarioCatalogue catalogue,
    FoundFiles files,
    ScenarioLimits limits,
    Problems problems,
    string? world
)
{
    private const int NamedAtMost = 3;

    /// <summary>The files of all suites, as resolved paths.</summary>
    internal List<string> Matched { get; } = [];

    /// <summary>
    /// The parameter, whose values are paths as seen from the scenario file ("../data/a.xml", "../data/b.xml#2" where a file
    /// has several items); with no value at all when there is nothing to run. Null when it is wrong.
    /// </summary>
    internal ListedParameter? Read(string name, JToken content)
    {
        if (Section.TextOf(content, problems, "{ \"files\": \"../data/*.xml\" }") is not { } pattern)
            return null;
        var matches = Match(pattern, content);
        if (matches is null || world is null)
            return null;
        var origin = files.FromCurrentFolder(problems.SourceName);
        var values = new List<ParameterValue>();
        var empty = new List<string>();
        foreach (var path in matches)
        {
            var relative = RelativePath.From(origin, files.FromCurrentFolder(path));
            var errors = new List<ScenarioError>();
            var items = Items(path, errors);
            foreach (var error in errors)
                problems.Adopt(error);
            if (items.Count == 0 && errors.Count == 0)
                empty.Add(relative);
            values.AddRange(
                items.Select(item => new ParameterValue(0, items.Count > 1 ? $"{relative}#{item}" : relative, ""))
            );
            Matched.Add(path);
            if (problems.Full)
                return null;
            if (values.Count <= limits.Points)
                continue;
            problems.Error(content, $"the suite has too many items: at most {limits.Points:N0}");
            return null;
        }

        if (matches.Count == 0)
            problems.Warn(content, $"no file matches {Wording.Quote(pattern)}: there is nothing to run");
        else if (empty.Count > 0)
            problems.Warn(content, $"{Listed(empty)} nothing to run and give{(empty.Count == 1 ? "s" : "")} no point");
        return new ListedParameter(name, "", values);
    }

    private IReadOnlyList<string>? Match(string pattern, JToken content)
    {
        try
        {
            var matches = files.Glob(files.Resolve(problems.SourceName, pattern));
            if (matches.Count <= limits.SuiteFiles)
                return matches;
            problems.Error(
                content,
                $"{matches.Count:N0} files match {Wording.Quote(pattern)}: at most {limits.SuiteFiles:N0}"
            );
        }
        catch (IOException failure)
        {
            problems.Error(content, $"the files cannot be listed: {Wording.Clean(failure.Message, 300)}");
        }

        return null;
    }

    private IReadOnlyList<string> Items(string path, List<ScenarioError> errors)
    {
        try
        {
            return catalogue.ItemsOf(world!, path, files, errors);
        }
        catch (IOException failure)
        {
            errors.Add(new ScenarioError(path, 0, 0, "", $"cannot be read: {failure.Message}"));
            return [];
        }
    }

    private static string Listed(List<string> paths)
    {
        var named = string.Join(", ", paths.Take(NamedAtMost).Select(path => Wording.Clean(path)));
        var more = paths.Count > NamedAtMost ? $" and {paths.Count - NamedAtMost} more" : "";
        return $"{named}{more} {(paths.Count == 1 ? "has" : "have")}";
    }
}
