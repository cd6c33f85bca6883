using System.CommandLine;
using SimEval.Cli.Verbs.Model;
using SimEval.Cli.Views;
using SimEval.Node.Runs;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval report [RUN]`: makes the report again from what is kept.</summary>
internal static class ReportCommand
{
    private static readonly Argument<string?> Run = Runs.Optional("the newest finished run");
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Where to write the page",
        HelpName = "FILE",
    };

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host) =>
        host.Bind(new Command("report", "Write a run's report again") { Run, Out }, RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation invocation)
    {
        await using var node = Runs.OpenForReading(invocation);
        var named = invocation.Parsed.GetValue(Run);
        var run = named ?? await NewestFinishedAsync(node.Library, invocation).ConfigureAwait(false);
        var digest = await Runs.ReadNamedAsync(node.Library, run, invocation).ConfigureAwait(false);
        if (digest.Assessment is null)
        {
            throw new CommandException(ExitCode.Nothing, $"{run} is unfinished: 'simeval resume {run}' goes on");
        }
        var path = invocation.Parsed.GetValue(Out);
        var pace = new Pace(invocation);
        var written = await RunReports
            .WriteAsync(node, digest, path, pace.Tell, invocation.Cancellation)
            .ConfigureAwait(false);
        if (invocation.Json)
        {
            SummaryJson.Write(invocation.Terminal, digest.Summarize(written));
        }
        else
        {
            invocation.Terminal.Print(Invocation.Show(written));
        }
        return ExitCode.Pass;
    }

    private static async Task<string> NewestFinishedAsync(Engine.Runs.RunLibrary library, Invocation invocation) =>
        (await library.ListAsync(invocation.Cancellation).ConfigureAwait(false))
            .LastOrDefault(run => run.Conclusion is not null)
            ?.Submission.Run
        ?? throw new CommandException(ExitCode.Nothing, "there is no finished run");
}
