using SimEval.Actors.Journal;

namespace SimEval.Actors.Sharding;

/// <summary>The limits of a shard host. Every one is an argument; the defaults suit a single process.</summary>
public sealed record ShardHostOptions
{
    /// <summary>Who claims: shown to whoever looks at a shard ("pid 812 on host").</summary>
    public required string Owner { get; init; }

    /// <summary>Number of hashed shards; fixed when the store is created.</summary>
    public int HashedShards { get; init; } = 8;

    /// <summary>Commands a shard holds before it says Full.</summary>
    public int ShardCapacity { get; init; } = 4096;

    /// <summary>Turns in one append, at most.</summary>
    public int MaxBatchTurns { get; init; } = 512;

    /// <summary>Payload bytes after which an append takes no further turn.</summary>
    public int MaxBatchBytes { get; init; } = 4 << 20;

    /// <summary>Messages of one sending shard that are read ahead.</summary>
    public int MailWindow { get; init; } = 64;

    /// <summary>An entity that nobody has used for this long is dropped from memory.</summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Entities a shard keeps in memory; beyond it the longest unused ones are dropped.</summary>
    public int MaxLoadedEntities { get; init; } = 10_000;

    /// <summary>How often a shard looks for mail, idle entities and its checkpoint when nothing else wakes it.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Entries between checkpoints of cursors and deduplication.</summary>
    public int CheckpointEvery { get; init; } = 1000;

    /// <summary>Commands remembered per client.</summary>
    public int DedupPerClient { get; init; } = 64;

    /// <summary>Clients remembered per shard; the longest silent one is forgotten first.</summary>
    public int DedupClients { get; init; } = 1024;

    /// <summary>Sending shards whose progress is remembered before those that have been retired are forgotten.</summary>
    public int SendersRemembered { get; init; } = 256;

    /// <summary>How often a write is tried again when the store is unavailable, before the shard stops.</summary>
    public int WriteRetries { get; init; } = 5;

    /// <summary>Pause before the first retry; it doubles each time.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Which living shards are claimed at the start; the others are when they are first addressed. One that may have mail
    /// waiting, or effects to restart, must be among them.
    /// </summary>
    public Func<ShardInfo, bool> ClaimAtStart { get; init; } = _ => true;
}
