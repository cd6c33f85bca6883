using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SimEval.Engine.Rollouts;

/// <summary>
/// The bytes of a segment blob: a header of eight bytes ("SESG", version), then stretches, each of one rollout. A stretch
/// is: first frame (int32), frames n (int32), action size a (int32), flags (int32; version 1 had none), n x a float32 actions,
/// n uint64 checksums, and n uint32 arrivals where the flags say so; all little-endian. Specified in docs/formats/segment.md.
/// </summary>
public static class SegmentFormat
{
    /// <summary>Bytes before the first stretch.</summary>
    public const int BlobHeader = 8;

    /// <summary>Bytes before a stretch's actions.</summary>
    public const int StretchHeader = 16;

    /// <summary>The flag of a stretch that holds arrivals.</summary>
    internal const int WithArrivals = 1;

    private const int StretchHeaderOfVersion1 = 12;
    private const uint Magic = 0x47534553; // "SESG"
    private const int Version = 2;

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
        if (version is < 1 or > Version)
            throw new InvalidDataException($"segment blob of version {version}; this program reads up to {Version}");
        var header = version == 1 ? StretchHeaderOfVersion1 : StretchHeader;
        if (offset < BlobHeader || offset > blob.Length - header)
            throw new InvalidDataException($"no stretch at byte {offset} of a segment blob of {blob.Length} bytes");
        var stretch = blob[offset..];
        var first = BinaryPrimitives.ReadInt32LittleEndian(stretch);
        var frames = BinaryPrimitives.ReadInt32LittleEndian(stretch[4..]);
        var actionSize = BinaryPrimitives.ReadInt32LittleEndian(stretch[8..]);
        var flags = version == 1 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(stretch[12..]);
        var arrivalSize = flags == WithArrivals ? sizeof(uint) : 0;
        var size = (long)frames * ((actionSize * sizeof(float)) + sizeof(ulong) + arrivalSize);
        if (
            frames < 0
            || actionSize != into.ActionSize
            || first != into.Count
            || size > stretch.Length - header
            || flags is not (0 or WithArrivals)
        )
            throw new InvalidDataException($"damaged stretch at byte {offset} of a segment blob");
        var actions = Take<float>(ref stretch, header, frames * actionSize);
        var checksums = Take<ulong>(ref stretch, 0, frames);
        var arrivals = arrivalSize > 0 ? Take<uint>(ref stretch, 0, frames) : [];
        for (var i = 0; i < frames; i++)
            into.Add(actions.Slice(i * actionSize, actionSize), checksums[i], arrivals.IsEmpty ? 0 : arrivals[i]);
    }

    private static ReadOnlySpan<T> Take<T>(ref ReadOnlySpan<byte> bytes, int skip, int count)
        where T : unmanaged
    {
        var size = count * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        var taken = MemoryMarshal.Cast<byte, T>(bytes.Slice(skip, size));
        bytes = bytes[(skip + size)..];
        return taken;
    }
}
