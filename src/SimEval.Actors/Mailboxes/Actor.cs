using SimEval.Actors.Dispatch;

namespace SimEval.Actors.Mailboxes;

/// <summary>
/// An object that handles one message at a time and shares nothing. Its instance lives until it stops or throws; a restart
/// makes a new one, so a field set in the constructor is a clean start.
/// </summary>
/// <typeparam name="T">The messages it understands.</typeparam>
public abstract class Actor<T>
{
    private ActorContext<T>? context;

    /// <summary>Its place in the system. Not available in the constructor.</summary>
    protected internal ActorContext<T> Context
    {
        get => context ?? throw new InvalidOperationException("An actor has no context before it is started.");
        internal set => context = value;
    }

    /// <summary>Before the first message, and after every restart.</summary>
    protected internal virtual void Started() { }

    /// <summary>Handles one message. Must not block: long work runs elsewhere and comes back through <see cref="ActorContext{T}.PipeToSelf{TResult}"/>.</summary>
    protected internal abstract void Receive(T message);

    /// <summary>After the last message, before a restart too (<paramref name="failure"/> is then what it threw).</summary>
    protected internal virtual void Stopped(Exception? failure) { }
}

/// <summary>What an actor may ask of its system.</summary>
/// <typeparam name="T">The messages the actor understands.</typeparam>
public sealed class ActorContext<T>
{
    private readonly ActorCell<T> cell;

    internal ActorContext(ActorCell<T> cell)
    {
        this.cell = cell;
        Timers = new ActorTimers<T>(cell);
    }

    /// <summary>Its own address.</summary>
    public ActorRef<T> Self => cell.Ref;

    /// <summary>The system it lives in.</summary>
    public ActorSystem System => cell.System;

    /// <summary>The time.</summary>
    public DateTimeOffset Now => cell.System.Time.GetUtcNow();

    /// <summary>Messages to itself, later. Cancelled by a stop and by a restart.</summary>
    public ActorTimers<T> Timers { get; }

    /// <summary>Stops after the message in hand; what is still in the mailbox becomes dead letters.</summary>
    public void Stop() => cell.Stop();

    /// <summary>
    /// Turns the end of a task into a message, delivered even when the mailbox is full (the actor bounds these itself, by
    /// what it starts).
    /// </summary>
    public void PipeToSelf<TResult>(Task<TResult> task, Func<TResult, T> result, Func<Exception, T> failure)
    {
        Continuation.After(
            task,
            () =>
                cell.TellOwn(() => (true, task.IsCompletedSuccessfully ? result(task.Result) : failure(CauseOf(task))))
        );
    }

    /// <summary>As <see cref="PipeToSelf{TResult}"/>, for a task without a result.</summary>
    public void PipeToSelf(Task task, Func<T> result, Func<Exception, T> failure) =>
        Continuation.After(
            task,
            () => cell.TellOwn(() => (true, task.IsCompletedSuccessfully ? result() : failure(CauseOf(task))))
        );

    /// <summary>Sends itself a message when <paramref name="other"/> stops; the argument is the failure that stopped it, or null.</summary>
    public void Watch(ActorRef other, Func<Exception?, T> message) =>
        Continuation.After(other.WhenStopped, () => cell.TellOwn(() => (true, message(other.WhenStopped.Result))));

    private static Exception CauseOf(Task task) => task.Exception?.InnerException ?? new TaskCanceledException(task);
}
