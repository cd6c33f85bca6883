using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios;

namespace SimEval.Engine.Catalogue;

/// <summary>Gives errors that know only their JSON path the line and column of the deepest key on it that the file has.</summary>
internal static class ErrorPlaces
{
    /// <summary>The errors with their places in a text; the text has been read without error.</summary>
    public static IReadOnlyList<ScenarioError> In(string text, IReadOnlyList<ScenarioError> errors)
    {
        text = text.TrimStart('\uFEFF');
        using var reader = new JsonTextReader(new StringReader(text));
        var root = JObject.Load(
            reader,
            new JsonLoadSettings { LineInfoHandling = LineInfoHandling.Load, CommentHandling = CommentHandling.Ignore }
        );
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return
        [
            .. errors.Select(error =>
                error.Line > 0 || error.File.StartsWith("--set ", StringComparison.Ordinal)
                    ? error
                    : Placed(error, root, lines)
            ),
        ];
    }

    /// <summary>
    /// The same for a text with overrides: an error of what an override set is the override's, and every other one has its place
    /// in the text before it.
    /// </summary>
    public static IReadOnlyList<ScenarioError> In(
        string text,
        IReadOnlyList<(string Key, string Value)> overrides,
        IReadOnlyList<ScenarioError> errors
    ) =>
        In(
            text,
            [
                .. errors.Select(error =>
                    overrides.LastOrDefault(one => Touches(one.Key, error.Path)).Key is { } key
                        ? error with
                        {
                            File = $"--set {Wording.Clean(key)}",
                        }
                        : error
                ),
            ]
        );

    // A variant is bound as a whole: a model set for it is the cause of what does not fit anywhere in it.
    private static bool Touches(string key, string path)
    {
        if (Within(path, key) || Within(key, path))
            return true;
        return Variant(path) is { } variant
            && Variant(key) == variant
            && !key.EndsWith(".device", StringComparison.Ordinal);
    }

    private static string? Variant(string path) =>
        path.Split('.') is ["variants", var name, ..] ? $"variants.{name}" : null;

    private static bool Within(string inner, string outer) =>
        inner.StartsWith(outer, StringComparison.Ordinal)
        && (inner.Length == outer.Length || inner[outer.Length] is '.' or '[');

    private static ScenarioError Placed(ScenarioError error, JObject root, string[] text)
    {
        JToken at = root;
        JProperty? place = null;
        foreach (var name in error.Path.Split('.'))
        {
            if (at is not JObject section || section.Property(name, StringComparison.Ordinal) is not { } property)
                break;
            place = property;
            at = property.Value;
        }

        if (place is null)
            return error;
        var (line, column) = StartOfValue(text, place);
        return error with { Line = line, Column = column };
    }

    // Newtonsoft notes where a property's name and colon end; what follows them is the value.
    private static (int Line, int Column) StartOfValue(string[] text, IJsonLineInfo property)
    {
        var (line, column) = (property.LineNumber, property.LinePosition);
        while (line <= text.Length)
        {
            var rest = text[line - 1].AsSpan(Math.Min(column, text[line - 1].Length));
            var blank = rest.Length - rest.TrimStart().Length;
            if (blank < rest.Length)
                return (line, column + blank + 1);
            (line, column) = (line + 1, 0);
        }

        return (property.LineNumber, property.LinePosition);
    }
}
