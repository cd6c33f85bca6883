using System.CommandLine;
using SimEval.Cli.Views;
using SimEval.Engine;
using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.Node;
using SimEval.Node.Runs;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval run FILE`: submits a scenario and carries it out.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> FileArgument = new("file")
    {
        Description = "A scenario file, or a CommonRoad XML as it is",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "Set a key of the file before it is read: --set variants.int8.model=PATH",
        HelpName = "KEY=VALUE",
    };

    private static readonly Option<string?> Baseline = new("--baseline")
    {
        Description = "Compare with the variants of the same name in this run",
        HelpName = "RUN",
    };

    private static readonly Option<ulong?> Seed = new("--seed") { Description = "The scenario seed", HelpName = "N" };

    private static readonly Option<int?> InFlight = new("--in-flight")
    {
        Description = "Most rollouts at the same time; changes no result",
        HelpName = "N",
    };

    private static readonly Option<ulong?> Shuffle = new("--shuffle")
    {
        Description = "Another order of work; changes no result",
        Hidden = true,
    };

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host) =>
        host.Bind(
            new Command("run", "Run a scenario: every rollout, a verdict, a report")
            {
                FileArgument,
                Set,
                Baseline,
                Seed,
                InFlight,
                Shuffle,
            },
            RunAsync
        );

    private static async Task<ExitCode> RunAsync(Invocation invocation)
    {
        var parsed = invocation.Parsed;
        var file = parsed.GetValue(FileArgument)!;
        var checker = SimEvalNode.CreateChecker(invocation.Settings);
        var ready = Checks.Require(
            invocation,
            checker.CheckFile(file, Checks.Overrides(parsed.GetValue(Set), parsed.GetValue(Seed)))
        );
        await using var node = await SimEvalNode
            .OpenAsync(invocation.DataFolder, invocation.Settings)
            .ConfigureAwait(false);
        var run = await node
            .Service.SubmitAsync(
                ready,
                parsed.GetValue(Baseline),
                Checks.Command(file, parsed.GetValue(Set), parsed.GetValue(Seed), parsed.GetValue(Baseline)),
                $"{Environment.ProcessId}-{TimeProvider.System.GetUtcNow().Ticks}"
            )
            .ConfigureAwait(false);
        return await Executions
            .CarryOutAsync(
                invocation,
                node,
                run,
                new ExecutionOptions(parsed.GetValue(InFlight), parsed.GetValue(Shuffle))
            )
            .ConfigureAwait(false);
    }
}
