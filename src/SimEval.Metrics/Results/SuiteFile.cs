using SimEval.Scenarios;

namespace SimEval.Metrics.Results;

/// <summary>The file that a suite's point came from: several of its points (planning problems) may share one.</summary>
public static class SuiteFile
{
    /// <summary>The file as the point names it, without the item inside; null when the point comes from no file.</summary>
    public static string? Of(Point point)
    {
        foreach (var (_, value) in point.Assignment)
        {
            if (value.Text is not { } text)
                continue;
            var item = text.LastIndexOf('#');
            var file = item < 0 ? text : text[..item];
            if (file.EndsWith(".xml", StringComparison.OrdinalIgnoreCase))
                return file;
        }

        return null;
    }
}
