using System.CommandLine;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval resume [RUN]`.</summary>
internal static class ResumeCommand
{
    private static readonly Argument<string?> Run = Runs.Optional("the newest unfinished run");

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var command = new Command(
            "resume",
            "Go on with an interrupted run; it ends as if it had never been interrupted"
        )
        {
            Run,
        };
        Execution.AddTo(command);
        return host.Bind(command, RunAsync, resumes: true);
    }

    private static async Task<ExitCode> RunAsync(Invocation given)
    {
        var invocation = Execution.Configured(given);
        await using var node = await Runs.OpenForWritingAsync(invocation, mayBeEmpty: false).ConfigureAwait(false);
        var named = invocation.Parsed.GetValue(Run);
        var run = await Runs.FindAsync(node.Library, named, invocation).ConfigureAwait(false);
        if (run.Submission.Inference is not null)
        {
            return run.Conclusion is null
                ? await Inferences.RunAsync(invocation, node, run.Submission.Run).ConfigureAwait(false)
                : await Inferences.PrintAsync(invocation, node, run.Submission.Run).ConfigureAwait(false);
        }
        if (run.Conclusion is null)
        {
            return await Execution.RunAsync(invocation, node, run.Submission.Run).ConfigureAwait(false);
        }
        invocation.Terminal.Tell(
            $"nothing is unfinished; {(named is null ? "the newest run is" : "this is")} {run.Submission.Run}:"
        );
        return await Summaries.PrintAsync(invocation, node, run.Submission.Run).ConfigureAwait(false);
    }
}
