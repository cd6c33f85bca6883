using System.Buffers;
using SimEval.Entities.Rollouts;
using SimEval.Scenarios;

namespace SimEval.Engine.Rollouts;

/// <summary>A stretch of a rollout that goes on.</summary>
/// <param name="Key">Which.</param>
/// <param name="FirstFrame">Index of the stretch's first frame.</param>
/// <param name="Frames">Its frames.</param>
/// <param name="Checksum">Checksum after the last.</param>
/// <param name="Offset">Where its bytes are in the blob.</param>
public sealed record RunningStretch(RolloutKey Key, int FirstFrame, int Frames, ulong Checksum, int Offset);

/// <summary>An ended rollout and where its last stretch is in the blob; -1 when it has no frames left to store.</summary>
public readonly record struct EndedStretch(EndedRollout Rollout, int Offset);

/// <summary>
/// What a cohort makes durable at once: one blob with a stretch of each rollout, then one event a rollout in the cohort's
/// shard. The blob comes first: a log never names what is not there.
/// </summary>
public sealed class CohortFlush : IDisposable
{
    // Blobs of this size go straight to the oldest generation: each would bring a full collection closer.
    private readonly byte[] rented;

    private CohortFlush(
        int cohort,
        byte[] rented,
        int bytes,
        IReadOnlyList<EndedStretch> ended,
        IReadOnlyList<RunningStretch> running
    )
    {
        this.rented = rented;
        (Cohort, Blob, Ended, Running) = (cohort, rented.AsMemory(0, bytes), ended, running);
    }

    /// <summary>The cohort's number.</summary>
    public int Cohort { get; }

    /// <summary>The segment blob, until <see cref="Dispose"/>; empty when no frame is new.</summary>
    public ReadOnlyMemory<byte> Blob { get; }

    /// <summary>Rollouts that ended.</summary>
    public IReadOnlyList<EndedStretch> Ended { get; }

    /// <summary>Rollouts that go on.</summary>
    public IReadOnlyList<RunningStretch> Running { get; }

    /// <summary>Takes what a cohort has to make durable; null when there is nothing.</summary>
    /// <param name="loop">The cohort.</param>
    /// <param name="checkpointFrames">Running rollouts with at least as many frames not yet durable are checkpointed.</param>
    public static CohortFlush? Take(CohortLoop loop, int checkpointFrames)
    {
        var ended = loop.TakeEnded();
        var running = loop.Undurable(checkpointFrames).ToList();
        if (ended.Count == 0 && running.Count == 0)
            return null;
        var size =
            SegmentFormat.BlobHeader
            + ended.Sum(e => SizeOf(e.Recording, e.DurableFrames))
            + running.Sum(r => SizeOf(r.Recording, r.DurableFrames));
        var blob = ArrayPool<byte>.Shared.Rent(size);
        SegmentFormat.WriteHeader(blob);
        var at = SegmentFormat.BlobHeader;
        var endedStretches = new List<EndedStretch>(ended.Count);
        foreach (var rollout in ended)
        {
            var bytes = Write(rollout.Recording, rollout.DurableFrames, blob, at);
            endedStretches.Add(new EndedStretch(rollout, bytes == 0 ? -1 : at));
            at += bytes;
        }

        var runningStretches = new List<RunningStretch>(running.Count);
        foreach (var rollout in running)
        {
            var frames = rollout.Recording.Count - rollout.DurableFrames;
            var checksum = rollout.Recording.Checksum(rollout.Recording.Count - 1);
            runningStretches.Add(new RunningStretch(rollout.Key, rollout.DurableFrames, frames, checksum, at));
            at += Write(rollout.Recording, rollout.DurableFrames, blob, at);
            rollout.DurableFrames = rollout.Recording.Count;
        }

        return new CohortFlush(
            loop.Cohort,
            blob,
            at == SegmentFormat.BlobHeader ? 0 : at,
            endedStretches,
            runningStretches
        );
    }

    /// <summary>Gives the blob's memory back, once it is stored.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(rented);

    /// <summary>The segment of an ended rollout in the stored blob.</summary>
    public static Segment? SegmentOf(EndedStretch ended, string blob) =>
        ended.Offset < 0
            ? null
            : new Segment(
                blob,
                ended.Offset,
                ended.Rollout.DurableFrames,
                ended.Rollout.Recording.Count - ended.Rollout.DurableFrames
            );

    private static int SizeOf(FrameRecording recording, int durable) =>
        recording.Count > durable ? recording.SizeOf(recording.Count - durable) : 0;

    private static int Write(FrameRecording recording, int durable, byte[] blob, int at) =>
        recording.Count > durable ? recording.Write(durable, blob.AsSpan(at)) : 0;
}
