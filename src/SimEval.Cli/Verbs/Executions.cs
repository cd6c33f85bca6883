using SimEval.Cli.Views;
using SimEval.Engine;
using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.Node;
using SimEval.Node.Runs;

namespace SimEval.Cli.Verbs;

/// <summary>Carries a run out while showing it, then tells what it came to: the common half of `run` and `resume`.</summary>
internal static class Executions
{
    /// <summary>Carries out and reports.</summary>
    public static async Task<ExitCode> CarryOutAsync(
        Invocation invocation,
        SimEvalNode node,
        string run,
        ExecutionOptions options
    )
    {
        var watch = new RunWatch(run, TimeProvider.System);
        var outcome = await LiveView
            .WatchAsync(invocation, watch.Look, node.Service.ExecuteAsync(run, options, watch, invocation.Cancellation))
            .ConfigureAwait(false);
        if (outcome.End.Kind == ExecutionEndKind.Failed)
            throw new CommandException(
                ExitCode.Infrastructure,
                $"run {run} stopped: {outcome.End.Reason}. Nothing that was done is lost: 'simeval resume {run}' goes on"
            );
        var summary = await RunSummaries
            .OfAsync(node, outcome.Run, report: null, CancellationToken.None)
            .ConfigureAwait(false);
        if (invocation.Json)
            SummaryJson.Write(invocation.Terminal, summary);
        else
            LiveView.Print(invocation, SummaryPicture.Draw(summary));
        return SummaryJson.CodeOf(summary);
    }
}
