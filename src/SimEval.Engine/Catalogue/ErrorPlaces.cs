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
        using var reader = new JsonTextReader(new StringReader(text));
        var root = JObject.Load(
            reader,
            new JsonLoadSettings { LineInfoHandling = LineInfoHandling.Load, CommentHandling = CommentHandling.Ignore }
        );
        return [.. errors.Select(error => error.Line > 0 ? error : Placed(error, root))];
    }

    private static ScenarioError Placed(ScenarioError error, JObject root)
    {
        JToken at = root;
        IJsonLineInfo place = root;
        foreach (var name in error.Path.Split('.'))
        {
            if (at is not JObject section || section.Property(name, StringComparison.Ordinal) is not { } property)
                break;
            place = property;
            at = property.Value;
        }

        return ReferenceEquals(at, root) ? error : error with { Line = place.LineNumber, Column = place.LinePosition };
    }
}
