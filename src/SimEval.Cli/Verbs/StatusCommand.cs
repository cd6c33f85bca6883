using System.CommandLine;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval status [RUN]`: works beside a running writer.</summary>
internal static class StatusCommand
{
    private static readonly Argument<string?> Run = Runs.Optional("the newest unfinished run, else the newest run");

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host) =>
        host.Bind(new Command("status", "Show where a run stands, or how it ended") { Run }, RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation invocation)
    {
        await using var node = Runs.OpenForReading(invocation);
        var run = await Runs.FindAsync(node.Library, invocation.Parsed.GetValue(Run), invocation).ConfigureAwait(false);
        _ = run.Submission.Inference is null
            ? await Summaries.PrintAsync(invocation, node, run.Submission.Run).ConfigureAwait(false)
            : await Inferences.PrintAsync(invocation, node, run.Submission.Run).ConfigureAwait(false);
        // To be asked is all that it does: a failed gate is no failure of the question.
        return ExitCode.Pass;
    }
}
