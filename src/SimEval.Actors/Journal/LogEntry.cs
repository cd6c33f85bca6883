namespace SimEval.Actors.Journal;

/// <summary>A typed payload: what it is, in which version of its shape, and its bytes.</summary>
/// <param name="Manifest">Name of the shape, stable for ever ("RolloutCompleted").</param>
/// <param name="Version">Version of the shape; from 1.</param>
/// <param name="Payload">The bytes; whoever is handed them does not change them.</param>
public readonly record struct Encoded(string Manifest, int Version, ReadOnlyMemory<byte> Payload);

/// <summary>What a log entry records.</summary>
public enum EntryKind
{
    /// <summary>An event of the entity.</summary>
    Event = 1,

    /// <summary>A command or message that was handled and gave no event: rejected, or nothing to do.</summary>
    Outcome = 2,

    /// <summary>A message that the entity could not handle because its code threw; the payload is the message.</summary>
    Parked = 3,

    /// <summary>From here on the entity is tried again.</summary>
    Unparked = 4,
}

/// <summary>A client's numbering of its commands; the same pair is the same command.</summary>
/// <param name="Client">The client's id; not empty.</param>
/// <param name="Seq">Grows with each command of this client.</param>
public readonly record struct CommandId(string Client, long Seq);

/// <summary>Where a message stands in the mail of one shard to another: ordered by position, then ordinal.</summary>
/// <param name="Lsn">Position in the sender's log of the turn that sent it.</param>
/// <param name="Ordinal">Its number among the messages of that append position, from 0.</param>
public readonly record struct MailPosition(long Lsn, int Ordinal) : IComparable<MailPosition>
{
    /// <summary>Before every message.</summary>
    public static MailPosition Start { get; } = new(0, -1);

    /// <inheritdoc/>
    public int CompareTo(MailPosition other) =>
        Lsn != other.Lsn ? Lsn.CompareTo(other.Lsn) : Ordinal.CompareTo(other.Ordinal);

    /// <summary>Earlier.</summary>
    public static bool operator <(MailPosition a, MailPosition b) => a.CompareTo(b) < 0;

    /// <summary>Later.</summary>
    public static bool operator >(MailPosition a, MailPosition b) => a.CompareTo(b) > 0;

    /// <summary>Not later.</summary>
    public static bool operator <=(MailPosition a, MailPosition b) => a.CompareTo(b) <= 0;

    /// <summary>Not earlier.</summary>
    public static bool operator >=(MailPosition a, MailPosition b) => a.CompareTo(b) >= 0;
}

/// <summary>The message that caused an entry: the receiver's progress through a sender's mail.</summary>
/// <param name="Shard">The sending shard's number.</param>
/// <param name="Position">Which message.</param>
public readonly record struct MailSource(int Shard, MailPosition Position);

/// <summary>One entry of a shard's log.</summary>
public sealed record LogEntry
{
    /// <summary>Position in the shard's log: 1, 2, 3 ... without a gap.</summary>
    public required long Lsn { get; init; }

    /// <summary>What it records.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>The entity's type.</summary>
    public required string EntityType { get; init; }

    /// <summary>The entity's id.</summary>
    public required string EntityId { get; init; }

    /// <summary>Number among the entity's entries: 1, 2, 3 ... without a gap.</summary>
    public required long EntitySeq { get; init; }

    /// <summary>The message that caused the turn; set on the turn's first entry.</summary>
    public MailSource? Source { get; init; }

    /// <summary>The command that caused the turn; set on the turn's first entry.</summary>
    public CommandId? Command { get; init; }

    /// <summary>What the command was answered, so that a repeated one gets the same answer; set beside <see cref="Command"/>.</summary>
    public ReadOnlyMemory<byte> Reply { get; init; }

    /// <summary>The event, or the parked message; empty for the other kinds.</summary>
    public Encoded Body { get; init; } = new("", 1, default);

    /// <summary>The epoch it was written under; the store fills it in.</summary>
    public long Epoch { get; init; }
}

/// <summary>A message from one shard to another, as it waits in the mail.</summary>
/// <param name="FromShard">The sending shard's number; the store fills it in.</param>
/// <param name="Position">Its place in the order of the pair.</param>
/// <param name="ToShard">The receiving shard's name.</param>
/// <param name="EntityType">The receiving entity's type.</param>
/// <param name="EntityId">The receiving entity's id.</param>
/// <param name="Body">The command.</param>
public sealed record Mail(
    int FromShard,
    MailPosition Position,
    string ToShard,
    string EntityType,
    string EntityId,
    Encoded Body
);

/// <summary>An entity's state as of one of its entries.</summary>
/// <param name="EntityType">The entity's type.</param>
/// <param name="EntityId">The entity's id.</param>
/// <param name="EntitySeq">The last entry that is folded into it.</param>
/// <param name="State">The state.</param>
public sealed record EntitySnapshot(string EntityType, string EntityId, long EntitySeq, Encoded State);

/// <summary>What a shard's owner keeps beside its entities (cursors, deduplication), as of one position of the log.</summary>
/// <param name="Lsn">The last entry that is folded into it.</param>
/// <param name="Payload">The owner's bytes.</param>
public sealed record ShardCheckpoint(long Lsn, ReadOnlyMemory<byte> Payload);
