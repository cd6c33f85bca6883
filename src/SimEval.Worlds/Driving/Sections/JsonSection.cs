using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios;
using SimEval.Scenarios.Units;

namespace SimEval.Worlds.Driving.Sections;

/// <summary>
/// Reads one JSON object key by key. Every error is reported with its line, and at the end every key that nobody asked for,
/// with the nearest right name.
/// </summary>
internal sealed class JsonSection(JObject json, string file, ICollection<ScenarioError> errors)
{
    private readonly List<string> known = [];

    /// <summary>The object's own path.</summary>
    public string Path => json.Path;

    /// <summary>Whether the key is there; it then counts as known.</summary>
    public bool Has(string key)
    {
        Know(key);
        return json.ContainsKey(key);
    }

    /// <summary>A quantity in base units: a text with a unit, or a plain number that is in the base unit already.</summary>
    /// <param name="key">The key.</param>
    /// <param name="dimension">What it measures.</param>
    /// <param name="fallback">Where the key is absent.</param>
    /// <param name="least">Least allowed.</param>
    /// <param name="most">Most allowed.</param>
    public double Quantity(string key, Dimension dimension, double fallback, double least, double most)
    {
        Know(key);
        var token = json[key];
        return token is null ? fallback : QuantityOf(token, key, dimension, fallback, least, most);
    }

    /// <summary>A whole number.</summary>
    public int Integer(string key, int fallback, int least, int most)
    {
        Know(key);
        var token = json[key];
        if (token is null)
            return fallback;
        var number =
            token.Type is JTokenType.Integer or JTokenType.Float ? token.Value<double>()
            : token.Type == JTokenType.String
            && double.TryParse(token.Value<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
            : double.NaN;
        if (number == Math.Floor(number) && number >= least && number <= most)
            return (int)number;
        Report(token, $"\"{key}\" is {Show(token)}", $"A whole number from {least} to {most} is expected");
        return fallback;
    }

    /// <summary>true or false.</summary>
    public bool Flag(string key, bool fallback)
    {
        Know(key);
        var token = json[key];
        if (token is null)
            return fallback;
        if (token.Type == JTokenType.Boolean)
            return token.Value<bool>();
        Report(token, $"\"{key}\" is {Show(token)}", "true or false is expected");
        return fallback;
    }

    /// <summary>One of a few words.</summary>
    public string Choice(string key, string fallback, params string[] words)
    {
        Know(key);
        var token = json[key];
        if (token is null)
            return fallback;
        if (token.Type == JTokenType.String && words.Contains(token.Value<string>()))
            return token.Value<string>()!;
        var nearest = token.Type == JTokenType.String ? Nearest.To(token.Value<string>()!, words) : null;
        Report(
            token,
            $"\"{key}\" is {Show(token)}",
            nearest is null ? $"One of {string.Join(", ", words)} is expected" : $"Did you mean '{nearest}'?"
        );
        return fallback;
    }

    /// <summary>Any text; null where absent.</summary>
    public string? Text(string key)
    {
        Know(key);
        var token = json[key];
        if (token is null || token.Type == JTokenType.String)
            return token?.Value<string>();
        Report(token, $"\"{key}\" is {Show(token)}", "A text is expected");
        return null;
    }

    /// <summary>A nested object; null where absent.</summary>
    public JsonSection? Object(string key)
    {
        Know(key);
        switch (json[key])
        {
            case null:
                return null;
            case JObject inner:
                return new JsonSection(inner, file, errors);
            case var token:
                Report(token, $"\"{key}\" is {Show(token)}", "An object { ... } is expected");
                return null;
        }
    }

    /// <summary>A list of objects; empty where absent.</summary>
    public IReadOnlyList<JsonSection> Items(string key, int most)
    {
        var sections = new List<JsonSection>();
        foreach (var token in Tokens(key, most))
        {
            if (token is JObject inner)
                sections.Add(new JsonSection(inner, file, errors));
            else
                Report(token, $"{token.Path} is {Show(token)}", "An object { ... } is expected");
        }

        return sections;
    }

    /// <summary>A list of quantities; null where absent.</summary>
    public double[]? Quantities(string key, Dimension dimension, int most, double least, double greatest)
    {
        Know(key);
        if (!json.ContainsKey(key))
            return null;
        return [.. Tokens(key, most).Select(token => QuantityOf(token, key, dimension, least, least, greatest))];
    }

    /// <summary>Reports the keys that nobody asked for.</summary>
    public void Done()
    {
        foreach (var property in json.Properties())
        {
            if (known.Contains(property.Name))
                continue;
            Report(property, $"unknown key {Wording.Quote(property.Name)}", Nearest.Suggest(property.Name, known));
        }
    }

    /// <summary>Reports that none of the keys asked for so far is there; unknown ones are reported by <see cref="Done"/>.</summary>
    public void ReportEmpty()
    {
        if (json.Properties().All(property => known.Contains(property.Name)))
            Report(json, "the entry says nothing", $"One of {string.Join(", ", known)} is expected");
    }

    /// <summary>Reports an error at a key, or at the object itself where the key is absent.</summary>
    public void Report(string key, string message, string? suggestion = null) =>
        Report(json.Property(key) ?? (JToken)json, message, suggestion);

    private IReadOnlyList<JToken> Tokens(string key, int most)
    {
        Know(key);
        var token = json[key];
        if (token is null)
            return [];
        if (token is not JArray array)
        {
            Report(token, $"\"{key}\" is {Show(token)}", "A list [ ... ] is expected");
            return [];
        }

        if (array.Count <= most)
            return [.. array];
        Report(token, $"\"{key}\" has {array.Count} items", $"At most {most} are allowed");
        return [];
    }

    private double QuantityOf(JToken token, string key, Dimension dimension, double fallback, double least, double most)
    {
        var isNumber = token.Type is JTokenType.Integer or JTokenType.Float;
        if (
            !SimEval.Scenarios.Units.Quantity.TryRead(
                token,
                isNumber ? Dimension.Number : dimension,
                out var value,
                out var problem
            )
        )
        {
            Report(token, $"\"{key}\": {problem}", null);
            return fallback;
        }

        if (value >= least && value <= most)
            return value;
        Report(
            token,
            $"\"{key}\" is {Show(token)}",
            $"Expected is {Show(least)} to {Show(most)} {dimension.BaseUnit}".TrimEnd()
        );
        return fallback;
    }

    private void Know(string key)
    {
        if (!known.Contains(key))
            known.Add(key);
    }

    private void Report(JToken token, string message, string? suggestion)
    {
        var (line, column) =
            token is IJsonLineInfo info && info.HasLineInfo() ? (info.LineNumber, info.LinePosition) : (0, 0);
        errors.Add(new ScenarioError(file, line, column, token.Path, message, suggestion));
    }

    private static string Show(double number) => number.ToString("G6", CultureInfo.InvariantCulture);

    private static string Show(JToken token)
    {
        var text = token.ToString(Formatting.None);
        return text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 37), "...");
    }
}
