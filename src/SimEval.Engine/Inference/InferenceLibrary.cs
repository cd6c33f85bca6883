using SimEval.Actors.Journal;
using SimEval.Actors.Sharding;
using SimEval.Devices;
using SimEval.Engine.Persistence;
using SimEval.Entities.Rollouts;
using SimEval.Entities.Runs;
using SimEval.Scenarios;

namespace SimEval.Engine.Inference;

/// <summary>Reads what batch inferences have left, beside a running writer too.</summary>
/// <param name="states">Reads states.</param>
/// <param name="blobs">Reads bulk.</param>
public sealed class InferenceLibrary(EntityStates states, IBlobStore blobs)
{
    /// <summary>
    /// Where a batch inference's units are logged: as the segments of one rollout in the run's only cohort, a unit a frame, so
    /// that what keeps, lists and deletes the bulk of runs holds for them too.
    /// </summary>
    public static EntityAddress UnitsOf(string run) =>
        RunAddresses.Rollout(run, 0, new RolloutKey("inference", default, 0));

    /// <summary>A batch inference; null when there is no such run, or it is an evaluation.</summary>
    public async Task<StoredInference?> OpenAsync(string run, CancellationToken cancel = default)
    {
        var state = await states.ReadAsync(EntityTypes.Run, RunAddresses.Run(run), cancel).ConfigureAwait(false);
        var (submission, conclusion) = state switch
        {
            RunState.Active active => (active.Submission, null),
            RunState.Finished finished => (finished.Submission, finished.Conclusion),
            _ => (null, null),
        };
        if (submission?.Inference is null)
            return null;
        var units = await UnitsAsync(run, cancel).ConfigureAwait(false);
        var report = conclusion is { Blob.Length: > 0 }
            ? JsonCodec.Read<InferenceReport>(await BlobAsync(conclusion.Blob, cancel).ConfigureAwait(false))
            : null;
        return new StoredInference(submission, units.Count, conclusion, report);
    }

    /// <summary>The durable units of a run, in order.</summary>
    public async Task<IReadOnlyList<Segment>> UnitsAsync(string run, CancellationToken cancel = default) =>
        (await states.ReadAsync(EntityTypes.Rollout, UnitsOf(run), cancel).ConfigureAwait(false)).Segments;

    /// <summary>One of the files that a run captured.</summary>
    public async Task<ModelFile> FileAsync(StoredInference run, int index, CancellationToken cancel = default)
    {
        var file = run.Submission.Files[index];
        return new ModelFile(file.Path, await BlobAsync(file.Blob, cancel).ConfigureAwait(false));
    }

    /// <summary>The data file of the board that a run captured, behind its model and inputs; null where its device is another.</summary>
    public async Task<ModelFile?> BoardAsync(StoredInference run, CancellationToken cancel = default)
    {
        var index = run.What.Frames is null ? 2 : 1;
        return index < run.Submission.Files.Count ? await FileAsync(run, index, cancel).ConfigureAwait(false) : null;
    }

    private async Task<byte[]> BlobAsync(string id, CancellationToken cancel) =>
        await blobs.GetAsync(new BlobId(id), cancel).ConfigureAwait(false)
        ?? throw new InvalidDataException($"blob {id} is gone");
}
