using SimEval.Reports.Build;
using SimEval.Reports.Page;

namespace SimEval.Reports.Exports;

/// <summary>One file of a report.</summary>
/// <param name="Extension">What follows the run's id: ".html", ".json", ".csv", ".junit.xml".</param>
/// <param name="Text">Its content, to be written as UTF-8 without a mark.</param>
public sealed record ReportFile(string Extension, string Text);

/// <summary>Everything that is written of a finished run.</summary>
public static class ReportFiles
{
    /// <summary>The page, and beside it the same as JSON, CSV and JUnit XML; one after another, as each is large.</summary>
    public static IEnumerable<ReportFile> Of(ReportInput input)
    {
        yield return new ReportFile(".json", ResultsJson.Write(input));
        yield return new ReportFile(".csv", ResultsCsv.Write(input.Run, input.Results));
        yield return new ReportFile(".junit.xml", JUnitXml.Write(input));
        // The page comes last: where it stands, so do the others, however a writer was cut short.
        yield return new ReportFile(".html", ReportPage.Render(ReportBuilder.Build(input)));
    }
}
