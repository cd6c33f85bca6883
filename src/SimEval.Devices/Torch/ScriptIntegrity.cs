using System.IO.Compression;
using System.Runtime.InteropServices;

namespace SimEval.Devices.Torch;

/// <summary>
/// Whether a TorchScript archive's source and pickles are as they were written. libtorch's reader skips the check, and its
/// parser may end the process over source that has changed.
/// </summary>
internal static class ScriptIntegrity
{
    private const long MostBytes = 1 << 30;
    private const uint Polynomial = 0xedb88320;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    /// <summary>Throws <see cref="ModelException"/> naming the part that is damaged. Weights are not looked at.</summary>
    public static void Check(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var given = MemoryMarshal.TryGetArray(bytes, out var segment) ? segment : new(bytes.ToArray());
            using var stream = new MemoryStream(given.Array!, given.Offset, given.Count, writable: false);
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            foreach (var entry in archive.Entries.Where(entry => !IsWeight(entry)))
            {
                if (entry.Length > MostBytes)
                    throw Damaged($"'{entry.FullName}' has {entry.Length:N0} bytes");
                if (SumOf(entry) != entry.Crc32)
                    throw Damaged($"'{entry.FullName}' is not as it was written: its check sum differs");
            }
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e.Message);
        }
    }

    private static bool IsWeight(ZipArchiveEntry entry) => entry.FullName.Contains("/data/", StringComparison.Ordinal);

    /// <summary>CRC-32 (IEEE 802.3, bits reflected) of an entry's bytes.</summary>
    private static uint SumOf(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        var buffer = new byte[1 << 16];
        var sum = uint.MaxValue;
        for (int read; (read = stream.Read(buffer)) > 0; )
        {
            foreach (var value in buffer.AsSpan(0, read))
                sum = Table[(byte)(sum ^ value)] ^ (sum >> 8);
        }

        return ~sum;
    }

    private static uint Entry(int value)
    {
        var entry = (uint)value;
        for (var bit = 0; bit < 8; bit++)
            entry = (entry & 1) != 0 ? Polynomial ^ (entry >> 1) : entry >> 1;
        return entry;
    }

    private static ModelException Damaged(string what) =>
        new(ModelFault.Unreadable, $"this is no TorchScript model, or a damaged one: {what.ReplaceLineEndings(" ")}");
}
