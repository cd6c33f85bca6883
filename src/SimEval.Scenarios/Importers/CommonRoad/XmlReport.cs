namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>Collects the errors and notes of one file, up to a limit each.</summary>
internal sealed class XmlReport(string file, ICollection<ScenarioError> errors)
{
    private readonly List<ScenarioError> _notes = [];

    /// <summary>Errors so far, those past the limit included.</summary>
    public int ErrorCount { get; private set; }

    public IReadOnlyList<ScenarioError> Notes => _notes;

    public void Error(XmlTree at, string message, string? suggestion = null) =>
        Error(at.Line, at.Column, at.Path, message, suggestion);

    public void Error(int line, int column, string path, string message, string? suggestion = null)
    {
        ErrorCount++;
        if (ErrorCount <= CommonRoadReader.MaximumReports)
            errors.Add(new ScenarioError(file, line, column, OneLine(path), OneLine(message), suggestion));
        else if (ErrorCount == CommonRoadReader.MaximumReports + 1)
            errors.Add(new ScenarioError(file, line, column, "", "further errors of this file are not listed"));
    }

    public void Note(XmlTree at, string message)
    {
        if (_notes.Count < CommonRoadReader.MaximumReports)
            _notes.Add(new ScenarioError(file, at.Line, at.Column, OneLine(at.Path), OneLine(message)));
    }

    /// <summary>Without control characters, and short enough for a terminal.</summary>
    public static string OneLine(string text)
    {
        string cut = text.Length <= 300 ? text : text[..300] + "...";
        return string.Create(
            cut.Length,
            cut,
            static (to, from) =>
            {
                for (int i = 0; i < to.Length; i++)
                    to[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? '?' : from[i];
            }
        );
    }
}
