using Newtonsoft.Json;

namespace SimEval.Scenarios.Reading;

/// <summary>The JSON reader's complaints in words that say what to write.</summary>
internal static class SyntaxErrors
{
    private const string Own = "SimEval: ";

    /// <summary>The message, and whether it is about the token that begins here rather than the character reached.</summary>
    internal static (string Message, bool AtStart) Explain(JsonReaderException wrong, int depth)
    {
        var text = wrong.Message;
        var tail = text.LastIndexOf(" Path '", StringComparison.Ordinal);
        if (tail > 0)
            text = text[..tail];
        text = text.TrimEnd('.', ' ');
        if (text.StartsWith(Own, StringComparison.Ordinal))
            return (text[Own.Length..], true);
        if (
            text.StartsWith("After parsing a value an unexpected character", StringComparison.Ordinal)
            || text.StartsWith("Unexpected character encountered while parsing number", StringComparison.Ordinal)
        )
            return ($"a comma or a closing bracket is missing before {Last(text)}", false);
        if (text.StartsWith("Invalid character after parsing property name", StringComparison.Ordinal))
            return ("a key is followed by a colon and its value", false);
        if (text.StartsWith("Invalid property identifier character", StringComparison.Ordinal))
            return ($"a key in double quotes is expected, not {Last(text)}", false);
        if (text.StartsWith("Unexpected character encountered while parsing value", StringComparison.Ordinal))
            return ($"a value is expected, not {Last(text)} (texts stand in double quotes)", false);
        if (text.StartsWith("Unterminated string", StringComparison.Ordinal))
            return ("a text begins here and its closing quote is missing", true);
        if (text.StartsWith("Unexpected end while parsing comment", StringComparison.Ordinal))
            return ("a comment begins here and has no end", true);
        if (
            (
                text.StartsWith("Unexpected end", StringComparison.Ordinal)
                || text.StartsWith("Error reading", StringComparison.Ordinal)
            ) && !text.Contains("escape", StringComparison.Ordinal)
        )
            return ("the file ends before its last bracket is closed", false);
        if (
            text.StartsWith("Error parsing", StringComparison.Ordinal)
            || text.EndsWith("is not a valid number", StringComparison.Ordinal)
        )
            return ("this is no number, no true, false or null, and not a text in double quotes", true);
        if (text.Contains("too large to parse", StringComparison.Ordinal))
            return ("a number has too many digits", true);
        if (
            text.StartsWith("Bad JSON escape sequence", StringComparison.Ordinal)
            || text.Contains("Unicode escape", StringComparison.Ordinal)
        )
            return (
                "a backslash in a text is followed by one of \\ / \" b f n r t, or by u and four hexadecimal digits",
                false
            );
        if (text.StartsWith("Additional text", StringComparison.Ordinal))
            return ("something follows the end of the file's one object", false);
        if (text.Contains("is not valid for closing", StringComparison.Ordinal))
            return ("this bracket closes nothing: a list ends with ], an object with }", false);
        if (text.Contains("MaxDepth", StringComparison.Ordinal))
            return ($"objects and lists are nested too deep: at most {depth}", false);
        return (Wording.Clean(text), false);
    }

    private static string Last(string text)
    {
        var colon = text.LastIndexOf(": ", StringComparison.Ordinal);
        var found = colon < 0 ? "" : text[(colon + 2)..].Trim();
        return found.Length == 0 ? "the end" : $"'{Wording.Clean(found)}'";
    }
}
