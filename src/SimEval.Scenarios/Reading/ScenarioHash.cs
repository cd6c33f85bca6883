using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios.Reading;

/// <summary>
/// SHA-256 over a scenario's canonical form: keys in ordinal order, no white space or comments, numbers by value (10 and 10.0
/// are one), without "$schema", which only editors read.
/// </summary>
internal static class ScenarioHash
{
    internal static string Of(JObject root)
    {
        var text = new StringBuilder();
        Write(root, text, top: true);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Write(JToken token, StringBuilder text, bool top = false)
    {
        switch (token)
        {
            case JObject json:
                text.Append('{');
                foreach (var property in json.Properties().OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    if (top && property.Name == "$schema")
                        continue;
                    text.Append(JsonConvert.ToString(property.Name)).Append(':');
                    Write(property.Value, text);
                    text.Append(',');
                }

                text.Append('}');
                break;
            case JArray list:
                text.Append('[');
                foreach (var item in list)
                {
                    Write(item, text);
                    text.Append(',');
                }

                text.Append(']');
                break;
            case JValue value:
                text.Append(Plain(value));
                break;
            default:
                throw new InvalidOperationException($"A scenario holds no {token.Type}.");
        }
    }

    private static string Plain(JValue value) =>
        value.Value switch
        {
            null => "null",
            bool truth => truth ? "true" : "false",
            string text => JsonConvert.ToString(text),
            double number when Math.Floor(number) == number && Math.Abs(number) < 1e15 => ((long)number).ToString(
                CultureInfo.InvariantCulture
            ),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            BigInteger number => number.ToString(CultureInfo.InvariantCulture),
            _ => Convert.ToString(value.Value, CultureInfo.InvariantCulture)!,
        };
}
