using System.Collections.Concurrent;
using SimEval.Actors.Dispatch;

namespace SimEval.Actors.Mailboxes;

/// <summary>The actors of a process (or of one simulated process), their clock and their dispatcher.</summary>
public sealed class ActorSystem : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ActorRef> actors = new(StringComparer.Ordinal);
    private long unnamed;

    /// <summary>Creates an empty one.</summary>
    /// <param name="time">The clock of timers and deadlines.</param>
    /// <param name="dispatcher">Where actors run that don't name their own.</param>
    /// <param name="deadLettersKept">How many of the newest dead letters are kept to look at; at least 1.</param>
    public ActorSystem(TimeProvider time, IDispatcher dispatcher, int deadLettersKept = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(deadLettersKept, 1);
        Time = time;
        Dispatcher = dispatcher;
        DeadLetters = new(deadLettersKept);
    }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Where actors run that don't name their own.</summary>
    public IDispatcher Dispatcher { get; }

    /// <summary>Messages that reached nobody.</summary>
    public DeadLetters DeadLetters { get; }

    /// <summary>Told of every exception an actor threw, on the thread it ran on; must be quick and must not throw.</summary>
    public event Action<ActorFailure>? Failed;

    /// <summary>The actors that live now.</summary>
    public IReadOnlyCollection<ActorRef> Actors => [.. actors.Values];

    /// <summary>Starts an actor.</summary>
    /// <param name="name">Unique among the living; "" for a generated one.</param>
    /// <param name="create">Makes an instance, now and at every restart.</param>
    /// <param name="options">Its mailbox, supervision and dispatcher.</param>
    public ActorRef<T> Start<T>(string name, Func<Actor<T>> create, ActorOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1);
        var path = name.Length > 0 ? name : $"actor-{Interlocked.Increment(ref unnamed)}";
        var cell = new ActorCell<T>(this, path, create, options);
        if (!actors.TryAdd(path, cell.Ref))
            throw new ArgumentException($"An actor named {path} lives already.", nameof(name));
        cell.Begin();
        return cell.Ref;
    }

    /// <summary>Stops every actor and waits for all of them.</summary>
    public async ValueTask DisposeAsync()
    {
        while (!actors.IsEmpty)
        {
            var living = Actors;
            foreach (var actor in living)
                actor.Stop();
            foreach (var actor in living)
                await actor.WhenStopped.ConfigureAwait(false);
        }
    }

    internal void Forget(ActorRef actor) => actors.TryRemove(KeyValuePair.Create(actor.Path, actor));

    internal void Report(ActorFailure failure) => Failed?.Invoke(failure);
}
