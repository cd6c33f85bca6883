using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SimEval.Engine.Rollouts;

/// <summary>
/// What is recorded of a rollout while it runs: per frame the action and the chained checksum. Observations are not kept;
/// they are a function of the actions.
/// </summary>
public sealed class FrameRecording
{
    private readonly int actionSize;
    private float[] actions;
    private ulong[] checksums;

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

    /// <summary>The action that led into frame <paramref name="frame"/> + 1.</summary>
    public ReadOnlySpan<float> Action(int frame) => actions.AsSpan(frame * actionSize, actionSize);

    /// <summary>The checksum after that step.</summary>
    public ulong Checksum(int frame) => checksums[frame];

    /// <summary>Appends one frame.</summary>
    public void Add(ReadOnlySpan<float> action, ulong checksum)
    {
        if (Count == checksums.Length)
        {
            Array.Resize(ref actions, actions.Length * 2);
            Array.Resize(ref checksums, checksums.Length * 2);
        }

        action.CopyTo(actions.AsSpan(Count * actionSize));
        checksums[Count++] = checksum;
    }

    /// <summary>Bytes of a stretch of <paramref name="frames"/> frames as <see cref="Write"/> lays it out.</summary>
    public int SizeOf(int frames) =>
        SegmentFormat.StretchHeader + frames * (actionSize * sizeof(float) + sizeof(ulong));

    /// <summary>Writes the stretch [first, <see cref="Count"/>) at the start of <paramref name="target"/>; returns its size.</summary>
    public int Write(int first, Span<byte> target)
    {
        var frames = Count - first;
        BinaryPrimitives.WriteInt32LittleEndian(target, first);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], frames);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], actionSize);
        var at = SegmentFormat.StretchHeader;
        var actionBytes = MemoryMarshal.AsBytes(actions.AsSpan(first * actionSize, frames * actionSize));
        actionBytes.CopyTo(target[at..]);
        at += actionBytes.Length;
        var checksumBytes = MemoryMarshal.AsBytes(checksums.AsSpan(first, frames));
        checksumBytes.CopyTo(target[at..]);
        return at + checksumBytes.Length;
    }
}
