using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SimEval.Engine.Rollouts;

/// <summary>
/// The bytes of a segment blob: a header of eight bytes ("SESG", version), then stretches, each of one rollout. A stretch
/// is: first frame (int32), frames n (int32), action size a (int32), n x a float32 actions, n uint64 checksums; all
/// little-endian. Specified in docs/formats/segment.md.
/// </summary>
public static class SegmentFormat
{
    /// <summary>Bytes before the first stretch.</summary>
    public const int BlobHeader = 8;

    /// <summary>Bytes before a stretch's actions.</summary>
    public const int StretchHeader = 12;

    private const uint Magic = 0x47534553; // "SESG"
    private const int Version = 1;

    /// <summary>Writes the blob's header.</summary>
    public static void WriteHeader(Span<byte> blob)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(blob, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(blob[4..], Version);
    }

    /// <summary>Appends the frames of the stretch at <paramref name="offset"/> to a recording.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such stretch.</exception>
    public static void Read(ReadOnlySpan<byte> blob, int offset, FrameRecording into)
    {
        if (blob.Length < BlobHeader || BinaryPrimitives.ReadUInt32LittleEndian(blob) != Magic)
            throw new InvalidDataException("not a segment blob");
        var version = BinaryPrimitives.ReadInt32LittleEndian(blob[4..]);
        if (version != Version)
            throw new InvalidDataException($"segment blob of version {version}; this program reads version {Version}");
        if (offset < BlobHeader || offset > blob.Length - StretchHeader)
            throw new InvalidDataException($"no stretch at byte {offset} of a segment blob of {blob.Length} bytes");
        var stretch = blob[offset..];
        var first = BinaryPrimitives.ReadInt32LittleEndian(stretch);
        var frames = BinaryPrimitives.ReadInt32LittleEndian(stretch[4..]);
        var actionSize = BinaryPrimitives.ReadInt32LittleEndian(stretch[8..]);
        var size = (long)frames * (actionSize * sizeof(float) + sizeof(ulong));
        if (frames < 0 || actionSize != into.ActionSize || first != into.Count || size > stretch.Length - StretchHeader)
            throw new InvalidDataException($"damaged stretch at byte {offset} of a segment blob");
        var actions = MemoryMarshal.Cast<byte, float>(
            stretch.Slice(StretchHeader, frames * actionSize * sizeof(float))
        );
        var checksums = MemoryMarshal.Cast<byte, ulong>(
            stretch.Slice(StretchHeader + frames * actionSize * sizeof(float), frames * sizeof(ulong))
        );
        for (var i = 0; i < frames; i++)
            into.Add(actions.Slice(i * actionSize, actionSize), checksums[i]);
    }
}
