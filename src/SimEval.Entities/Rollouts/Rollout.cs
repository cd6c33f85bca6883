using SimEval.Metrics;

namespace SimEval.Entities.Rollouts;

/// <summary>
/// One persisted stretch of a rollout's frames: where its bytes are. The blob holds the stretches of many rollouts.
/// </summary>
/// <param name="Blob">SHA-256 of the segment blob.</param>
/// <param name="Offset">First byte of the stretch in the blob.</param>
/// <param name="FirstFrame">Index of its first frame.</param>
/// <param name="Frames">Number of frames.</param>
public sealed record Segment(string Blob, int Offset, int FirstFrame, int Frames);

/// <summary>What happens to a rollout.</summary>
public abstract record RolloutEvent
{
    private RolloutEvent() { }

    /// <summary>A stretch became durable; with the ones before it, the rollout can be resumed after its last frame.</summary>
    public sealed record Checkpointed(Segment Segment, ulong Checksum) : RolloutEvent;

    /// <summary>It ended; the last stretch, if any, is durable.</summary>
    public sealed record Ended(Segment? Segment, RolloutResult Result) : RolloutEvent;
}

/// <summary>The state of a rollout: the fold of its events.</summary>
/// <param name="Segments">Durable stretches, in order, without gaps.</param>
/// <param name="Checksum">The chained checksum after the last durable frame.</param>
/// <param name="Result">How it ended; null while it runs.</param>
public sealed record Rollout(IReadOnlyList<Segment> Segments, ulong Checksum, RolloutResult? Result)
{
    /// <summary>Before anything happened.</summary>
    public static Rollout Initial { get; } = new([], 0, null);

    /// <summary>Frames that are durable.</summary>
    public int DurableFrames => Segments.Count == 0 ? 0 : Segments[^1].FirstFrame + Segments[^1].Frames;

    /// <summary>The state after an event. Throws on a pair that cannot be.</summary>
    public static Rollout Evolve(Rollout state, RolloutEvent happened) =>
        (state.Result, happened) switch
        {
            (null, RolloutEvent.Checkpointed e) => state with
            {
                Segments = state.Append(e.Segment),
                Checksum = e.Checksum,
            },
            (null, RolloutEvent.Ended e) => new Rollout(
                e.Segment is null ? state.Segments : state.Append(e.Segment),
                e.Result.Checksum,
                e.Result
            ),
            _ => throw new InvalidOperationException($"rollout: {happened.GetType().Name} after its end"),
        };

    private IReadOnlyList<Segment> Append(Segment segment) =>
        segment.FirstFrame == DurableFrames
            ? [.. Segments, segment]
            : throw new InvalidOperationException(
                $"rollout: segment at frame {segment.FirstFrame} where {DurableFrames} frames are durable"
            );
}
