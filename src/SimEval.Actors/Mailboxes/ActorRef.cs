namespace SimEval.Actors.Mailboxes;

/// <summary>The address of an actor, whatever it understands.</summary>
public abstract class ActorRef
{
    private protected ActorRef(string path, Task<Exception?> whenStopped) => (Path, WhenStopped) = (path, whenStopped);

    /// <summary>Its name, unique in its system while it lives.</summary>
    public string Path { get; }

    /// <summary>Completes when it has stopped: with null, or with the failure that stopped it. Never faults.</summary>
    public Task<Exception?> WhenStopped { get; }

    /// <summary>Asks it to stop after the message in hand; what is still in its mailbox becomes dead letters.</summary>
    public abstract void Stop();

    /// <inheritdoc/>
    public override string ToString() => Path;
}

/// <summary>The address of an actor. Safe from any thread.</summary>
/// <typeparam name="T">The messages it understands.</typeparam>
public sealed class ActorRef<T> : ActorRef
{
    private readonly ActorCell<T> cell;

    internal ActorRef(ActorCell<T> cell, string path, Task<Exception?> whenStopped)
        : base(path, whenStopped) => this.cell = cell;

    /// <summary>Puts a message into the mailbox, at most once, in order per sender. Never blocks; says whether it was taken.</summary>
    public Delivery Tell(T message) => cell.Tell(message);

    /// <summary>
    /// As <see cref="Tell"/>, but waits for room while the mailbox is full (back-pressure): the answer is Accepted or
    /// Stopped. A cancelled wait has delivered nothing.
    /// </summary>
    public ValueTask<Delivery> TellAsync(T message, CancellationToken cancel = default) =>
        cell.TellAsync(message, cancel);

    /// <summary>
    /// Sends a message that carries the way back, and awaits the answer. Throws <see cref="MailboxFullException"/> or
    /// <see cref="ActorStoppedException"/> when it was not taken, <see cref="TimeoutException"/> when no answer came in time
    /// (the message may still be handled), or what the receiver failed it with.
    /// </summary>
    public Task<TReply> Ask<TReply>(
        Func<ReplyTo<TReply>, T> message,
        TimeSpan deadline,
        CancellationToken cancel = default
    )
    {
        var reply = new ReplyTo<TReply>(Path, cell.Dispatcher.Completions);
        switch (cell.Tell(message(reply)))
        {
            case Delivery.Full:
                reply.Fail(new MailboxFullException(Path));
                break;
            case Delivery.Stopped:
                reply.Fail(new ActorStoppedException(Path));
                break;
            default:
                reply.ExpireAfter(deadline, cell.System.Time, cancel);
                break;
        }

        return reply.Task;
    }

    /// <inheritdoc/>
    public override void Stop() => cell.Stop();

    /// <summary>Messages waiting now; for metrics and tests.</summary>
    public int Waiting => cell.Waiting;
}

/// <summary>The way back to whoever asked. The first answer counts; later ones are refused.</summary>
/// <typeparam name="TReply">The answer.</typeparam>
public sealed class ReplyTo<TReply>
{
    private readonly TaskCompletionSource<TReply> answer;
    private readonly string asked;
    private ITimer? timer;
    private CancellationTokenRegistration cancellation;

    internal ReplyTo(string asked, TaskCreationOptions completions)
    {
        this.asked = asked;
        answer = new(completions);
    }

    internal Task<TReply> Task => answer.Task;

    /// <summary>Answers; false when the asker has its answer already, or has given up.</summary>
    public bool Tell(TReply reply)
    {
        Release();
        return answer.TrySetResult(reply);
    }

    /// <summary>Fails the asker with <paramref name="failure"/>; false when it has its answer already, or has given up.</summary>
    public bool Fail(Exception failure)
    {
        Release();
        return answer.TrySetException(failure);
    }

    internal void ExpireAfter(TimeSpan deadline, TimeProvider time, CancellationToken cancel)
    {
        if (deadline != Timeout.InfiniteTimeSpan)
        {
            timer = time.CreateTimer(
                _ => Fail(new TimeoutException($"{asked} did not answer within {deadline.TotalSeconds:0.###} s.")),
                null,
                deadline,
                Timeout.InfiniteTimeSpan
            );
        }

        if (cancel.CanBeCanceled)
            cancellation = cancel.UnsafeRegister((_, token) => answer.TrySetCanceled(token), null);
        if (answer.Task.IsCompleted)
            Release();
    }

    private void Release()
    {
        timer?.Dispose();
        cancellation.Unregister();
    }
}
