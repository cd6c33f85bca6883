using System.Globalization;
using System.Text;
using SimEval.Devices;
using SimEval.Engine.Comparison;
using SimEval.Engine.Replay;
using SimEval.Engine.Runs;
using SimEval.Metrics;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Layers;
using SimEval.Reports.Build;
using SimEval.Reports.Data;
using SimEval.Reports.Exports;
using SimEval.Reports.Page;
using SimEval.Scenarios;
using SimEval.Scenarios.Replays;

namespace SimEval.Node.Runs;

/// <summary>Reports of runs in the data folder: one page, and beside it the same as JSON, CSV and JUnit XML.</summary>
public static class RunReports
{
    private const string PageExtension = ".html";
    private static readonly string[] Extensions = [PageExtension, ".json", ".csv", ".junit.xml"];

    /// <summary>The page of a run, if it has been written.</summary>
    public static string? Existing(SimEvalNode node, string run) =>
        PathOf(node, run) is var path && File.Exists(path) ? path : null;

    /// <summary>Removes a run's page and what is beside it.</summary>
    public static void Delete(SimEvalNode node, string run)
    {
        var page = PathOf(node, run);
        foreach (var path in Extensions.Select(extension => Beside(page, extension)).Where(File.Exists))
        {
            File.Delete(path);
        }
    }

    /// <summary>Writes a finished run's page and what is beside it; returns the page's path.</summary>
    /// <param name="node">The node.</param>
    /// <param name="digest">The run; it must be judged.</param>
    /// <param name="path">Where; null: in the data folder.</param>
    /// <param name="progress">Called with what is being done, often.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<string> WriteAsync(
        SimEvalNode node,
        RunDigest digest,
        string? path,
        Action<Func<string>>? progress,
        CancellationToken cancel
    )
    {
        var departures = await DeparturesAsync(node, digest, progress, cancel).ConfigureAwait(false);
        var input = InputOf(node, digest) with { Departures = departures };
        var page = Path.GetFullPath(path ?? PathOf(node, digest.Run.Id));
        Directory.CreateDirectory(Path.GetDirectoryName(page)!);
        foreach (var file in ReportFiles.Of(input))
        {
            var beside = file.Extension == PageExtension ? page : Beside(page, file.Extension);
            await ReplaceAsync(beside, file.Text, cancel).ConfigureAwait(false);
        }
        return page;
    }

    /// <summary>One export of a finished run: "json", "csv" or "junit".</summary>
    /// <param name="node">The node.</param>
    /// <param name="digest">The run; it must be judged.</param>
    /// <param name="format">The format.</param>
    /// <param name="progress">Called with what is being done, often.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<string> ExportAsync(
        SimEvalNode node,
        RunDigest digest,
        string format,
        Action<Func<string>>? progress,
        CancellationToken cancel
    )
    {
        var input = InputOf(node, digest);
        return format switch
        {
            "json" => ResultsJson.Write(
                input with
                {
                    Departures = await DeparturesAsync(node, digest, progress, cancel).ConfigureAwait(false),
                }
            ),
            "csv" => ResultsCsv.Write(input.Run, input.Results),
            "junit" => JUnitXml.Write(input),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "json, csv or junit"),
        };
    }

    /// <summary>Writes the page of one rollout, to look at; beside it the other variant's own rollout, if that has run.</summary>
    /// <param name="node">The node.</param>
    /// <param name="run">The run.</param>
    /// <param name="rollout">The rollout.</param>
    /// <param name="replay">Its replay, drawn.</param>
    /// <param name="against">The variant that was asked about, where it departs, and the first layer there; null: none was.</param>
    /// <param name="path">Where.</param>
    /// <param name="cancel">Gives up.</param>
    public static Task WriteReplayAsync(
        SimEvalNode node,
        StoredRun run,
        StoredRollout rollout,
        ReplayReport replay,
        (string Variant, DepartureReport Report, string? Layer)? against,
        string path,
        CancellationToken cancel
    )
    {
        var step = run.Ready.Worlds.Of(rollout.Key.Point).TimeStep;
        var rollouts = new List<ReplayedRollout>();
        if (against is { } other && other.Variant != rollout.Key.Variant)
        {
            var key = rollout.Key with { Variant = other.Variant };
            if (node.Library.RolloutAsync(run, key, cancel).GetAwaiter().GetResult() is { State.Result: { } result })
            {
                rollouts.Add(new ReplayedRollout(result, Scene(node, run, key)!));
            }
        }
        rollouts.Add(new ReplayedRollout(rollout.State.Result ?? Unfinished(rollout), replay.Scene!));
        var input = new ReplayInput
        {
            Run = run.Id,
            Scenario = run.Ready.Scenario,
            Plan = run.Plan.Results,
            Rollouts = rollouts,
            Frames = replay.Frames,
            Matched = replay.Matched,
            FirstMismatch = replay.FirstMismatch,
            Against = against?.Variant,
            Departure = against is { Report: { FirstDeparture: { } first } report }
                ? Show(report, first, against?.Layer, step)
                : null,
            ReplayCommand = key => $"simeval replay {RolloutNames.Of(run, key)} --run {run.Id}",
            Provenance = [new ReportSetting("Program", $"simeval {run.Submission.EngineVersion}")],
        };
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return ReplaceAsync(path, ReportPage.Render(ReplayPageBuilder.Build(input)), cancel);
    }

    private static ReportDeparture Show(DepartureReport report, int first, string? layer, double step) =>
        new(
            first,
            (first + 1) * step,
            layer,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{report.LargestDifference:G3} in the action, at frame {report.LargestAt}"
            )
        );

    private static RolloutResult Unfinished(StoredRollout rollout) =>
        new(
            rollout.Key,
            RolloutOutcome.Cancelled,
            rollout.Recording.Count,
            rollout.Recording.Count == 0 ? 0 : rollout.Recording.Checksum(rollout.Recording.Count - 1),
            "unfinished",
            []
        );

    private static string PathOf(SimEvalNode node, string run) => Path.Combine(node.DataPath, "reports", run + ".html");

    private static string Beside(string page, string extension) => Path.ChangeExtension(page, null) + extension;

    // A reader of the folder sees the old file or the new one, never a half.
    private static async Task ReplaceAsync(string path, string text, CancellationToken cancel)
    {
        var temporary = path + ".new";
        await File.WriteAllTextAsync(temporary, text, new UTF8Encoding(false), cancel).ConfigureAwait(false);
        File.Move(temporary, path, overwrite: true);
    }

    private static async Task<IReadOnlyList<BuildDeparture>> DeparturesAsync(
        SimEvalNode node,
        RunDigest digest,
        Action<Func<string>>? progress,
        CancellationToken cancel
    )
    {
        if (node.Settings.Report.DepartureFrames is not (> 0 and var frames))
            return
            [
                .. RunDepartures
                    .Planned(digest.Run.Ready.Scenario)
                    .Select(build => build with { Reason = "report.departure-frames is 0" }),
            ];
        return await new RunDepartures(
            node.Library,
            digest.Run,
            digest.Assessment!.Pairs,
            node.Settings.ToModelOptions()
        )
            .CompareAsync(frames, progress, cancel)
            .ConfigureAwait(false);
    }

    private static ReportInput InputOf(SimEvalNode node, RunDigest digest)
    {
        var assessment =
            digest.Assessment ?? throw new InvalidOperationException($"run {digest.Run.Id} has not been judged");
        var scenario = digest.Run.Ready.Scenario;
        return new ReportInput
        {
            Run = digest.Run.Id,
            FinishedAt =
                digest.Run.Conclusion?.FinishedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
                + " UTC",
            Scenario = scenario,
            Results = digest.Counted,
            Baseline = digest.Baseline,
            Looking = StoppingRule.LookingOf(scenario.Stopping, digest.Run.Plan.Pairs.Count),
            Gates = assessment.Gates,
            Verdict = assessment.Verdict,
            PlannedPairs = digest.Run.Plan.Pairs.Count,
            Stop = StopOf(digest, assessment),
            Discarded = assessment.Discarded,
            TimedOut = assessment.EndedByWallTime,
            WallTime = TimeSpan.FromSeconds(assessment.WallSeconds),
            Frames = assessment.SteppedFrames,
            ResultsHash = digest.Run.Conclusion?.ResultsHash ?? "",
            Replay = key => Scene(node, digest.Run, key),
            ReplayCommand = key => $"simeval replay {RolloutNames.Of(digest.Run, key)} --run {digest.Run.Id}",
            Latency = [.. assessment.Latency.Select(Show)],
            Models = [.. Models(digest.Run, assessment)],
            Provenance = [.. Provenance(digest, assessment)],
            Reproduce = digest.Run.Submission.Command,
            Notes =
            [
                .. assessment
                    .Variants.Where(v => v.Finding.Length > 0)
                    .GroupBy(v => v.Finding)
                    .Select(alike => $"{string.Join(", ", alike.Select(v => v.Variant))}: {alike.Key}"),
            ],
        };
    }

    private static IEnumerable<ModelFact> Models(StoredRun run, RunAssessment assessment)
    {
        foreach (var found in assessment.Variants.Where(variant => variant.ModelHash.Length > 0))
        {
            var source = run.Ready.Scenario.Variants.First(variant => variant.Name == found.Variant).Source;
            var file = run.Submission.Files.FirstOrDefault(captured => captured.Path == source);
            yield return new ModelFact(found.Variant, file?.Bytes ?? 0, found.ModelledMicroseconds ?? double.NaN);
        }
    }

    private static StopDecision? StopOf(RunDigest digest, RunAssessment assessment) =>
        assessment.Gates.Count == 0
            ? null
            : new StopDecision(
                assessment.Look == 0 ? assessment.Looks : assessment.Look,
                assessment.Looks,
                assessment.Pairs,
                true,
                assessment.Gates,
                assessment.Verdict,
                digest.Run.Conclusion?.Reason is { Length: > 0 } reason and not "complete"
                    ? reason
                    : $"Ran to the end, look {assessment.Looks} of {assessment.Looks}."
            );

    // A replay needs no device: the recorded actions drive the world again.
    private static Scene? Scene(SimEvalNode node, StoredRun run, RolloutKey key)
    {
        var rollout = node.Library.RolloutAsync(run, key).GetAwaiter().GetResult();
        return rollout is null
            ? null
            : Replayer
                .Replay(
                    run.Ready.Worlds.Of(key.Point),
                    run.Ready.Scenario.Seed,
                    key.Pair,
                    rollout.Recording,
                    draw: true
                )
                .Scene;
    }

    private static LatencyMeasure Show(VariantLatency latency) =>
        new(
            latency.Variant,
            latency.Stage switch
            {
                "waiting" => "waiting for the forward",
                "forward" => "the forward of its batch",
                "handing over" => "waiting for the world",
                _ => "a frame, from observation to action",
            },
            [new(50, latency.P50), new(90, latency.P90), new(99, latency.P99), new(100, latency.Maximum)],
            latency.Frames,
            latency.MeanBatch
        );

    private static IEnumerable<ReportSetting> Provenance(RunDigest digest, RunAssessment assessment)
    {
        yield return new ReportSetting("Program", $"simeval {digest.Run.Submission.EngineVersion}");
        yield return new ReportSetting("Machine", assessment.Machine);
        foreach (var variant in assessment.Variants.Where(v => v.ModelHash.Length > 0))
        {
            yield return new ReportSetting($"Model of {variant.Variant}", $"sha256 {variant.ModelHash}");
            if (variant.BoardHash.Length > 0)
                yield return new ReportSetting($"Board of {variant.Variant}", $"sha256 {variant.BoardHash}");
            yield return new ReportSetting($"Numerics of {variant.Variant}", variant.Numerics);
        }
        if (digest.Run.Submission.BaselineRun is { } baseline)
        {
            yield return new ReportSetting("Baseline", $"run {baseline}");
        }
    }
}
