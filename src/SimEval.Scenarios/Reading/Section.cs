using System.Globalization;
using System.Numerics;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios.Units;

namespace SimEval.Scenarios.Reading;

/// <summary>
/// One object of the file while it is read: each key is asked for with the type it must have, what was left out is noted with
/// its default, and at the end whatever was never asked for is an unknown key.
/// </summary>
internal sealed class Section(JObject json, Problems problems, List<AppliedDefault> defaults)
{
    private readonly List<string> known = [];

    internal JObject Json => json;

    /// <summary>The value, or null when the key is absent; the key is then known.</summary>
    internal JToken? Take(string key)
    {
        known.Add(key);
        return json.TryGetValue(key, StringComparison.Ordinal, out var value) ? value : null;
    }

    /// <summary>The value of a key that must be there.</summary>
    internal JToken? Need(string key, string example)
    {
        var value = Take(key);
        if (value is null)
            problems.Error(json, $"'{key}' is missing", $"Write {example}");
        return value;
    }

    /// <summary>Notes a default that applies.</summary>
    internal void Default(string key, string value) =>
        defaults.Add(new AppliedDefault(json.Path.Length == 0 ? key : $"{json.Path}.{key}", value));

    /// <summary>A text, or null when absent or wrong (wrong is reported).</summary>
    internal string? Text(string key, string example)
    {
        var value = Take(key);
        return value is null ? null : TextOf(value, problems, example);
    }

    /// <summary>A whole number within bounds, or the default.</summary>
    internal int Integer(string key, int least, int most, int fallback, Func<int, string>? note = null)
    {
        if (Take(key) is not { } value)
        {
            Default(key, note?.Invoke(fallback) ?? fallback.ToString(CultureInfo.InvariantCulture));
            return fallback;
        }

        return IntegerOf(value, problems, least, most) ?? fallback;
    }

    /// <summary>An object, or null when absent or wrong.</summary>
    internal Section? Object(string key, string example)
    {
        var value = Take(key);
        if (value is null or JObject)
            return value is null ? null : new Section((JObject)value, problems, defaults);
        problems.Error(value, $"'{key}' must be an object, not {Wording.KindOf(value)}", $"Write {example}");
        return null;
    }

    /// <summary>A list, or null when absent or wrong.</summary>
    internal JArray? List(string key, string example)
    {
        var value = Take(key);
        if (value is null or JArray)
            return (JArray?)value;
        problems.Error(value, $"'{key}' must be a list, not {Wording.KindOf(value)}", $"Write {example}");
        return null;
    }

    /// <summary>Reports every key that nobody asked for, with the nearest that is known.</summary>
    internal void Finish()
    {
        foreach (var property in json.Properties())
        {
            if (problems.Full)
                return;
            if (!known.Contains(property.Name))
                problems.Error(
                    property,
                    $"unknown key '{Wording.Clean(property.Name)}'",
                    Nearest.Suggest(property.Name, known)
                );
        }
    }

    internal static string? TextOf(JToken value, Problems problems, string example)
    {
        if (value.Type == JTokenType.String)
            return (string)value!;
        problems.Error(value, $"a text is expected, not {Wording.KindOf(value)}", $"Write {example}");
        return null;
    }

    internal static int? IntegerOf(JToken value, Problems problems, int least, int most)
    {
        if (WholeOf(value) is { } whole && whole >= least && whole <= most)
            return (int)whole;
        problems.Error(value, $"a whole number from {least:N0} to {most:N0} is expected, not {Shown(value)}");
        return null;
    }

    internal static double? NumberOf(JToken value, Problems problems, double least, double most, string expected)
    {
        if (!Quantity.TryRead(value, Dimension.Number, out var number, out var problem))
        {
            problems.Error(value, problem);
            return null;
        }

        if (number >= least && number <= most)
            return number;
        problems.Error(value, $"{expected} is expected, not {Shown(value)}");
        return null;
    }

    /// <summary>The value as a whole number when it is one, whether written 3, 3.0 or 3e0.</summary>
    internal static BigInteger? WholeOf(JToken value)
    {
        if (value is not JValue { Value: { } plain })
            return null;
        return plain switch
        {
            long number => number,
            BigInteger number => number,
            double number when Math.Floor(number) == number && Math.Abs(number) < 1e300 => new BigInteger(number),
            _ => null,
        };
    }

    /// <summary>A value as written, short enough for a sentence.</summary>
    internal static string Shown(JToken value) =>
        value switch
        {
            JValue { Type: JTokenType.String } text => Wording.Quote((string)text!),
            JValue { Value: { } plain } => Wording.Clean(Convert.ToString(plain, CultureInfo.InvariantCulture) ?? ""),
            _ => Wording.KindOf(value),
        };
}
