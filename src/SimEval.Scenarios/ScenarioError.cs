namespace SimEval.Scenarios;

/// <summary>One thing wrong with a file: where, what, and what would be right.</summary>
/// <param name="File">File name.</param>
/// <param name="Line">1-based; 0 when unknown.</param>
/// <param name="Column">1-based; 0 when unknown.</param>
/// <param name="Path">JSON path or XML path; "" when unknown.</param>
/// <param name="Message">What was wrong.</param>
/// <param name="Suggestion">What would be right (the nearest name, the expected unit), or null.</param>
public sealed record ScenarioError(
    string File,
    int Line,
    int Column,
    string Path,
    string Message,
    string? Suggestion = null
)
{
    /// <summary>file:line:column: message (at path). Did you mean ...?</summary>
    public override string ToString() =>
        (Line > 0 ? $"{File}:{Line}:{Column}: " : $"{File}: ")
        + Message
        + (Path.Length > 0 ? $" (at {Path})" : "")
        + (Suggestion is null ? "" : $". {Suggestion}");
}
