using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios;

/// <summary>How things from a file are put into a sentence for people: short, and without anything a terminal would obey.</summary>
public static class Wording
{
    /// <summary>The text in double quotes, cleaned.</summary>
    public static string Quote(string text) => $"\"{Clean(text)}\"";

    /// <summary>The text with control and formatting characters escaped, cut after <paramref name="longest"/> characters.</summary>
    public static string Clean(string text, int longest = 80)
    {
        var clean = new StringBuilder(Math.Min(text.Length, longest + 3));
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            if (
                char.IsControl(c)
                || char.IsSurrogate(c)
                || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format
            )
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                clean.Append(c);
        }

        return text.Length > longest ? clean.Append("...").ToString() : clean.ToString();
    }

    /// <summary>What a JSON value is, in words: "a text", "a number", "a list", "an object", "nothing".</summary>
    public static string KindOf(JToken token) =>
        token.Type switch
        {
            JTokenType.String => "a text",
            JTokenType.Integer or JTokenType.Float => "a number",
            JTokenType.Boolean => "true or false",
            JTokenType.Array => "a list",
            JTokenType.Object => "an object",
            JTokenType.Null or JTokenType.Undefined => "nothing",
            _ => "something that is no JSON",
        };
}
