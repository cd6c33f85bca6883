using Newtonsoft.Json.Linq;
using SimEval.Scenarios.Sweeps;

namespace SimEval.Scenarios.Reading;

/// <summary>
/// Reads suites: files that each give their items as the values of a parameter, whether a glob of the sweep matches them, a list
/// of the sweep names them, or the world's section names one outright, under a key whose schema has "x-items".
/// </summary>
internal sealed class SuiteReader(
    IScenarioCatalogue catalogue,
    FoundFiles files,
    ScenarioLimits limits,
    Problems problems,
    string? world
)
{
    private const int NamedAtMost = 3;
    private const char BeforeItem = '#';

    // Parameters whose values are items already.
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    /// <summary>The files of all suites, as resolved paths.</summary>
    internal List<string> Matched { get; } = [];

    /// <summary>
    /// The parameter, whose values are paths as seen from the scenario file ("../data/a.xml", "../data/b.xml#2" where a file
    /// has several items); with no value at all when there is nothing to run. Null when it is wrong.
    /// </summary>
    internal ListedParameter? Read(string name, JToken content)
    {
        read.Add(name);
        if (Section.TextOf(content, problems, "{ \"files\": \"../data/*.xml\" }") is not { } pattern)
            return null;
        var matches = Match(pattern, content);
        if (matches is null || world is null)
            return null;
        if (matches.Count == 0)
            problems.Warn(content, $"no file matches {Wording.Quote(pattern)}: there is nothing to run");
        var origin = files.FromCurrentFolder(problems.SourceName);
        return ItemsOf(
            name,
            content,
            matches.Select(path => (RelativePath.From(origin, files.FromCurrentFolder(path)), path))
        );
    }

    /// <summary>
    /// The sweep with the items of files that the world's section names by itself or by a list of the sweep: a file with
    /// several items gives a point for each, one without an item none. A name of the section becomes a parameter of its key
    /// then.
    /// </summary>
    /// <param name="sweep">The sweep as it stands in the file.</param>
    /// <param name="section">The world's section; a name that is replaced becomes a placeholder in it.</param>
    /// <param name="declared">The section of the sweep, for the places of warnings.</param>
    internal Sweep Complete(Sweep sweep, JObject section, JObject? declared)
    {
        foreach (var key in KeysOfItems())
        {
            if (problems.Full || section[key] is not JValue { Type: JTokenType.String } named)
                continue;
            if (WorldSection.IsMarked(named))
                sweep = Expanded(sweep, ((string)named.Value!)[1..], declared);
            else if (Named(FreeName(key, sweep), named) is { } parameter)
            {
                named.Value = "$" + parameter.Name;
                sweep = sweep with { Parameters = [.. sweep.Parameters, parameter] };
            }
        }

        return sweep;
    }

    private IEnumerable<string> KeysOfItems() =>
        catalogue.SchemaOf(world!)["properties"] is JObject properties
            ? properties.Properties().Where(key => (bool?)key.Value["x-items"] is true).Select(key => key.Name)
            : [];

    private static string FreeName(string key, Sweep sweep)
    {
        while (sweep.Parameters.Any(parameter => parameter.Name == key))
            key += "_";
        return key;
    }

    // Null: the name stays as it is, for the world to take or refuse.
    private ListedParameter? Named(string name, JValue named)
    {
        var text = (string)named.Value!;
        if (PathOf(text) is not { } path)
            return text.AsSpan().ContainsAny('*', '?') ? Read(name, named) : null;
        var errors = new List<ScenarioError>();
        var items = Items(path, errors);
        return items.Count == 1 || errors.Count > 0 ? null : ItemsOf(name, named, [(text, path)]);
    }

    private Sweep Expanded(Sweep sweep, string name, JObject? declared)
    {
        if (
            read.Contains(name)
            || declared?[name] is not { } content
            || sweep.Parameters.FirstOrDefault(one => one.Name == name) is not ListedParameter listed
        )
            return sweep;
        var values = new List<ParameterValue>();
        foreach (var value in listed.Values)
        {
            // In the order of the list; what is no file stays, for the world to refuse.
            if (value.Text is { } text && PathOf(text) is { } path)
                values.AddRange(ItemsOf(name, content, [(text, path)])?.Values ?? []);
            else
                values.Add(value);
        }

        return sweep with
        {
            Parameters =
            [
                .. sweep.Parameters.Select(one =>
                    one == listed ? listed with { Values = [.. values.Distinct()] } : one
                ),
            ],
        };
    }

    // The file that a text names as a whole; null: it names an item, or there is no such file.
    private string? PathOf(string text)
    {
        if (text.Contains(BeforeItem, StringComparison.Ordinal))
            return null;
        try
        {
            var path = files.Resolve(problems.SourceName, text);
            return files.Size(path) is null ? null : path;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private ListedParameter? ItemsOf(string name, JToken content, IEnumerable<(string Shown, string Path)> matches)
    {
        var values = new List<ParameterValue>();
        var empty = new List<string>();
        foreach (var (shown, path) in matches)
        {
            var errors = new List<ScenarioError>();
            var items = Items(path, errors);
            foreach (var error in errors)
                problems.Adopt(error);
            if (items.Count == 0 && errors.Count == 0)
                empty.Add(shown);
            values.AddRange(
                items.Select(item => new ParameterValue(0, items.Count > 1 ? $"{shown}{BeforeItem}{item}" : shown, ""))
            );
            Matched.Add(path);
            if (problems.Full)
                return null;
            if (values.Count <= limits.Points)
                continue;
            problems.Error(content, $"the suite has too many items: at most {limits.Points:N0}");
            return null;
        }

        if (empty.Count > 0)
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
