namespace SimEval.Actors.Journal;

/// <summary>What kind of trouble a store has, so that a caller can choose an exit code or a retry.</summary>
public enum StoreTrouble
{
    /// <summary>Another process holds it.</summary>
    Taken,

    /// <summary>It is not what it should be: garbage, cut short, or a checksum that does not match.</summary>
    Damaged,

    /// <summary>It was made by another version, or with settings that can't be changed later.</summary>
    Incompatible,

    /// <summary>No space left.</summary>
    Full,

    /// <summary>The folder or file may not be written or read.</summary>
    NoPermission,

    /// <summary>It did not answer, or failed in a way that may pass.</summary>
    Unavailable,

    /// <summary>Reading or writing failed for good; nothing more is written until it is opened again.</summary>
    Failed,
}

/// <summary>The store can't do what was asked. The message says what was wrong and what to do; nothing was written.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Creates one.</summary>
    public StoreException(StoreTrouble trouble, string message, Exception? cause = null)
        : base(message, cause) => Trouble = trouble;

    /// <summary>What kind of trouble.</summary>
    public StoreTrouble Trouble { get; }
}

/// <summary>Another owner has claimed the shard since: the write was refused, nothing was written, and nothing ever will be under this claim.</summary>
/// <param name="shard">The shard's name.</param>
/// <param name="epoch">The epoch that the write carried.</param>
/// <param name="current">The epoch that holds now.</param>
public sealed class FencedException(string shard, long epoch, long current)
    : Exception($"Shard {shard} is at epoch {current}: the owner of epoch {epoch} has been replaced.");

/// <summary>The shard has been retired with everything in it.</summary>
/// <param name="shard">The shard's name.</param>
public sealed class ShardRetiredException(string shard) : Exception($"Shard {shard} has been retired.");

/// <summary>An append does not continue the log: its first entry is not the one after the last. Nothing was written.</summary>
/// <param name="shard">The shard's name.</param>
/// <param name="expected">The position the append wanted to continue after.</param>
/// <param name="last">The log's last position.</param>
public sealed class LogConflictException(string shard, long expected, long last)
    : Exception($"Shard {shard}: an append after position {expected} found the log at {last}.");

/// <summary>The answer to a write was lost: it may or may not have been committed. Read the log to find out.</summary>
/// <param name="message">What happened.</param>
public sealed class OutcomeUnknownException(string message) : Exception(message);
