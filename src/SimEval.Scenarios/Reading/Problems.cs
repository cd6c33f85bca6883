using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios.Reading;

/// <summary>The errors and warnings of one file, each with its place; never more than the limit.</summary>
internal sealed class Problems(string sourceName, int limit)
{
    private readonly List<ScenarioError> errors = [];
    private readonly List<ScenarioError> warnings = [];
    private readonly HashSet<ScenarioError> seen = [];
    private readonly HashSet<(int Line, int Column)> silenced = [];
    private bool cut;

    /// <summary>Where tokens stand; set once the text is split into them.</summary>
    internal SourceMap? Map { get; set; }

    /// <summary>The file's object, overrides applied; set once it is read.</summary>
    internal JObject? Root { get; set; }

    internal bool Any => errors.Count > 0;

    internal bool Full => errors.Count >= limit;

    internal string SourceName => sourceName;

    /// <summary>Whether the sweep asks for more points than may be expanded.</summary>
    internal bool TooLarge { get; set; }

    /// <summary>The errors in the order of the file, those of other files after them.</summary>
    internal IReadOnlyList<ScenarioError> Errors
    {
        get
        {
            var sorted = Sorted(errors);
            if (cut)
                sorted.Add(new ScenarioError(sourceName, 0, 0, "", $"more than {limit} errors: the rest is left out"));
            return sorted;
        }
    }

    internal IReadOnlyList<ScenarioError> Warnings => Sorted(warnings);

    internal void Error(JToken at, string message, string? suggestion = null)
    {
        // A path takes time to spell out, and a hostile file has many errors.
        if (Full)
            cut = true;
        else if (Placed(at, message, suggestion) is var error && !silenced.Contains((error.Line, error.Column)))
            Add(errors, error);
    }

    /// <summary>Takes no further error of the value that begins here: it is none, and that has been said.</summary>
    internal void Silence(int line, int column) => silenced.Add((line, column));

    internal void Warn(JToken at, string message, string? suggestion = null)
    {
        if (warnings.Count < limit)
            Add(warnings, Placed(at, message, suggestion));
    }

    internal void ErrorAt(int line, int column, string path, string message, string? suggestion = null) =>
        Add(errors, new ScenarioError(sourceName, line, column, Wording.Clean(path, 200), message, suggestion));

    /// <summary>Takes over an error that a world or an importer reported; its place in this file, if any, is a token's end.</summary>
    internal void Adopt(ScenarioError error, string? suggestion = null)
    {
        if (
            error.File == sourceName
            && Find(error.Path) is { } token
            && Placed(token, "", null) is var placed
            && (error.Line == 0 || placed.File != sourceName)
        )
        {
            // What an override brought has no place in the file, but it has a name.
            error = error with
            {
                File = placed.File,
                Line = placed.Line,
                Column = placed.Column,
            };
            Add(errors, Cleaned(error, suggestion));
            return;
        }

        var (line, column) = (error.Line, error.Column);
        if (error.File == sourceName && Map is not null && line > 0)
            (line, column) = Map.StartOf(line, column);
        Add(errors, Cleaned(error with { Line = line, Column = column }, suggestion));
    }

    private static ScenarioError Cleaned(ScenarioError error, string? suggestion) =>
        error with
        {
            Path = Wording.Clean(error.Path, 200),
            Message = Wording.Clean(error.Message, 1000),
            Suggestion = error.Suggestion is null ? suggestion : Wording.Clean(error.Suggestion, 1000),
        };

    // The token that a path names, or the nearest one around it.
    private JToken? Find(string path)
    {
        for (var rest = path; rest.Length > 0; rest = rest[..Math.Max(0, rest.LastIndexOfAny(['.', '[']))])
        {
            try
            {
                if (Root?.SelectToken(rest) is { } token)
                    return token;
            }
            catch (JsonException)
            {
                // A path of another form than JSON's, or one cut within a name.
            }
        }

        return null;
    }

    private ScenarioError Placed(JToken at, string message, string? suggestion)
    {
        var path = Wording.Clean(at.Path, 200);
        for (var token = at; token is not null; token = token.Parent)
        {
            // What is said of a key holds for the value that an override gave it.
            var marked = ReferenceEquals(token, at) && token is JProperty property ? property.Value : token;
            if (marked.Annotation<OverrideOrigin>() is { } origin)
                return new ScenarioError($"--set {Wording.Clean(origin.Key)}", 0, 0, path, message, suggestion);
        }

        var (line, column) = (0, 0);
        for (var token = at; token is not null && line == 0 && Map is not null; token = token.Parent)
            (line, column) = Map.StartOf(token);
        return new ScenarioError(sourceName, line, column, path, message, suggestion);
    }

    private void Add(List<ScenarioError> list, ScenarioError error)
    {
        if (list.Count >= limit)
            cut |= ReferenceEquals(list, errors);
        else if (seen.Add(error))
            list.Add(error);
    }

    private List<ScenarioError> Sorted(List<ScenarioError> list) =>
        [.. list.OrderBy(e => e.File == sourceName ? 0 : 1).ThenBy(e => e.Line).ThenBy(e => e.Column)];
}

/// <summary>Marks a token that an override put into the file.</summary>
internal sealed record OverrideOrigin(string Key);
