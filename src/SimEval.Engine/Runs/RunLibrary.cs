using System.Text;
using SimEval.Actors.Journal;
using SimEval.Engine.Aggregators;
using SimEval.Engine.Catalogue;
using SimEval.Engine.Persistence;
using SimEval.Engine.Rollouts;
using SimEval.Engine.Scheduling;
using SimEval.Entities.Rollouts;
using SimEval.Entities.Runs;
using SimEval.Entities.Scenarios;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Scenarios;

namespace SimEval.Engine.Runs;

/// <summary>A run as it is kept.</summary>
/// <param name="State">Its state.</param>
/// <param name="Submission">What was submitted.</param>
/// <param name="Ready">Its scenario, read again from what was captured, with its variants ready.</param>
/// <param name="Plan">Its plan.</param>
public sealed record StoredRun(RunState State, Submission Submission, ReadyScenario Ready, RunPlan Plan)
{
    /// <summary>How it ended; null while it has not.</summary>
    public Conclusion? Conclusion => (State as RunState.Finished)?.Conclusion;

    /// <summary>Run id.</summary>
    public string Id => Submission.Run;
}

/// <summary>One line of a listing.</summary>
/// <param name="Submission">What was submitted.</param>
/// <param name="Conclusion">How it ended; null: unfinished.</param>
/// <param name="IsBaseline">Whether it is its scenario's accepted baseline.</param>
public sealed record RunListing(Submission Submission, Conclusion? Conclusion, bool IsBaseline);

/// <summary>A rollout as it is kept.</summary>
/// <param name="Key">Which.</param>
/// <param name="State">Its state.</param>
/// <param name="Recording">Its durable frames.</param>
public sealed record StoredRollout(RolloutKey Key, Rollout State, FrameRecording Recording);

/// <summary>Reads what runs have left, beside a running writer too.</summary>
public sealed class RunLibrary
{
    private readonly EntityStates entities;
    private readonly IBlobStore blobs;
    private readonly ScenarioChecker checker;

    /// <summary>A library.</summary>
    /// <param name="entities">Reads states.</param>
    /// <param name="blobs">Reads bulk.</param>
    /// <param name="checker">Reads captured scenarios.</param>
    public RunLibrary(EntityStates entities, IBlobStore blobs, ScenarioChecker checker)
    {
        this.entities = entities;
        this.blobs = blobs;
        this.checker = checker;
    }

    /// <summary>All runs that exist, oldest first.</summary>
    public async Task<IReadOnlyList<RunListing>> ListAsync(CancellationToken cancel = default)
    {
        var baselines = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in await entities.ListAsync(EntityTypes.Scenario, cancel).ConfigureAwait(false))
            if ((await HistoryAsync(name, cancel).ConfigureAwait(false)).Baseline is { } accepted)
                baselines.Add(accepted);
        var runs = new List<RunListing>();
        foreach (var id in await entities.ListAsync(EntityTypes.Run, cancel).ConfigureAwait(false))
            if (ListingOf(await StateAsync(id, cancel).ConfigureAwait(false), baselines.Contains(id)) is { } listing)
                runs.Add(listing);
        return
        [
            .. runs.OrderBy(run => run.Submission.SubmittedAt)
                .ThenBy(run => run.Submission.Run, StringComparer.Ordinal),
        ];
    }

    /// <summary>The state of a run.</summary>
    public Task<RunState> StateAsync(string run, CancellationToken cancel = default) =>
        entities.ReadAsync(EntityTypes.Run, RunAddresses.Run(run), cancel);

    /// <summary>The history of a scenario.</summary>
    public Task<ScenarioHistory> HistoryAsync(string scenario, CancellationToken cancel = default) =>
        entities.ReadAsync(EntityTypes.Scenario, RunAddresses.Scenario(scenario), cancel);

    /// <summary>Opens a run; null when there is none of this id.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="prepare">Whether its variants are made ready to run.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidDataException">What it captured can no longer be read.</exception>
    /// <exception cref="RunRefusedException">It is a batch inference.</exception>
    public async Task<StoredRun?> OpenAsync(string run, bool prepare = false, CancellationToken cancel = default)
    {
        var state = await StateAsync(run, cancel).ConfigureAwait(false);
        var submission = state switch
        {
            RunState.Active active => active.Submission,
            RunState.Finished finished => finished.Submission,
            _ => null,
        };
        if (submission is null)
            return null;
        if (submission.Inference is not null)
            throw new RunRefusedException(
                $"run {run} is a batch inference: it has outputs, and no rollouts, verdict or report"
            );
        var text = Encoding.UTF8.GetString(await BlobAsync(submission.ScenarioBlob, cancel).ConfigureAwait(false));
        var captured = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var file in submission.Files)
            if (!captured.ContainsKey(file.Blob))
                captured[file.Blob] = await BlobAsync(file.Blob, cancel).ConfigureAwait(false);
        var files = new SubmittedFiles(submission.Files, blob => captured[blob]);
        var check = checker.CheckText(text, submission.SourceName, files, [], prepare);
        if (check.Ready is not { } ready)
            throw new InvalidDataException(
                $"run {run} can no longer be read by this program: {string.Join("; ", check.Errors)}"
            );
        return new StoredRun(state, submission, ready, PlanOf(ready.Scenario, submission.CohortMembers));
    }

    /// <summary>The plan of a scenario.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="cohortMembers">Most rollouts a cohort.</param>
    public RunPlan PlanOf(Scenario scenario, int cohortMembers)
    {
        var kind = checker.Catalogue.Kind(scenario.WorldKind);
        return RunPlan.Of(scenario, kind.Metrics, kind.Policies[0], cohortMembers);
    }

    /// <summary>All durable results of a run, completed against its reference.</summary>
    public async Task<ResultFolder> ResultsAsync(StoredRun run, CancellationToken cancel = default)
    {
        var fold = new ResultFolder(run.Plan, checker.Catalogue.Kind(run.Ready.Scenario.WorldKind));
        var aggregate = await entities
            .ReadAsync(EntityTypes.Aggregate, RunAddresses.Aggregate(run.Id), cancel)
            .ConfigureAwait(false);
        foreach (var result in aggregate.Results.Values)
            fold.Add(result);
        return fold;
    }

    /// <summary>The results that count in a finished run: up to where it stopped.</summary>
    public async Task<ResultSet> CountedAsync(StoredRun run, CancellationToken cancel = default)
    {
        var fold = await ResultsAsync(run, cancel).ConfigureAwait(false);
        return run.State is RunState.Finished { StoppedAtPairs: { } pairs } ? fold.Results.Prefix(pairs) : fold.Results;
    }

    /// <summary>How a finished run was judged; null while it is unfinished.</summary>
    public async Task<RunAssessment?> AssessmentAsync(StoredRun run, CancellationToken cancel = default) =>
        run.Conclusion is { Blob.Length: > 0 } conclusion
            ? JsonCodec.Read<RunAssessment>(await BlobAsync(conclusion.Blob, cancel).ConfigureAwait(false))
            : null;

    /// <summary>A rollout's recording; null when nothing of it is durable.</summary>
    public async Task<StoredRollout?> RolloutAsync(StoredRun run, RolloutKey key, CancellationToken cancel = default)
    {
        if (CohortOf(run.Plan, key) is not { } cohort)
            return null;
        var state = await entities
            .ReadAsync(EntityTypes.Rollout, RunAddresses.Rollout(run.Id, cohort.Index, key), cancel)
            .ConfigureAwait(false);
        if (state.DurableFrames == 0)
            return null;
        var actionSize = run.Ready.Worlds.Of(key.Point).Action.Size;
        var recording = await new RecordingReader(blobs).ReadAsync(state, actionSize, cancel).ConfigureAwait(false);
        return new StoredRollout(key, state, recording);
    }

    /// <summary>What gates of a run compare with.</summary>
    public async Task<BaselineSource> BaselineAsync(
        Scenario scenario,
        string? baselineRun,
        CancellationToken cancel = default
    )
    {
        if (baselineRun is not null)
        {
            var other =
                await OpenAsync(baselineRun, cancel: cancel).ConfigureAwait(false)
                ?? throw new InvalidDataException($"the baseline, run {baselineRun}, is gone");
            return new BaselineSource.Run(
                await CountedAsync(other, cancel).ConfigureAwait(false),
                $"run {baselineRun}"
            );
        }

        return scenario.Baseline is { } name ? new BaselineSource.Variant(name) : BaselineSource.None;
    }

    private static Cohort? CohortOf(RunPlan plan, RolloutKey key)
    {
        var pair = plan.Results.PairOf(key.Pair);
        return plan.Cohorts.FirstOrDefault(c =>
            c.Variant.Variant.Name == key.Variant && pair >= c.FirstPair && pair < c.FirstPair + c.Pairs
        );
    }

    private static RunListing? ListingOf(RunState state, bool isBaseline) =>
        state switch
        {
            RunState.Active active => new RunListing(active.Submission, null, isBaseline),
            RunState.Finished finished => new RunListing(finished.Submission, finished.Conclusion, isBaseline),
            _ => null,
        };

    private async Task<byte[]> BlobAsync(string id, CancellationToken cancel) =>
        await blobs.GetAsync(new BlobId(id), cancel).ConfigureAwait(false)
        ?? throw new InvalidDataException($"blob {id} is gone");
}
