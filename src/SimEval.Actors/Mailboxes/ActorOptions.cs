using SimEval.Actors.Dispatch;

namespace SimEval.Actors.Mailboxes;

/// <summary>How an actor is run.</summary>
public sealed record ActorOptions
{
    /// <summary>Messages its mailbox holds; at least 1.</summary>
    public required int Capacity { get; init; }

    /// <summary>What happens when it throws.</summary>
    public Supervision Supervision { get; init; } = Supervision.Stop;

    /// <summary>Where it runs; null: the system's dispatcher.</summary>
    public IDispatcher? Dispatcher { get; init; }
}

/// <summary>What happens to an actor that throws: the message that did it becomes a dead letter either way.</summary>
/// <param name="MaxRestarts">How many times a fresh instance takes over within <paramref name="Within"/>; one more failure stops it.</param>
/// <param name="Within">The window.</param>
public sealed record Supervision(int MaxRestarts, TimeSpan Within)
{
    /// <summary>The first failure stops it.</summary>
    public static Supervision Stop { get; } = new(0, TimeSpan.Zero);

    /// <summary>Restarts it up to <paramref name="times"/> within <paramref name="within"/>; its mailbox is kept.</summary>
    public static Supervision Restart(int times, TimeSpan within) => new(times, within);
}

/// <summary>An actor threw.</summary>
/// <param name="Path">Which.</param>
/// <param name="Cause">What it threw.</param>
/// <param name="Restarted">Whether a fresh instance took over; otherwise it has stopped.</param>
public sealed record ActorFailure(string Path, Exception Cause, bool Restarted);
