namespace SimEval.Actors.Journal;

/// <summary>The right to write one shard, until somebody claims it again.</summary>
/// <param name="Shard">The shard's number, never used again.</param>
/// <param name="Name">Its name.</param>
/// <param name="Epoch">Every write carries it; a later claim makes it worthless.</param>
/// <param name="LastLsn">Position of the log's last entry; 0 when empty.</param>
public sealed record ShardClaim(int Shard, string Name, long Epoch, long LastLsn);

/// <summary>One shard, as a reader sees it.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Epoch">Times it has been claimed.</param>
/// <param name="Owner">Who claimed it last; "" if nobody has.</param>
/// <param name="Retired">Whether it has been retired, with everything in it.</param>
/// <param name="LastLsn">Position of the log's last entry; 0 when empty.</param>
public sealed record ShardInfo(int Shard, string Name, long Epoch, string Owner, bool Retired, long LastLsn);

/// <summary>All that one owner writes at once: it is committed whole, or not at all.</summary>
public sealed record ShardAppend
{
    /// <summary>The right to write.</summary>
    public required ShardClaim Claim { get; init; }

    /// <summary>The position that the first entry follows; the log must end there.</summary>
    public required long AfterLsn { get; init; }

    /// <summary>Entries with positions AfterLsn+1, AfterLsn+2, ...</summary>
    public IReadOnlyList<LogEntry> Entries { get; init; } = [];

    /// <summary>Messages sent by these entries, in order. Those to a retired shard are dropped and counted.</summary>
    public IReadOnlyList<Mail> Mail { get; init; } = [];

    /// <summary>Snapshots; the store keeps the newest two of an entity.</summary>
    public IReadOnlyList<EntitySnapshot> Snapshots { get; init; } = [];

    /// <summary>The shard's checkpoint; the store keeps the newest two.</summary>
    public ShardCheckpoint? Checkpoint { get; init; }

    /// <summary>Mail to this shard up to and including these positions, by sending shard, is done with and may be removed.</summary>
    public IReadOnlyDictionary<int, MailPosition> ReadMail { get; init; } = NoMail;

    private static readonly Dictionary<int, MailPosition> NoMail = [];
}

/// <summary>A committed append.</summary>
/// <param name="Undeliverable">Messages dropped because their shard has been retired.</param>
public readonly record struct AppendReceipt(int Undeliverable);

/// <summary>
/// The journal: shards with one writer each, their mail, snapshots and checkpoints. Asynchronous and free of any SQL
/// dialect; every implementation passes one conformance suite.
/// </summary>
/// <remarks>
/// Writes throw <see cref="FencedException"/>, <see cref="ShardRetiredException"/>, <see cref="LogConflictException"/> or
/// <see cref="StoreException"/> when nothing was written, and <see cref="OutcomeUnknownException"/> when only reading can
/// tell. Reads throw <see cref="StoreException"/> with <see cref="StoreTrouble.Damaged"/> for an entry whose checksum does
/// not match. A committed write is durable, and seen by every later read. Safe for many callers at once.
/// </remarks>
public interface IShardStore : IAsyncDisposable
{
    /// <summary>Sets a setting of the whole store if it has none yet (the number of hashed shards); returns the one that holds.</summary>
    ValueTask<string> AgreeAsync(string setting, string value, CancellationToken cancel = default);

    /// <summary>Takes the shard, creating it if need be: its epoch grows by one, which fences the owner before.</summary>
    ValueTask<ShardClaim> ClaimAsync(string shard, string owner, CancellationToken cancel = default);

    /// <summary>Writes, if the claim still holds and the log ends where the append begins.</summary>
    ValueTask<AppendReceipt> AppendAsync(ShardAppend append, CancellationToken cancel = default);

    /// <summary>Removes the shard's entries, mail, snapshots and checkpoints, and reclaims their space; its name can't be claimed again.</summary>
    ValueTask RetireAsync(ShardClaim claim, CancellationToken cancel = default);

    /// <summary>The shard of this name, or null.</summary>
    ValueTask<ShardInfo?> FindShardAsync(string shard, CancellationToken cancel = default);

    /// <summary>All shards, by number, retired ones included.</summary>
    ValueTask<IReadOnlyList<ShardInfo>> ListShardsAsync(CancellationToken cancel = default);

    /// <summary>Entries after a position, in order, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<LogEntry>> ReadLogAsync(
        int shard,
        long afterLsn,
        int limit,
        CancellationToken cancel = default
    );

    /// <summary>One entity's entries after a number, in order, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<LogEntry>> ReadEntityAsync(
        int shard,
        string entityType,
        string entityId,
        long afterSeq,
        int limit,
        CancellationToken cancel = default
    );

    /// <summary>Ids of a shard's entities of one type, ordinal order, after <paramref name="afterId"/> ("" for the first).</summary>
    ValueTask<IReadOnlyList<string>> ListEntitiesAsync(
        int shard,
        string entityType,
        string afterId,
        int limit,
        CancellationToken cancel = default
    );

    /// <summary>The newest snapshot that is whole, or null.</summary>
    ValueTask<EntitySnapshot?> ReadSnapshotAsync(
        int shard,
        string entityType,
        string entityId,
        CancellationToken cancel = default
    );

    /// <summary>The newest checkpoint that is whole, or null.</summary>
    ValueTask<ShardCheckpoint?> ReadCheckpointAsync(int shard, CancellationToken cancel = default);

    /// <summary>
    /// Mail to a shard, past the given positions (by sending shard; a sender that is not named is read from its start): at
    /// most <paramref name="limitPerSender"/> of each sender, in order within a sender.
    /// </summary>
    ValueTask<IReadOnlyList<Mail>> ReadMailAsync(
        int shard,
        IReadOnlyDictionary<int, MailPosition> after,
        int limitPerSender,
        CancellationToken cancel = default
    );
}
