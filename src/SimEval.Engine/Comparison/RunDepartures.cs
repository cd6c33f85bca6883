using SimEval.Devices;
using SimEval.Engine.Executors;
using SimEval.Engine.Replay;
using SimEval.Engine.Runs;
using SimEval.Metrics.Layers;
using SimEval.Scenarios;

namespace SimEval.Engine.Comparison;

/// <summary>
/// Where the builds of a run depart from what they are builds of, layer by layer, on frames that the run recorded: the
/// report's answer to what `simeval model diff` answers for two files.
/// </summary>
public sealed class RunDepartures
{
    // A rollout is stepped from its start to give any frame: few rollouts and some frames of each cost less than the reverse.
    private const int MostRollouts = 16;
    private const int MostReason = 300;

    private readonly RunLibrary library;
    private readonly StoredRun run;
    private readonly int pairs;
    private readonly ModelOptions options;

    /// <summary>Comparisons of a run.</summary>
    /// <param name="library">Where it is kept.</param>
    /// <param name="run">The run.</param>
    /// <param name="pairs">Pairs of its fixed order that count: what ran past a stop depends on timing, and is left out.</param>
    /// <param name="options">Limits of a model.</param>
    public RunDepartures(RunLibrary library, StoredRun run, int pairs, ModelOptions options) =>
        (this.library, this.run, this.pairs, this.options) = (library, run, pairs, options);

    /// <summary>
    /// What is compared with what. Every variant that is a model file is a build of the baseline, where that is one too, else
    /// of the first such variant; and one that runs the file of an earlier variant is a build of that one besides.
    /// </summary>
    /// <param name="scenario">The scenario.</param>
    public static IReadOnlyList<BuildDeparture> Planned(Scenario scenario)
    {
        var models = scenario.Variants.Where(IsModelFile).ToList();
        var reference = models.Find(variant => variant.Name == scenario.Baseline) ?? models.FirstOrDefault();
        var planned = new List<BuildDeparture>();
        for (var i = 0; i < models.Count; i++)
        {
            var build = models[i];
            if (build == reference)
                continue;
            planned.Add(new BuildDeparture(build.Name, reference!.Name, build.Source == reference.Source));
            var sibling = models.Take(i).FirstOrDefault(earlier => earlier.Source == build.Source);
            if (sibling is not null && sibling != reference)
                planned.Add(new BuildDeparture(build.Name, sibling.Name, SameFile: true));
        }

        return planned;
    }

    /// <summary>
    /// Compares everything that is planned. What cannot be compared, or was given up, is told with its reason, and nothing is
    /// thrown: a report that has its verdict must not fail for want of a picture. The same run, number and numerics class
    /// give the same answer.
    /// </summary>
    /// <param name="frames">Most frames of one comparison, at least 1.</param>
    /// <param name="progress">Called before the first frame and after each; it may throw to give up.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<BuildDeparture>> CompareAsync(
        int frames,
        Action<Func<string>>? progress = null,
        CancellationToken cancel = default
    )
    {
        var compared = new List<BuildDeparture>();
        foreach (var departure in Planned(run.Ready.Scenario))
        {
            compared.Add(
                await Guarded(departure, () => CompareAsync(departure, frames, progress, cancel)).ConfigureAwait(false)
            );
        }

        return compared;
    }

    /// <summary>
    /// Compares two variants at one frame of a rollout, as its variant saw it: recurrent states are those that it had. What
    /// cannot be compared is told with its reason.
    /// </summary>
    /// <param name="rollout">The rollout; its variant is the parent.</param>
    /// <param name="against">The other variant.</param>
    /// <param name="frame">The frame, from 0.</param>
    public BuildDeparture At(StoredRollout rollout, string against, int frame)
    {
        var (build, parent) = (Variant(against), Variant(rollout.Key.Variant));
        var planned = new BuildDeparture(build.Name, parent.Name, build.Source == parent.Source);
        if (new[] { parent, build }.FirstOrDefault(variant => !IsModelFile(variant)) is { } opaque)
            return planned with { Reason = $"{opaque.Name} is no model file" };
        return Guarded(
                planned,
                () =>
                {
                    var source = Source(parent.Name);
                    using var comparison = ModelComparison.Open(source, Source(build.Name), options);
                    var recorded = RecordedRun.Of(library, run, comparison.Reference, source.File, parent.Name);
                    foreach (var seen in recorded.FramesOf(rollout, [frame]))
                        comparison.Add(seen.Inputs);
                    return Task.FromResult(Found(planned, comparison, rollouts: 1));
                }
            )
            .GetAwaiter()
            .GetResult();
    }

    /// <summary>Whether a variant is a file that a device loads, and so can be looked into.</summary>
    public static bool IsModelFile(Variant variant) => variant.Kind == PolicyKind.Model && variant.Command.Count == 0;

    private async Task<BuildDeparture> CompareAsync(
        BuildDeparture planned,
        int most,
        Action<Func<string>>? progress,
        CancellationToken cancel
    )
    {
        progress?.Invoke(() => $"{planned.Variant} beside {planned.Parent}, layer by layer");
        var parent = Source(planned.Parent);
        using var comparison = ModelComparison.Open(parent, Source(planned.Variant), options);
        var recorded = RecordedRun.Of(library, run, comparison.Reference, parent.File, planned.Parent);
        var keys = recorded.Rollouts.Take(pairs).ToList();
        var chosen = FrameSample.Spread(keys.Count, Math.Min(most, MostRollouts));
        var rollouts = 0;
        for (var i = 0; i < chosen.Count; i++)
        {
            if (await recorded.RolloutAsync(keys[chosen[i]], cancel).ConfigureAwait(false) is not { } rollout)
                continue;
            rollouts++;
            var share = FrameSample.Share(chosen.Count, most, i);
            foreach (var frame in recorded.FramesOf(rollout, FrameSample.Spread(rollout.Recording.Count, share)))
            {
                cancel.ThrowIfCancellationRequested();
                comparison.Add(frame.Inputs);
                progress?.Invoke(() =>
                    $"{planned.Variant} beside {planned.Parent}, layer by layer: {comparison.Frames} of {most} frames"
                );
            }
        }

        return Found(planned, comparison, rollouts);
    }

    private BuildDeparture Found(BuildDeparture planned, ModelComparison comparison, int rollouts) =>
        comparison.Frames == 0
            ? throw new RunRefusedException($"run {run.Id} has recorded no such frame of {planned.Parent}")
            : planned with
            {
                Frames = comparison.Frames,
                Rollouts = rollouts,
                HasInnerLayers = comparison.HasInnerLayers,
                Report = comparison.Report(),
            };

    private async Task<BuildDeparture> Guarded(BuildDeparture planned, Func<Task<BuildDeparture>> compare)
    {
        try
        {
            return await compare().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return planned with { Reason = $"interrupted; 'simeval report {run.Id}' compares again" };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var line = e.Message.ReplaceLineEndings(" ").TrimEnd('.');
            return planned with { Reason = line.Length > MostReason ? line[..MostReason] + "..." : line };
        }
    }

    private Variant Variant(string name) => run.Ready.Scenario.Variants.First(variant => variant.Name == name);

    private (ModelFile File, ITensorDevice Device) Source(string name) =>
        VariantFiles.Open(run.Ready, Variant(name), options);
}
