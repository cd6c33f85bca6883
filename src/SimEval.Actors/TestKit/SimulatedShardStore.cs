using SimEval.Actors.Journal;

namespace SimEval.Actors.TestKit;

/// <summary>What may go wrong in a simulated store; probabilities per call.</summary>
public sealed record StoreFaults
{
    /// <summary>None.</summary>
    public static StoreFaults None { get; } = new();

    /// <summary>The longest a call takes, in virtual time, before and after its effect; zero: at once.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The answer is lost: half of the time after the write was committed.</summary>
    public double LostAnswer { get; init; }

    /// <summary>The call fails without an effect, and may be tried again.</summary>
    public double Unavailable { get; init; }

    /// <summary>A write arrives twice, the second time later.</summary>
    public double Duplicate { get; init; }

    /// <summary>A write is torn: its process dies in the middle of it, and the rest never arrives.</summary>
    public double TornWrite { get; init; }
}

/// <summary>
/// The journal in memory, transactional as the real ones, with seeded faults. It passes the same conformance suite; without
/// a client process it answers at once. What the processes of a simulation share is the disk; each has its own door.
/// </summary>
public sealed class SimulatedShardStore : IShardStore
{
    private readonly SimulatedDisk disk;
    private readonly Simulation? simulation;
    private readonly SimulatedProcess? process;
    private readonly StoreFaults faults;

    /// <summary>A store without faults that answers at once.</summary>
    public SimulatedShardStore(SimulatedDisk disk) => (this.disk, faults) = (disk, StoreFaults.None);

    /// <summary>A process's door to the disk; it dies with the process.</summary>
    public SimulatedShardStore(
        SimulatedDisk disk,
        Simulation simulation,
        SimulatedProcess process,
        StoreFaults faults
    ) => (this.disk, this.simulation, this.process, this.faults) = (disk, simulation, process, faults);

    /// <summary>Torn writes so far.</summary>
    public int Torn { get; private set; }

    /// <inheritdoc/>
    public ValueTask<string> AgreeAsync(string setting, string value, CancellationToken cancel = default) =>
        Call(() => disk.Agree(setting, value), write: false);

    /// <inheritdoc/>
    public ValueTask<ShardClaim> ClaimAsync(string shard, string owner, CancellationToken cancel = default) =>
        Call(() => disk.Claim(shard, owner), write: true);

    /// <inheritdoc/>
    public ValueTask<AppendReceipt> AppendAsync(ShardAppend append, CancellationToken cancel = default) =>
        Call(() => disk.Append(append), write: true);

    /// <inheritdoc/>
    public async ValueTask RetireAsync(ShardClaim claim, CancellationToken cancel = default) =>
        await Call(() => disk.Retire(claim), write: true).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<ShardInfo?> FindShardAsync(string shard, CancellationToken cancel = default) =>
        Call(() => disk.Find(shard), write: false);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ShardInfo>> ListShardsAsync(CancellationToken cancel = default) =>
        Call(disk.List, write: false);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LogEntry>> ReadLogAsync(
        int shard,
        long afterLsn,
        int limit,
        CancellationToken cancel = default
    ) => Call(() => disk.Log(shard, afterLsn, limit), write: false);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LogEntry>> ReadEntityAsync(
        int shard,
        string entityType,
        string entityId,
        long afterSeq,
        int limit,
        CancellationToken cancel = default
    ) => Call(() => disk.Entity(shard, entityType, entityId, afterSeq, limit), write: false);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListEntitiesAsync(
        int shard,
        string entityType,
        string afterId,
        int limit,
        CancellationToken cancel = default
    ) => Call(() => disk.Entities(shard, entityType, afterId, limit), write: false);

    /// <inheritdoc/>
    public ValueTask<EntitySnapshot?> ReadSnapshotAsync(
        int shard,
        string entityType,
        string entityId,
        CancellationToken cancel = default
    ) => Call(() => disk.Snapshot(shard, entityType, entityId), write: false);

    /// <inheritdoc/>
    public ValueTask<ShardCheckpoint?> ReadCheckpointAsync(int shard, CancellationToken cancel = default) =>
        Call(() => disk.Checkpoint(shard), write: false);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Mail>> ReadMailAsync(
        int shard,
        IReadOnlyDictionary<int, MailPosition> after,
        int limitPerSender,
        CancellationToken cancel = default
    ) => Call(() => disk.Mail(shard, after, limitPerSender), write: false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    private ValueTask<T> Call<T>(Func<T> work, bool write)
    {
        if (simulation is null)
            return new(At(work));
        var answer = new TaskCompletionSource<T>();
        After(() => Arrive(work, write, answer));
        return new(answer.Task);
    }

    private static Task<T> At<T>(Func<T> work)
    {
        try
        {
            return Task.FromResult(work());
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }

    private void Arrive<T>(Func<T> work, bool write, TaskCompletionSource<T> answer)
    {
        var choice = simulation!.Faults;
        if (choice.Chance(faults.Unavailable))
        {
            After(() =>
                answer.TrySetException(new StoreException(StoreTrouble.Unavailable, "The store did not answer."))
            );
            return;
        }

        if (write && choice.Chance(faults.TornWrite))
        {
            // A transaction that was not finished is not there after the crash: nothing of it is kept.
            Torn++;
            process!.Kill();
            return;
        }

        var lost = write && choice.Chance(faults.LostAnswer);
        var before = lost && choice.Chance(0.5);
        var result = before ? null : At(work);
        if (write && !before && choice.Chance(faults.Duplicate))
            After(() => _ = At(work).IsCompletedSuccessfully);
        After(() =>
        {
            if (lost || result is null)
                answer.TrySetException(new OutcomeUnknownException("The store's answer was lost."));
            else if (result.IsCompletedSuccessfully)
                answer.TrySetResult(result.Result);
            else
                answer.TrySetException(result.Exception!.InnerExceptions);
        });
    }

    /// <summary>On the disk's side of the wire: it goes on when the process has died.</summary>
    private void After(Action action)
    {
        var wire = disk.Wire(simulation!);
        var delay = simulation!.Faults.Upto(faults.Delay);
        _ = wire.CreateTimer(_ => action(), null, delay, Timeout.InfiniteTimeSpan);
    }
}
