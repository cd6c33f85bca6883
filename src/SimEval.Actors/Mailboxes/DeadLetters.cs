namespace SimEval.Actors.Mailboxes;

/// <summary>Why a message reached nobody.</summary>
public enum DeadLetterReason
{
    /// <summary>The mailbox was at its capacity.</summary>
    Full,

    /// <summary>The receiver had stopped.</summary>
    Stopped,

    /// <summary>The receiver threw while it handled the message.</summary>
    Failed,

    /// <summary>A durable message to a shard that has been retired.</summary>
    Retired,
}

/// <summary>A message that reached nobody.</summary>
/// <param name="To">The receiver's path.</param>
/// <param name="Message">The message.</param>
/// <param name="Reason">Why.</param>
public sealed record DeadLetter(string To, object? Message, DeadLetterReason Reason);

/// <summary>Where undeliverable messages are seen: counted for good, the newest kept, and told to whoever listens.</summary>
public sealed class DeadLetters
{
    private readonly Lock gate = new();
    private readonly Queue<DeadLetter> newest = new();
    private readonly int capacity;
    private long count;

    internal DeadLetters(int capacity) => this.capacity = capacity;

    /// <summary>Told of each one, on the thread that found it; must be quick and must not throw.</summary>
    public event Action<DeadLetter>? Added;

    /// <summary>How many there have been.</summary>
    public long Count => Interlocked.Read(ref count);

    /// <summary>The newest ones, oldest first.</summary>
    public IReadOnlyList<DeadLetter> Newest
    {
        get
        {
            lock (gate)
                return [.. newest];
        }
    }

    internal void Add(string to, object? message, DeadLetterReason reason)
    {
        var letter = new DeadLetter(to, message, reason);
        Interlocked.Increment(ref count);
        lock (gate)
        {
            if (newest.Count == capacity)
                newest.Dequeue();
            newest.Enqueue(letter);
        }

        Added?.Invoke(letter);
    }
}
