namespace SimEval.Actors.Mailboxes;

/// <summary>What became of a message that was told.</summary>
public enum Delivery
{
    /// <summary>It is in the mailbox.</summary>
    Accepted,

    /// <summary>The mailbox is at its capacity; the message was not taken, and is counted as a dead letter.</summary>
    Full,

    /// <summary>The receiver has stopped; the message was not taken, and is counted as a dead letter.</summary>
    Stopped,
}

/// <summary>An Ask found the mailbox full: nothing was sent.</summary>
/// <param name="path">The receiver.</param>
public sealed class MailboxFullException(string path) : Exception($"The mailbox of {path} is full.");

/// <summary>The receiver had stopped, or stopped before it answered.</summary>
/// <param name="path">The receiver.</param>
/// <param name="cause">The failure that stopped it, if one did.</param>
public sealed class ActorStoppedException(string path, Exception? cause = null)
    : Exception(cause is null ? $"{path} has stopped." : $"{path} has stopped: {cause.Message}", cause);
