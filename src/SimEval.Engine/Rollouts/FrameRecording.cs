using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SimEval.Worlds;

namespace SimEval.Engine.Rollouts;

/// <summary>
/// What is recorded of a rollout while it runs: per frame the action in effect at its end, when it arrived, and the chained
/// checksum. Observations are not kept; they are a function of the actions.
/// </summary>
public sealed class FrameRecording
{
    /// <summary>In the place of an arrival: none in this frame, the action before it stays in effect.</summary>
    public const uint NoArrival = uint.MaxValue;

    private readonly int actionSize;
    private float[] actions;
    private ulong[] checksums;
    private uint[] arrivals = [];

    /// <summary>An empty recording for actions of <paramref name="actionSize"/> numbers.</summary>
    /// <param name="actionSize">Numbers per action, at least 1.</param>
    /// <param name="capacity">Expected frames.</param>
    public FrameRecording(int actionSize, int capacity = 64)
    {
        this.actionSize = actionSize;
        actions = new float[actionSize * capacity];
        checksums = new ulong[capacity];
    }

    /// <summary>Frames recorded.</summary>
    public int Count { get; private set; }

    /// <summary>Numbers per action.</summary>
    public int ActionSize => actionSize;

    /// <summary>Whether some action took time to arrive; else every frame's arrived at its start.</summary>
    public bool HasArrivals => arrivals.Length > 0;

    /// <summary>The action in effect at the end of the step from frame <paramref name="frame"/> to the next.</summary>
    public ReadOnlySpan<float> Action(int frame) => actions.AsSpan(frame * actionSize, actionSize);

    /// <summary>When that action arrived, in ns after the frame's start, or <see cref="NoArrival"/>.</summary>
    public uint Arrival(int frame) => HasArrivals ? arrivals[frame] : 0;

    /// <summary>The checksum after that step.</summary>
    public ulong Checksum(int frame) => checksums[frame];

    /// <summary>Appends one frame.</summary>
    public void Add(ReadOnlySpan<float> action, ulong checksum, uint arrival = 0)
    {
        if (Count == checksums.Length)
        {
            Array.Resize(ref actions, Math.Max(actionSize, actions.Length * 2));
            Array.Resize(ref checksums, Math.Max(1, checksums.Length * 2));
        }

        if (arrival > 0 || HasArrivals)
        {
            if (arrivals.Length < checksums.Length)
                Array.Resize(ref arrivals, checksums.Length);
            arrivals[Count] = arrival;
        }

        action.CopyTo(actions.AsSpan(Count * actionSize));
        checksums[Count++] = checksum;
    }

    /// <summary>Steps an episode as a recorded frame did.</summary>
    public void Step(IEpisode episode, int frame)
    {
        var arrival = Arrival(frame);
        if (arrival == 0 || arrival == NoArrival)
        {
            episode.Step(Action(frame));
            return;
        }

        Span<float> held = stackalloc float[actionSize];
        if (frame > 0)
            Action(frame - 1).CopyTo(held);
        else
            episode.Hold(held);
        episode.Step(held, arrival * 1e-9, Action(frame));
    }

    /// <summary>Bytes of a stretch of <paramref name="frames"/> frames as <see cref="Write"/> lays it out.</summary>
    public int SizeOf(int frames) =>
        SegmentFormat.StretchHeader
        + frames * ((actionSize * sizeof(float)) + sizeof(ulong) + (HasArrivals ? sizeof(uint) : 0));

    /// <summary>Writes the stretch [first, <see cref="Count"/>) at the start of <paramref name="target"/>; returns its size.</summary>
    public int Write(int first, Span<byte> target)
    {
        var frames = Count - first;
        BinaryPrimitives.WriteInt32LittleEndian(target, first);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], frames);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], actionSize);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], HasArrivals ? SegmentFormat.WithArrivals : 0);
        var at = SegmentFormat.StretchHeader;
        at += Copy(MemoryMarshal.AsBytes(actions.AsSpan(first * actionSize, frames * actionSize)), target[at..]);
        at += Copy(MemoryMarshal.AsBytes(checksums.AsSpan(first, frames)), target[at..]);
        return HasArrivals ? at + Copy(MemoryMarshal.AsBytes(arrivals.AsSpan(first, frames)), target[at..]) : at;
    }

    private static int Copy(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        bytes.CopyTo(target);
        return bytes.Length;
    }
}
