using SimEval.Cli.Views;
using SimEval.Node;
using SimEval.Node.Runs;

namespace SimEval.Cli.Verbs;

/// <summary>Prints a run at rest: as lines, or as the JSON object.</summary>
internal static class Summaries
{
    /// <summary>Reads and prints a run; its code is that of its verdict.</summary>
    public static async Task<ExitCode> PrintAsync(Invocation invocation, SimEvalNode node, string run, bool writeReport)
    {
        var digest = await Runs.ReadAsync(node.Library, run, invocation).ConfigureAwait(false);
        var report = writeReport
            ? await RunReports.WriteAsync(node, digest, null, invocation.Cancellation).ConfigureAwait(false)
            : RunReports.Existing(node, run);
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
