using SimEval.Actors.Journal;
using SimEval.Engine.Persistence;
using SimEval.Entities.Runs;

namespace SimEval.Engine.Runs;

/// <summary>
/// Removes what a deleted run leaves: its shards, then every blob that no other run names. Repeating it does no harm, so a
/// deletion cut short is finished by the next one.
/// </summary>
public sealed class RunDeletion
{
    private readonly EntityStates reader;
    private readonly EntityHost entities;
    private readonly IBlobStore blobs;
    private readonly RunLibrary library;

    /// <summary>Deletion over a process's entities and blobs.</summary>
    public RunDeletion(EntityStates reader, EntityHost entities, IBlobStore blobs, RunLibrary library)
    {
        this.reader = reader;
        this.entities = entities;
        this.blobs = blobs;
        this.library = library;
    }

    /// <summary>Removes a run's shards, and all blobs that nothing names and that were stored before now.</summary>
    public async Task<BlobsCollected> DeleteAsync(string run, DateTimeOffset now)
    {
        foreach (var shard in await reader.ShardsAsync(RunAddresses.ShardPrefix(run)).ConfigureAwait(false))
            await entities.RetireAsync(shard).ConfigureAwait(false);
        var named = new HashSet<BlobId>();
        foreach (var other in await library.ListAsync().ConfigureAwait(false))
            await NameAsync(other.Submission, other.Conclusion, named).ConfigureAwait(false);
        return await blobs.CollectAsync(named, now).ConfigureAwait(false);
    }

    private async Task NameAsync(Submission submission, Conclusion? conclusion, HashSet<BlobId> named)
    {
        named.Add(new BlobId(submission.ScenarioBlob));
        foreach (var file in submission.Files)
            named.Add(new BlobId(file.Blob));
        if (conclusion is { Blob.Length: > 0 })
            named.Add(new BlobId(conclusion.Blob));
        foreach (var shard in await reader.ShardsAsync(RunAddresses.ShardPrefix(submission.Run)).ConfigureAwait(false))
        foreach (var rollout in (await reader.ReadShardAsync(EntityTypes.Rollout, shard).ConfigureAwait(false)).Values)
        foreach (var segment in rollout.Segments)
            named.Add(new BlobId(segment.Blob));
    }
}
