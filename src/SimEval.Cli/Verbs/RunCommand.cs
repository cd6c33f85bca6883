using System.CommandLine;
using System.Globalization;
using SimEval.Cli.Views;
using SimEval.Engine;
using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.Node;
using SimEval.Node.Configuration;
using SimEval.Node.Runs;

namespace SimEval.Cli.Verbs;

/// <summary>`simeval run FILE`.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> File = new("FILE")
    {
        Description = "A scenario file, or a CommonRoad XML as it is",
    };

    private static readonly Option<string?> Baseline = new("--baseline")
    {
        Description = "Compare with variants of the same name in this run",
        HelpName = "RUN",
    };

    private static readonly Option<ulong?> Seed = new("--seed") { Description = "The scenario seed", HelpName = "N" };

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host)
    {
        var command = new Command("run", "Run a scenario file to its verdict and report")
        {
            File,
            Overrides.Set,
            Baseline,
            Seed,
        };
        Execution.AddTo(command);
        return host.Bind(command, RunAsync, resumes: true);
    }

    private static async Task<ExitCode> RunAsync(Invocation given)
    {
        var invocation = Execution.Configured(given);
        var file = invocation.Parsed.GetRequiredValue(File);
        var seed = invocation.Parsed.GetValue(Seed);
        var checker = SimEvalNode.CreateChecker(invocation.Settings, invocation.DataFolder);
        var extra = seed is { } number ? new[] { ("seed", number.ToString(CultureInfo.InvariantCulture)) } : [];
        var ready = ScenarioCommand.Load(invocation, checker, file, needsPoints: true, extra);
        await using var node = await Runs.OpenForWritingAsync(invocation, mayBeEmpty: true).ConfigureAwait(false);
        var baseline = invocation.Parsed.GetValue(Baseline);
        var run = await node
            .Service.SubmitAsync(ready, baseline, Reproduce(invocation, file), Guid.NewGuid().ToString("N"))
            .ConfigureAwait(false);
        return await Execution.RunAsync(invocation, node, run).ConfigureAwait(false);
    }

    // The command that gives the same results again: everything that enters them, nothing that does not.
    private static string Reproduce(Invocation invocation, string file)
    {
        var words = new List<string> { "simeval", "run", file };
        foreach (var (key, value) in Overrides.Read(invocation))
        {
            words.Add("--set");
            words.Add($"{key}={value}");
        }
        if (invocation.Parsed.GetValue(Seed) is { } seed)
        {
            words.Add("--seed");
            words.Add(seed.ToString(CultureInfo.InvariantCulture));
        }
        if (invocation.Parsed.GetValue(Baseline) is { } baseline)
        {
            words.Add("--baseline");
            words.Add(baseline);
        }
        return string.Join(' ', words.Select(Quote));
    }

    /// <summary>A word as a shell takes it.</summary>
    public static string Quote(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:+,@%".Contains(c, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}

/// <summary>Carrying a run out, which `run` and `resume` share.</summary>
internal static class Execution
{
    private static readonly Option<int?> InFlight = new("--in-flight")
    {
        Description =
            "Most rollouts at the same time, in the place of engine.rollouts-in-flight; results do not depend on it",
        HelpName = "N",
    };

    private static readonly Option<ulong?> Shuffle = new("--shuffle") { Hidden = true };

    /// <summary>Adds the options that change how, and never what.</summary>
    public static void AddTo(Command command)
    {
        command.Add(InFlight);
        command.Add(Shuffle);
        InFlight.Validators.Clear();
        InFlight.Takes(
            value => value is null or (>= 1 and <= EngineSettings.MostInFlight),
            $"a whole number from 1 to {EngineSettings.MostInFlight}"
        );
    }

    /// <summary>With what is asked for on the command line in the configuration, where memory is accounted and executors are made.</summary>
    public static Invocation Configured(Invocation invocation) =>
        invocation.Parsed.GetValue(InFlight) is { } inFlight
            ? invocation with
            {
                Settings = invocation.Settings with
                {
                    Engine = invocation.Settings.Engine with { RolloutsInFlight = inFlight },
                },
            }
            : invocation;

    /// <summary>Carries a run out, shows it, writes its report and prints its end.</summary>
    public static async Task<ExitCode> RunAsync(Invocation invocation, SimEvalNode node, string run)
    {
        var options = new ExecutionOptions(invocation.Parsed.GetValue(Shuffle));
        var watch = new RunWatch(run, TimeProvider.System);
        var work = Task.Run(() => node.Service.ExecuteAsync(run, options, watch, invocation.Cancellation));
        var outcome = await LiveView.WatchAsync(invocation, watch.LookAsync, work).ConfigureAwait(false);
        switch (outcome.End.Kind)
        {
            case ExecutionEndKind.Interrupted:
                invocation.Terminal.Tell($"interrupted; nothing is lost: 'simeval resume {run}' goes on");
                break;
            case ExecutionEndKind.Failed:
                throw Broken(run, outcome);
            default:
                break;
        }
        return await Summaries.PrintAsync(invocation, node, run).ConfigureAwait(false);
    }

    private static CommandException Broken(string run, RunOutcome outcome) =>
        new(ExitCode.Infrastructure, [outcome.End.Reason, $"when that is mended, 'simeval resume {run}' goes on"]);
}
