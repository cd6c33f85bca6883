namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>Reads CommonRoad scenario XML of the versions 2018b and 2020a.</summary>
public static class CommonRoadReader
{
    /// <summary>Most errors, and most notes, that are listed of one file.</summary>
    public const int MaximumReports = 100;

    /// <summary>
    /// Most obstacle steps of one file, gaps between recorded states included: what a scenario is played back from.
    /// </summary>
    public const int MaximumObstacleSteps = 2_000_000;

    /// <summary>
    /// The file, or null with every error reported: line, column, XML path, what was wrong. Never throws on content.
    /// </summary>
    /// <param name="bytes">The whole file, in any encoding that XML may declare.</param>
    /// <param name="fileName">For messages.</param>
    /// <param name="errors">Receives what is wrong.</param>
    public static CommonRoadFile? Read(byte[] bytes, string fileName, ICollection<ScenarioError> errors)
    {
        var report = new XmlReport(fileName, errors);
        var draft = new CommonRoadDraft(report);
        bool isWhole = XmlScan.Read(bytes, report, draft.Begin, draft.Add);
        return isWhole && report.ErrorCount == 0 ? draft.Finish() : null;
    }

    /// <summary>
    /// Whether bytes look like a CommonRoad scenario (their root element says so), to tell one from a scenario file of another kind.
    /// </summary>
    public static bool LooksLikeScenario(byte[] bytes)
    {
        bool found = false;
        var report = new XmlReport("", new List<ScenarioError>());
        XmlScan.Read(
            bytes,
            report,
            root =>
            {
                found = root.Name == "commonRoad";
                return false;
            },
            _ => { }
        );
        return found;
    }
}
