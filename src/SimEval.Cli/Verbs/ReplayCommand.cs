using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SimEval.Cli.Views;
using SimEval.Devices;
using SimEval.Engine.Comparison;
using SimEval.Engine.Executors;
using SimEval.Engine.Replay;
using SimEval.Engine.Runs;
using SimEval.Metrics.Layers;
using SimEval.Node;
using SimEval.Node.Runs;
using SimEval.Scenarios;

namespace SimEval.Cli.Verbs;

/// <summary>
/// `simeval replay ROLLOUT`: steps the world with the recorded actions and compares every checksum; with --against, shows
/// the first frame where another variant would have acted otherwise, and the layer where it departs there.
/// </summary>
internal static class ReplayCommand
{
    private static readonly Argument<string> Rollout = new("ROLLOUT")
    {
        Description = "VARIANT/POINT/SEED, as int8/gap=9,speed=30/7; the point also by its key",
    };

    private static readonly Option<string?> Run = new("--run")
    {
        Description = "Its run; the newest unless named",
        HelpName = "RUN",
    };

    private static readonly Option<string?> Against = new("--against")
    {
        Description = "Infer every frame again with this variant of the scenario",
        HelpName = "VARIANT",
    };

    private static readonly Option<string?> Html = new("--html")
    {
        Description = "Write a page that plays it",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The verb.</summary>
    public static Command Create(VerbHost host) =>
        host.Bind(
            new Command("replay", "Replay a rollout and verify it frame by frame") { Rollout, Run, Against, Html },
            RunAsync
        );

    private static async Task<ExitCode> RunAsync(Invocation invocation)
    {
        await using var node = Runs.OpenForReading(invocation);
        var (run, key) = await FindAsync(invocation, node).ConfigureAwait(false);
        var name = RolloutNames.Of(run, key);
        var stored =
            await node.Library.RolloutAsync(run, key, invocation.Cancellation).ConfigureAwait(false)
            ?? throw new CommandException(
                ExitCode.Nothing,
                $"nothing of {name} is kept in run {run.Id}: it has not run yet"
            );
        var world = run.Ready.Worlds.Of(key.Point);
        var wantsPage = invocation.Parsed.GetResult(Html) is not null;
        var replay = Replayer.Replay(world, run.Ready.Scenario.Seed, key.Pair, stored.Recording, draw: wantsPage);
        var against = invocation.Parsed.GetValue(Against);
        var departure = against is null ? null : Infer(node, run, stored, against);
        var layers = departure?.Observed is { } observed ? Layers(node, run, stored, against!, observed) : null;
        string? page = null;
        if (wantsPage)
        {
            page = PagePath(invocation, run.Id, key);
            (string, DepartureReport, string?)? asked = departure is null
                ? null
                : (against!, departure, layers?.Report?.FirstDeparture);
            await RunReports
                .WriteReplayAsync(node, run, stored, replay, asked, page, invocation.Cancellation)
                .ConfigureAwait(false);
        }
        if (invocation.Json)
        {
            JsonLine.Write(invocation.Terminal, json => WriteAll(json, run.Id, name, replay, departure, layers, page));
        }
        else
        {
            LiveView.Print(invocation, [.. Draw(name, replay, departure, layers, world.TimeStep, page)]);
        }
        return replay.FirstMismatch is null ? ExitCode.Pass : ExitCode.Failed;
    }

    private static async Task<(StoredRun Run, RolloutKey Key)> FindAsync(Invocation invocation, SimEvalNode node)
    {
        var named = invocation.Parsed.GetValue(Run);
        var found = named is not null
            ? await Runs.FindAsync(node.Library, named, invocation).ConfigureAwait(false)
            : await Runs.NewestAsync(node.Library, invocation).ConfigureAwait(false);
        var run =
            await node.Library.OpenAsync(found.Submission.Run, cancel: invocation.Cancellation).ConfigureAwait(false)
            ?? throw new CommandException(ExitCode.Nothing, $"there is no run {found.Submission.Run}");
        var rollout = invocation.Parsed.GetRequiredValue(Rollout);
        return RolloutNames.Find(run, rollout, out var problem) is { } key
            ? (run, key)
            : throw new CommandException(ExitCode.Nothing, problem);
    }

    private static DepartureReport Infer(SimEvalNode node, StoredRun run, StoredRollout rollout, string against)
    {
        var variant =
            run.Ready.Scenario.Variants.FirstOrDefault(v => v.Name == against)
            ?? throw new CommandException(
                ExitCode.Invalid,
                $"run {run.Id} has no variant '{against}'. "
                    + Nearest.Suggest(against, [.. run.Ready.Scenario.Variants.Select(v => v.Name)])
            );
        var errors = new List<ScenarioError>();
        var prepared =
            node.Checker.Prepare(run.Ready, variant, errors)
            ?? throw new CommandException(ExitCode.Invalid, [.. errors.Select(error => error.ToString())]);
        return Compare(run, rollout, prepared);
    }

    private static DepartureReport Compare(StoredRun run, StoredRollout rollout, PreparedVariant variant)
    {
        var world = run.Ready.Worlds.Of(rollout.Key.Point);
        using var session = variant.Model?.CreateSession(1);
        return Reinference.Against(
            world,
            run.Ready.Scenario.Seed,
            rollout.Key.Pair,
            rollout.Recording,
            variant.Policy?.Invoke(world),
            session,
            variant.InputSources
        );
    }

    private static string PagePath(Invocation invocation, string run, RolloutKey key) =>
        Path.GetFullPath(invocation.Parsed.GetValue(Html) ?? $"replay-{run}-{key.Variant}-{key.Point}-{key.Seed}.html");

    private static IEnumerable<Line> Draw(
        string name,
        ReplayReport replay,
        DepartureReport? departure,
        BuildDeparture? layers,
        double step,
        string? page
    )
    {
        yield return replay.FirstMismatch is { } mismatch
            ? new Line()
                .Add("differs  ", Tone.Bad)
                .Add(
                    $"{name}: {replay.Matched} of {replay.Frames} frames match; frame {mismatch} ({Seconds(mismatch, step)}) is the first that does not"
                )
                .Add(replay.Detail is null ? "" : $": {replay.Detail}")
            : new Line().Add("matches  ", Tone.Good).Add($"{name}: all {replay.Frames} frames, bit for bit");
        if (departure is not null)
        {
            yield return Departure(departure, step);
        }
        if (layers is not null)
        {
            yield return Layer(layers);
        }
        if (page is not null)
        {
            yield return new Line().Add($"page     {Invocation.Show(page)}");
        }
    }

    private static Line Departure(DepartureReport departure, double step)
    {
        var line = new Line().Add("against  ", Tone.Strong);
        line = departure.FirstDeparture is { } first
            ? line.Add(
                $"departs at frame {first} ({Seconds(first, step)}): recorded {Show(departure.Recorded)}, inferred {Show(departure.Inferred)}; "
                    + $"largest difference {Numbers.Significant(departure.LargestDifference)} at frame {departure.LargestAt}"
            )
            : line.Add($"the same action in all {departure.Frames} frames");
        return departure.Fault is null
            ? line
            : line.Add($"; gave no action from frame {departure.Frames}: {departure.Fault}");
    }

    private static Line Layer(BuildDeparture layers)
    {
        var line = new Line().Add("layer    ", Tone.Strong);
        return layers.Report?.Layers.FirstOrDefault(layer => !layer.IsEqual) is { } first
                ? line.Add(
                    double.IsFinite(first.MaxError)
                        ? $"first at {first.Name} there: {first.Differing:N0} of {first.Elements:N0} values differ, by at most {Numbers.Significant(first.MaxError)}"
                        : $"first at {first.Name} there: no number, or another shape"
                )
            : layers.Report is not null
                ? line.Add(
                    $"none departs there on {layers.Parent}'s own inputs and states: {layers.Variant} carries other states"
                )
            : line.Add($"not told: {layers.Reason}");
    }

    private static BuildDeparture Layers(
        SimEvalNode node,
        StoredRun run,
        StoredRollout rollout,
        string against,
        int frame
    ) =>
        new RunDepartures(node.Library, run, run.Plan.Pairs.Count, node.Settings.ToModelOptions()).At(
            rollout,
            against,
            frame
        );

    private static string Show(IReadOnlyList<float> action) =>
        "(" + string.Join(", ", action.Select(a => a.ToString("G6", CultureInfo.InvariantCulture))) + ")";

    private static string Seconds(int frame, double step) =>
        string.Create(CultureInfo.InvariantCulture, $"{(frame + 1) * step:0.0} s");

    private static void WriteAll(
        Utf8JsonWriter json,
        string run,
        string name,
        ReplayReport replay,
        DepartureReport? departure,
        BuildDeparture? layers,
        string? page
    )
    {
        json.WriteString("run", run);
        json.WriteString("rollout", name);
        json.WriteNumber("frames", replay.Frames);
        json.WriteNumber("matched", replay.Matched);
        WriteIndex("firstMismatch", replay.FirstMismatch);
        if (departure is not null)
        {
            json.WriteStartObject("against");
            json.WriteNumber("frames", departure.Frames);
            WriteIndex("firstDeparture", departure.FirstDeparture);
            json.WriteString("layer", layers?.Report?.FirstDeparture);
            json.WriteString("layerUnknown", layers?.Reason);
            json.WriteFinite("largestDifference", departure.LargestDifference);
            WriteIndex("largestAt", departure.LargestAt);
            json.WriteFinite("meanDifference", departure.MeanDifference);
            json.WriteString("fault", departure.Fault);
            json.WriteEndObject();
        }
        json.WriteString("page", page is null ? null : Invocation.Show(page));

        void WriteIndex(string field, int? index)
        {
            if (index is { } value)
            {
                json.WriteNumber(field, value);
            }
            else
            {
                json.WriteNull(field);
            }
        }
    }
}
