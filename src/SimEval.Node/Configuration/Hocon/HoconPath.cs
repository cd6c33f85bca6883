namespace SimEval.Node.Configuration.Hocon;

/// <summary>Paths such as engine.cohort-size or a."b.c".</summary>
internal static class HoconPath
{
    /// <summary>Elements joined by dots; one that holds anything special is quoted.</summary>
    public static string Render(IEnumerable<string> elements) => string.Join('.', elements.Select(Quote));

    private static string Quote(string element) =>
        element.Length > 0 && element.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? element
            : "\""
                + element
                    .Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("\"", "\\\"", StringComparison.Ordinal)
                + "\"";
}
