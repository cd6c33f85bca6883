using SimEval.Metrics;

namespace SimEval.Entities.Rollouts;

/// <summary>What a rollout can be asked to note.</summary>
public abstract record RolloutCommand
{
    private RolloutCommand() { }

    /// <summary>A stretch is durable.</summary>
    public sealed record Checkpoint(Segment Segment, ulong Checksum) : RolloutCommand;

    /// <summary>It ended, and its last stretch is durable.</summary>
    public sealed record End(Segment? Segment, RolloutResult Result) : RolloutCommand;
}

/// <summary>What a rollout decides.</summary>
public static class RolloutDecider
{
    /// <summary>The entity type's name in addresses.</summary>
    public const string Type = "rollout";

    /// <summary>The decision on a command in a state. Repeated reports of an end change nothing.</summary>
    public static Decision<RolloutEvent> Decide(Rollout state, RolloutCommand command) =>
        command switch
        {
            RolloutCommand.Checkpoint c when state.Result is not null || c.Segment.FirstFrame < state.DurableFrames =>
                Decision<RolloutEvent>.Nothing,
            RolloutCommand.Checkpoint c when c.Segment.FirstFrame > state.DurableFrames =>
                Decision<RolloutEvent>.Rejected($"frames {state.DurableFrames} to {c.Segment.FirstFrame} are missing"),
            RolloutCommand.Checkpoint c => Decision<RolloutEvent>.Of(
                new RolloutEvent.Checkpointed(c.Segment, c.Checksum)
            ),
            RolloutCommand.End when state.Result is not null => Decision<RolloutEvent>.Nothing,
            RolloutCommand.End c => Decision<RolloutEvent>.Of(new RolloutEvent.Ended(c.Segment, c.Result)),
            _ => throw new InvalidOperationException($"rollout: unknown command {command.GetType().Name}"),
        };
}
