using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Engine.Executors;
using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.Models.Graphs;
using SimEval.Scenarios;
using SimEval.Worlds;

namespace SimEval.Engine.Replay;

/// <summary>
/// A recorded run as a source of frames for a model: what calibration, comparison and batch inference feed it. The model is
/// fitted to the run's worlds as the variant is that it is a build of.
/// </summary>
public sealed class RecordedRun
{
    private readonly RunLibrary library;
    private readonly StoredRun run;
    private readonly RecordedFrames frames;

    private RecordedRun(RunLibrary library, StoredRun run, string variant, ITensorModel model, ModelBinding binding)
    {
        (this.library, this.run, Variant, Binding) = (library, run, variant, binding);
        frames = new RecordedFrames(model, binding);
        Rollouts = [.. run.Plan.Pairs.Select(pair => new RolloutKey(variant, pair.Point, pair.Seed))];
    }

    /// <summary>The variant whose rollouts are followed.</summary>
    public string Variant { get; }

    /// <summary>How the model is fitted.</summary>
    public ModelBinding Binding { get; }

    /// <summary>The rollouts that the run planned for the variant, in its fixed order.</summary>
    public IReadOnlyList<RolloutKey> Rollouts { get; }

    /// <summary>The world of the first point; its layout is that of all.</summary>
    public IWorld World => run.Ready.Worlds.Of(run.Plan.Pairs[0].Point);

    /// <summary>
    /// Fits a model to a run. The variant it is a build of is the named one, else the one whose model has the same bytes, else
    /// the same file name, else any whose names of inputs, output and states fit it; its rollouts are followed.
    /// </summary>
    /// <param name="library">Where the run is kept.</param>
    /// <param name="run">The run.</param>
    /// <param name="model">The model, open.</param>
    /// <param name="file">Its file.</param>
    /// <param name="variant">A variant of the run, or null.</param>
    /// <exception cref="RunRefusedException">The run has no such variant.</exception>
    /// <exception cref="ModelException">The model does not fit the run's worlds.</exception>
    public static RecordedRun Of(RunLibrary library, StoredRun run, ITensorModel model, ModelFile file, string? variant)
    {
        var world = run.Ready.Worlds.Of(run.Plan.Pairs[0].Point);
        var errors = new List<BindingError>();
        foreach (var candidate in Candidates(run, file, variant))
        {
            var misfits = new List<BindingError>();
            if (ModelBinder.Bind(model.Signature, VariantPreparation.Request(candidate, world), misfits) is { } binding)
                return new RecordedRun(library, run, candidate.Name, model, binding);
            if (errors.Count == 0)
                errors.AddRange(misfits);
        }

        throw new ModelException(
            ModelFault.Unbindable,
            $"the model does not fit the worlds of run {run.Id}: {string.Join("; ", errors)}"
        );
    }

    /// <summary>
    /// A sample of frames, spread evenly over the rollouts that are recorded and over the frames of each; the same run and
    /// number give the same frames.
    /// </summary>
    /// <param name="count">Frames wanted, at least 1; fewer come when fewer are recorded.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="RunRefusedException">Nothing of the variant is recorded.</exception>
    public async IAsyncEnumerable<RecordedFrame> SampleAsync(
        int count,
        [EnumeratorCancellation] CancellationToken cancel = default
    )
    {
        var chosen = FrameSample.Spread(Rollouts.Count, count);
        var given = 0;
        for (var i = 0; i < chosen.Count; i++)
        {
            var share = FrameSample.Share(chosen.Count, count, i);
            if (await library.RolloutAsync(run, Rollouts[chosen[i]], cancel).ConfigureAwait(false) is not { } rollout)
                continue;
            foreach (var frame in FramesOf(rollout, FrameSample.Spread(rollout.Recording.Count, share)))
            {
                cancel.ThrowIfCancellationRequested();
                given++;
                yield return frame;
            }
        }

        if (given == 0)
            throw new RunRefusedException($"run {run.Id} has recorded no frame of variant '{Variant}' yet");
    }

    /// <summary>A rollout's recording; null when nothing of it is durable.</summary>
    public Task<StoredRollout?> RolloutAsync(RolloutKey key, CancellationToken cancel = default) =>
        library.RolloutAsync(run, key, cancel);

    /// <summary>The wanted frames of a rollout, in order; null: all.</summary>
    public IEnumerable<RecordedFrame> FramesOf(StoredRollout rollout, IReadOnlyList<int>? wanted = null) =>
        frames.Of(
            run.Ready.Worlds.Of(rollout.Key.Point),
            run.Ready.Scenario.Seed,
            rollout.Key.Pair,
            rollout.Recording,
            wanted
        );

    /// <summary>All frames of a rollout and what the model gives for each; see <see cref="RecordedFrames.Infer"/>.</summary>
    public IEnumerable<(RecordedFrame Frame, IReadOnlyDictionary<string, Tensor> Outputs)> Infer(
        StoredRollout rollout
    ) =>
        frames.Infer(
            run.Ready.Worlds.Of(rollout.Key.Point),
            run.Ready.Scenario.Seed,
            rollout.Key.Pair,
            rollout.Recording
        );

    private static IEnumerable<Variant> Candidates(StoredRun run, ModelFile file, string? named)
    {
        var variants = run.Ready.Scenario.Variants;
        if (named is not null)
        {
            var found =
                variants.FirstOrDefault(variant => variant.Name == named)
                ?? throw new RunRefusedException(
                    $"run {run.Id} has no variant '{named}'; it has {string.Join(", ", variants.Select(v => v.Name))}"
                );
            return [found];
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(file.Bytes.Span));
        var captured = run.Submission.Files.ToDictionary(captured => captured.Path, captured => captured.Blob);
        var name = Path.GetFileName(file.Path);
        return variants.OrderBy(variant =>
            variant.Kind != PolicyKind.Model ? 3
            : captured.GetValueOrDefault(variant.Source) == hash ? 0
            : Path.GetFileName(variant.Source) == name ? 1
            : 2
        );
    }
}
