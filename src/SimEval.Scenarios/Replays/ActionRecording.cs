using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SimEval.Scenarios.Replays;

/// <summary>
/// The actions of an earlier rollout, for a policy that repeats them: eight bytes "SEACTION", then action size a (int32),
/// frames n (int32), n x a float32; little-endian. A run captures it like any file it reads.
/// </summary>
/// <param name="ActionSize">Numbers per action, at least 1.</param>
/// <param name="Values">Actions of all frames, one after the other.</param>
public sealed record ActionRecording(int ActionSize, ReadOnlyMemory<float> Values)
{
    private const int Header = 16;

    private static ReadOnlySpan<byte> Magic => "SEACTION"u8;

    /// <summary>Number of frames.</summary>
    public int Frames => Values.Length / ActionSize;

    /// <summary>The action of a frame, 0 to <see cref="Frames"/> - 1.</summary>
    public ReadOnlySpan<float> Action(int frame) => Values.Span.Slice(frame * ActionSize, ActionSize);

    /// <summary>Whether bytes claim to be such a recording.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <summary>Reads the bytes; null when they are damaged or no such recording.</summary>
    public static ActionRecording? Read(ReadOnlySpan<byte> bytes)
    {
        if (!Is(bytes) || bytes.Length < Header)
            return null;
        var size = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        var frames = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        return size < 1 || frames < 0 || bytes.Length - Header != (long)size * frames * sizeof(float)
            ? null
            : new ActionRecording(size, MemoryMarshal.Cast<byte, float>(bytes[Header..]).ToArray());
    }

    /// <summary>The bytes.</summary>
    public byte[] Write()
    {
        var bytes = new byte[Header + Values.Length * sizeof(float)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), ActionSize);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), Frames);
        MemoryMarshal.AsBytes(Values.Span).CopyTo(bytes.AsSpan(Header));
        return bytes;
    }
}
