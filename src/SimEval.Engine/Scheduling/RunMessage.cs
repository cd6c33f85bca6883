using SimEval.Actors.Mailboxes;
using SimEval.Engine.Rollouts;
using SimEval.Metrics;

namespace SimEval.Engine.Scheduling;

/// <summary>How carrying out a run ended.</summary>
/// <param name="Kind">Which way.</param>
/// <param name="Pairs">Pairs of the fixed order that count.</param>
/// <param name="Reason">In words.</param>
/// <param name="Failure">What was thrown, when it failed.</param>
public sealed record ExecutionEnd(ExecutionEndKind Kind, int Pairs, string Reason, Exception? Failure = null);

/// <summary>The ways in which carrying out a run ends.</summary>
public enum ExecutionEndKind
{
    /// <summary>Every planned rollout ended.</summary>
    Complete,

    /// <summary>A declared look decided.</summary>
    StoppedAtLook,

    /// <summary>The budget of wall time was spent.</summary>
    WallTime,

    /// <summary>A person interrupted it: it can be resumed.</summary>
    Interrupted,

    /// <summary>The store failed, or a lane: it can be resumed once that is mended.</summary>
    Failed,
}

/// <summary>What a run's execution understands.</summary>
public abstract record RunMessage
{
    private RunMessage() { }

    /// <summary>Hand out the first work: the lanes know by now whom to report to.</summary>
    internal sealed record Begin : RunMessage;

    /// <summary>A lane has room, or is idle.</summary>
    internal sealed record Lane(LaneReport Report) : RunMessage;

    /// <summary>Rollouts ended and are durable.</summary>
    internal sealed record Durable(IReadOnlyList<RolloutResult> Results) : RunMessage;

    /// <summary>Stop with what there is.</summary>
    public sealed record Stop(ExecutionEndKind Kind, string Reason, Exception? Failure = null) : RunMessage;

    /// <summary>Every lane has made durable what it had.</summary>
    internal sealed record Drained(Exception? Failure) : RunMessage;

    /// <summary>A lane has stopped by itself: what it threw.</summary>
    internal sealed record LaneFailed(Exception? Failure) : RunMessage;

    /// <summary>Run a function over the fold, on the actor's turn.</summary>
    internal sealed record Look(Action<Aggregators.ResultFolder> At) : RunMessage;
}
