using SimEval.Cli.Verbs.Model;
using SimEval.Cli.Views;
using SimEval.Node;
using SimEval.Node.Runs;

namespace SimEval.Cli.Verbs;

/// <summary>Prints a run at rest: as lines, or as the JSON object.</summary>
internal static class Summaries
{
    /// <summary>
    /// Reads and prints a run; its code is that of its verdict. A finished run without its report (a kill came between)
    /// gets it here, where the folder is open for writing.
    /// </summary>
    public static async Task<ExitCode> PrintAsync(Invocation invocation, SimEvalNode node, string run)
    {
        // What is printed of an interrupted run is read after the interruption.
        var digest =
            await RunDigest.ReadAsync(node.Library, run, CancellationToken.None).ConfigureAwait(false)
            ?? throw new CommandException(ExitCode.Nothing, $"there is no run {run}");
        var report = RunReports.Existing(node, run);
        if (report is null && digest.Assessment is not null && node.IsWriter)
        {
            var pace = new Pace(invocation);
            report = await RunReports
                .WriteAsync(node, digest, null, pace.Tell, CancellationToken.None)
                .ConfigureAwait(false);
        }
        return Print(invocation, digest.Summarize(report));
    }

    /// <summary>Prints a summary.</summary>
    public static ExitCode Print(Invocation invocation, RunSummary summary)
    {
        if (invocation.Json)
        {
            SummaryJson.Write(invocation.Terminal, summary);
        }
        else
        {
            LiveView.Print(invocation, SummaryPicture.Draw(summary));
        }
        return SummaryJson.CodeOf(summary);
    }
}
