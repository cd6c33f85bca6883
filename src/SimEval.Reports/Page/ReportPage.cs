using SimEval.Reports.Data;

namespace SimEval.Reports.Page;

/// <summary>Makes the one self-contained HTML file: the template built from src/web, with the data inside.</summary>
public static class ReportPage
{
    private const string Slot = "<script type=\"application/json\" id=\"report-data\">null</script>";
    private static readonly Lazy<string> Template = new(ReadTemplate);

    /// <summary>The page. It needs no network and no other file, and shows every text of <paramref name="data"/> as text.</summary>
    public static string Render(ReportData data)
    {
        var template = Template.Value;
        var at = template.IndexOf(Slot, StringComparison.Ordinal);
        if (at < 0)
        {
            throw new InvalidOperationException("The report template has no place for the data.");
        }

        return string.Concat(
            template.AsSpan(0, at),
            "<script type=\"application/json\" id=\"report-data\">",
            ReportJson.Write(data),
            string.Concat("</script>", template.AsSpan(at + Slot.Length))
        );
    }

    private static string ReadTemplate()
    {
        using var stream =
            typeof(ReportPage).Assembly.GetManifestResourceStream("report.html")
            ?? throw new InvalidOperationException("The report template is not embedded in SimEval.Reports.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
