using SimEval.Actors.Journal;
using SimEval.Engine.Rollouts;
using SimEval.Entities.Aggregates;
using SimEval.Entities.Rollouts;
using SimEval.Metrics;

namespace SimEval.Engine.Persistence;

/// <summary>
/// Makes a cohort's flush durable: the blob, then an event of each rollout in the cohort's shard (one transaction, by group
/// commit), then the aggregate. A crash between the last two is mended by a resume, which tells the aggregate again.
/// </summary>
public sealed class RolloutPersister
{
    private readonly string run;
    private readonly EntityHost entities;
    private readonly IBlobStore blobs;
    private readonly Action<IReadOnlyList<RolloutResult>> durable;
    private readonly Dictionary<int, Task> last = [];
    private readonly Lock gate = new();

    /// <summary>A persister for one run.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="entities">Where events go.</param>
    /// <param name="blobs">Where segments go.</param>
    /// <param name="durable">Told of results once they are durable.</param>
    public RolloutPersister(
        string run,
        EntityHost entities,
        IBlobStore blobs,
        Action<IReadOnlyList<RolloutResult>> durable
    )
    {
        this.run = run;
        this.entities = entities;
        this.blobs = blobs;
        this.durable = durable;
    }

    /// <summary>
    /// Makes a flush durable. Flushes of one cohort follow one another: a rollout's stretches have an order. Those of different
    /// cohorts go side by side.
    /// </summary>
    public Task SaveAsync(CohortFlush flush)
    {
        lock (gate)
        {
            var before = last.GetValueOrDefault(flush.Cohort, Task.CompletedTask);
            return last[flush.Cohort] = Task.Run(() => Save(flush, before));
        }
    }

    private async Task Save(CohortFlush flush, Task before)
    {
        await before.ConfigureAwait(false);
        var blob = flush.Blob.Length == 0 ? "" : (await blobs.PutAsync(flush.Blob).ConfigureAwait(false)).Hex;
        flush.Dispose();
        var writes = new List<Task<long>>(flush.Ended.Count + flush.Running.Count);
        foreach (var stretch in flush.Running)
        {
            var segment = new Segment(blob, stretch.Offset, stretch.FirstFrame, stretch.Frames);
            var address = RunAddresses.Rollout(run, flush.Cohort, stretch.Key);
            writes.Add(entities.Rollout(address, new RolloutCommand.Checkpoint(segment, stretch.Checksum)));
        }

        foreach (var ended in flush.Ended)
        {
            var result = ended.Rollout.Result;
            var address = RunAddresses.Rollout(run, flush.Cohort, result.Key);
            writes.Add(entities.Rollout(address, new RolloutCommand.End(CohortFlush.SegmentOf(ended, blob), result)));
        }

        await Task.WhenAll(writes).ConfigureAwait(false);
        if (flush.Ended.Count == 0)
            return;
        var results = flush.Ended.Select(ended => ended.Rollout.Result).ToList();
        await entities.Aggregate(run, new AggregateCommand.Record(results)).ConfigureAwait(false);
        durable(results);
    }
}
