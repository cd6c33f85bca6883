namespace SimEval.Actors.Sharding;

/// <summary>Counters of a shard host since it started; each only grows.</summary>
public sealed class ShardCounters
{
    private long turns,
        commits,
        events,
        mailSent,
        mailApplied,
        undeliverable,
        repeated,
        rejected,
        parked,
        loaded,
        passivated,
        snapshots,
        checkpoints,
        full,
        retries,
        handlerFailures;

    /// <summary>Commands and messages decided.</summary>
    public long Turns => Interlocked.Read(ref turns);

    /// <summary>Appends committed.</summary>
    public long Commits => Interlocked.Read(ref commits);

    /// <summary>Events committed.</summary>
    public long Events => Interlocked.Read(ref events);

    /// <summary>Messages sent to entities.</summary>
    public long MailSent => Interlocked.Read(ref mailSent);

    /// <summary>Messages applied.</summary>
    public long MailApplied => Interlocked.Read(ref mailApplied);

    /// <summary>Messages dropped because their shard has been retired.</summary>
    public long Undeliverable => Interlocked.Read(ref undeliverable);

    /// <summary>Repeated commands, answered as the first time.</summary>
    public long Repeated => Interlocked.Read(ref repeated);

    /// <summary>Commands and messages that the entity rejected.</summary>
    public long Rejected => Interlocked.Read(ref rejected);

    /// <summary>Times an entity was parked.</summary>
    public long Parked => Interlocked.Read(ref parked);

    /// <summary>Entities loaded from the log.</summary>
    public long Loaded => Interlocked.Read(ref loaded);

    /// <summary>Entities dropped from memory.</summary>
    public long Passivated => Interlocked.Read(ref passivated);

    /// <summary>Snapshots written.</summary>
    public long Snapshots => Interlocked.Read(ref snapshots);

    /// <summary>Checkpoints written.</summary>
    public long Checkpoints => Interlocked.Read(ref checkpoints);

    /// <summary>Commands refused because a shard was full.</summary>
    public long Full => Interlocked.Read(ref full);

    /// <summary>Writes tried again.</summary>
    public long Retries => Interlocked.Read(ref retries);

    /// <summary>Exceptions thrown by effect handlers and observers.</summary>
    public long HandlerFailures => Interlocked.Read(ref handlerFailures);

    internal void Committed(int turnCount, int eventCount, int mailCount, int appliedCount)
    {
        Interlocked.Increment(ref commits);
        Interlocked.Add(ref turns, turnCount);
        Interlocked.Add(ref events, eventCount);
        Interlocked.Add(ref mailSent, mailCount);
        Interlocked.Add(ref mailApplied, appliedCount);
    }

    internal void AddUndeliverable(int count) => Interlocked.Add(ref undeliverable, count);

    internal void AddRepeated() => Interlocked.Increment(ref repeated);

    internal void AddRejected() => Interlocked.Increment(ref rejected);

    internal void AddParked() => Interlocked.Increment(ref parked);

    internal void AddLoaded() => Interlocked.Increment(ref loaded);

    internal void AddPassivated() => Interlocked.Increment(ref passivated);

    internal void AddSnapshots(int count) => Interlocked.Add(ref snapshots, count);

    internal void AddCheckpoint() => Interlocked.Increment(ref checkpoints);

    internal void AddFull() => Interlocked.Increment(ref full);

    internal void AddRetry() => Interlocked.Increment(ref retries);

    internal void AddHandlerFailure() => Interlocked.Increment(ref handlerFailures);
}
