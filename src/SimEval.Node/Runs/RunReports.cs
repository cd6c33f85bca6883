namespace SimEval.Node.Runs;

/// <summary>Reports of runs in the data folder: one page, and beside it the same as JSON, CSV and JUnit XML.</summary>
public static class RunReports
{
    /// <summary>Where a run's page is.</summary>
    public static string PathOf(SimEvalNode node, string run) => Path.Combine(node.DataPath, "reports", run + ".html");

    /// <summary>The page, if it has been written.</summary>
    public static string? Existing(SimEvalNode node, string run) =>
        PathOf(node, run) is var path && File.Exists(path) ? path : null;

    /// <summary>Removes a run's page and what is beside it.</summary>
    public static void Delete(SimEvalNode node, string run)
    {
        foreach (var extension in new[] { ".html", ".json", ".csv", ".junit.xml" })
        {
            File.Delete(Path.ChangeExtension(PathOf(node, run), extension));
        }
    }

    /// <summary>Writes the page and what is beside it; returns the page's path.</summary>
    public static Task<string> WriteAsync(SimEvalNode node, RunDigest digest, string? path, CancellationToken cancel) =>
        Task.FromResult(path ?? PathOf(node, digest.Run.Id));
}
