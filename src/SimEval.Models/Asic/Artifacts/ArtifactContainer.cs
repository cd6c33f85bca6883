using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SimEval.Models.Asic.Artifacts;

/// <summary>
/// The file around an artifact's parts (docs/formats/artifact.md): a header that lists the sections with their SHA-256, a
/// SHA-256 of the header, the sections. All integers are little-endian; the space between sections is zero. So every byte of a
/// file is covered by a hash, or is zero, and the header's hash is that of the whole.
/// </summary>
public static class ArtifactContainer
{
    /// <summary>Version of the format that is written.</summary>
    public const int Version = 1;

    private const int HashBytes = 32;
    private const int FixedBytes = 16;
    private const int EntryBytes = 64;
    private const int NameBytes = 16;
    private const int MostSections = 64;
    private const int Alignment = 64;

    /// <summary>The first eight bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "SIMASIC\0"u8;

    /// <summary>Whether a file begins as an artifact does.</summary>
    public static bool IsArtifact(ReadOnlySpan<byte> file) => file.StartsWith(Magic);

    /// <summary>SHA-256 of the whole, as text: that of the header, which holds those of the sections.</summary>
    public static string HashOf(ReadOnlySpan<byte> file)
    {
        var end = HeaderEnd(file);
        return Convert.ToHexStringLower(file.Slice(end, HashBytes));
    }

    /// <summary>The file of sections, in order.</summary>
    public static byte[] Write(IReadOnlyList<(string Name, byte[] Bytes)> sections)
    {
        var end = FixedBytes + EntryBytes * sections.Count;
        var at = Aligned(end + HashBytes);
        var places = new List<int>();
        foreach (var (_, bytes) in sections)
        {
            places.Add(at);
            at = Aligned(at + bytes.Length);
        }

        var last = sections.Count - 1;
        var file = new byte[last < 0 ? end + HashBytes : places[last] + sections[last].Bytes.Length];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(12), (uint)sections.Count);
        for (var i = 0; i < sections.Count; i++)
        {
            var (name, bytes) = sections[i];
            var entry = file.AsSpan(FixedBytes + EntryBytes * i, EntryBytes);
            Encoding.ASCII.GetBytes(name, entry[..NameBytes]);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], (ulong)places[i]);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[24..], (ulong)bytes.Length);
            SHA256.HashData(bytes, entry[32..]);
            bytes.CopyTo(file.AsSpan(places[i]));
        }

        SHA256.HashData(file.AsSpan(0, end), file.AsSpan(end));
        return file;
    }

    /// <summary>The sections by name. Throws <see cref="ArtifactException"/> that names what is damaged.</summary>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        var end = HeaderEnd(bytes);
        if (!SHA256.HashData(bytes[..end]).AsSpan().SequenceEqual(bytes.Slice(end, HashBytes)))
            throw new ArtifactException("the artifact is damaged: its header does not have the hash that it states");
        var sections = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var free = end + HashBytes;
        for (var at = FixedBytes; at < end; at += EntryBytes)
        {
            var entry = bytes.Slice(at, EntryBytes);
            var name = Name(entry);
            var offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]);
            var length = BinaryPrimitives.ReadUInt64LittleEndian(entry[24..]);
            if (offset < (ulong)free || offset > (ulong)file.Length || length > (ulong)file.Length - offset)
                throw new ArtifactException(
                    $"the artifact is truncated or damaged: section '{name}' is said to lie at {offset} with {length} bytes; the file has {file.Length}, and the sections before it end at {free}"
                );
            if (bytes[free..(int)offset].ContainsAnyExcept((byte)0))
                throw new ArtifactException($"the artifact is damaged: the space before section '{name}' is not zero");
            var section = file.Slice((int)offset, (int)length);
            if (!SHA256.HashData(section.Span).AsSpan().SequenceEqual(entry[32..]))
                throw new ArtifactException(
                    $"the artifact is damaged: section '{name}' does not have the hash that the header states"
                );
            if (!sections.TryAdd(name, section))
                throw new ArtifactException($"the artifact has the section '{name}' twice");
            free = (int)(offset + length);
        }

        return free == file.Length
            ? sections
            : throw new ArtifactException($"the artifact ends at {free}, but the file has {file.Length} bytes");
    }

    private static int HeaderEnd(ReadOnlySpan<byte> file)
    {
        if (!IsArtifact(file))
            throw new ArtifactException("this is no artifact: it does not begin with SIMASIC");
        if (file.Length < FixedBytes)
            throw new ArtifactException($"the artifact is truncated: it has {file.Length} bytes, less than a header");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        if (version != Version)
            throw new ArtifactException(
                $"the artifact has version {version} of the format; this SimEval reads version {Version}"
            );
        var count = BinaryPrimitives.ReadUInt32LittleEndian(file[12..]);
        if (count > MostSections)
            throw new ArtifactException(
                $"the artifact is damaged: {count} sections, where at most {MostSections} are possible"
            );
        var end = FixedBytes + EntryBytes * (int)count;
        return end + HashBytes <= file.Length
            ? end
            : throw new ArtifactException(
                $"the artifact is truncated: a header of {count} sections does not fit {file.Length} bytes"
            );
    }

    private static string Name(ReadOnlySpan<byte> entry)
    {
        var name = entry[..NameBytes].TrimEnd((byte)0);
        return name.IsEmpty || name.ContainsAnyExceptInRange((byte)'a', (byte)'z')
            ? throw new ArtifactException("the artifact is damaged: a section's name is not of the letters a to z")
            : Encoding.ASCII.GetString(name);
    }

    private static int Aligned(int at) => (at + Alignment - 1) / Alignment * Alignment;
}
