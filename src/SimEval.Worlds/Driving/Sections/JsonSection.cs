using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios;

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

    /// <summary>A quantity: a JSON number in the base unit, or a text with a unit.</summary>
    /// <param name="key">The key.</param>
    /// <param name="unit">Base unit: "m", "s", "m/s", "m/s2", "1/m", "rad", or "" for a pure number.</param>
    /// <param name="fallback">Where the key is absent.</param>
    /// <param name="least">Least allowed.</param>
    /// <param name="most">Most allowed.</param>
    public double Quantity(string key, string unit, double fallback, double least, double most)
    {
        Know(key);
        var token = json[key];
        return token is null ? fallback : QuantityOf(token, key, unit, fallback, least, most);
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
            && double.TryParse(
                token.Value<string>(),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var parsed
            )
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
    public string Choice(string key, string fallback, params IReadOnlyList<string> words)
    {
        Know(key);
        var token = json[key];
        if (token is null)
            return fallback;
        if (token.Type == JTokenType.String && words.Contains(token.Value<string>()))
            return token.Value<string>()!;
        var nearest = token.Type == JTokenType.String ? Nearest(token.Value<string>()!, words) : null;
        Report(
            token,
            $"\"{key}\" is {Show(token)}",
            nearest is null ? $"One of {string.Join(", ", words)} is expected" : $"Did you mean \"{nearest}\"?"
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
    public double[]? Quantities(string key, string unit, int most, double least, double greatest)
    {
        Know(key);
        if (!json.ContainsKey(key))
            return null;
        return [.. Tokens(key, most).Select(token => QuantityOf(token, key, unit, least, least, greatest))];
    }

    /// <summary>Reports the keys that nobody asked for.</summary>
    public void Done()
    {
        foreach (var property in json.Properties())
        {
            if (known.Contains(property.Name))
                continue;
            var nearest = Nearest(property.Name, known);
            Report(
                property,
                $"unknown key \"{property.Name}\"",
                nearest is null ? $"Known keys: {string.Join(", ", known)}" : $"Did you mean \"{nearest}\"?"
            );
        }
    }

    /// <summary>Reports an error at a key, or at the object itself where the key is absent.</summary>
    public void Report(string key, string message, string? suggestion = null) =>
        Report(json.Property(key) ?? (JToken)json, message, suggestion);

    /// <summary>The nearest of some names to a misspelt one, or null when none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        var best = candidates
            .Select(candidate => (candidate, distance: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .OrderBy(pair => pair.distance)
            .FirstOrDefault();
        return best.candidate is not null && best.distance <= Math.Max(1, name.Length / 3) ? best.candidate : null;
    }

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

    private double QuantityOf(JToken token, string key, string unit, double fallback, double least, double most)
    {
        var value = double.NaN;
        string? wrong = null;
        if (token.Type is JTokenType.Integer or JTokenType.Float)
            value = token.Value<double>();
        else if (token.Type == JTokenType.String)
            wrong = UnitText.Read(token.Value<string>()!, unit, out value);
        if (wrong is null && value >= least && value <= most)
            return value;
        var range = double.IsPositiveInfinity(most) ? $"at least {Show(least)}" : $"{Show(least)} to {Show(most)}";
        Report(
            token,
            wrong ?? $"\"{key}\" is {Show(token)}",
            unit.Length == 0 ? $"A number, {range}, is expected" : $"{range} {unit} is expected"
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
        var (line, column) = token is IJsonLineInfo info && info.HasLineInfo() ? (info.LineNumber, info.LinePosition) : (0, 0);
        errors.Add(new ScenarioError(file, line, column, token.Path, message, suggestion));
    }

    private static string Show(double number) => number.ToString("G6", CultureInfo.InvariantCulture);

    private static string Show(JToken token)
    {
        var text = token.ToString(Formatting.None);
        return text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 37), "...");
    }

    private static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitute = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitute, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[b.Length];
    }
}
