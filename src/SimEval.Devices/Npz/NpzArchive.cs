using System.IO.Compression;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Npz;

/// <summary>Named arrays in one file: NumPy's NPZ, a zip of NPY files, stored or deflated. A lone NPY is read as one array "".</summary>
public static class NpzArchive
{
    /// <summary>What an array's entry ends with.</summary>
    internal const string Suffix = ".npy";

    /// <summary>Reads a file; throws <see cref="NpyFormatException"/> that names the array that is damaged or not read.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="maximumBytes">Most bytes of all arrays, unpacked.</param>
    public static IReadOnlyDictionary<string, Tensor> Read(ReadOnlyMemory<byte> file, long maximumBytes)
    {
        if (!file.Span.StartsWith("PK"u8))
            return new Dictionary<string, Tensor>(StringComparer.Ordinal) { [""] = Npy.Read(file.Span) };
        var arrays = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            using var zip = new ZipArchive(new MemoryStream(file.ToArray()), ZipArchiveMode.Read);
            var left = maximumBytes;
            foreach (var entry in zip.Entries)
            {
                var name = entry.FullName.EndsWith(Suffix, StringComparison.Ordinal)
                    ? entry.FullName[..^Suffix.Length]
                    : entry.FullName;
                if (!arrays.TryAdd(name, ReadEntry(entry, name, ref left, maximumBytes)))
                    throw new NpyFormatException($"the file has two arrays '{name}'");
            }
        }
        catch (InvalidDataException e)
        {
            throw new NpyFormatException($"this is no NPZ file, or a damaged one: {e.Message}", e);
        }

        return arrays;
    }

    /// <summary>Writes arrays in the given order, stored. Equal arrays give equal bytes.</summary>
    public static void Write(Stream target, IEnumerable<KeyValuePair<string, Tensor>> arrays)
    {
        using var writer = new NpzWriter(target);
        foreach (var (name, tensor) in arrays)
            writer.Add(name, tensor);
    }

    private static Tensor ReadEntry(ZipArchiveEntry entry, string name, ref long left, long maximumBytes)
    {
        if (entry.Length > left)
            throw new NpyFormatException($"the arrays have more than {maximumBytes:N0} bytes, the limit");
        left -= entry.Length;
        // The entry's own count bounds what is unpacked, whatever the packed bytes say.
        var bytes = new byte[entry.Length];
        using (var stream = entry.Open())
        {
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) != bytes.Length)
                throw new NpyFormatException($"array '{name}' is cut short");
        }

        try
        {
            return Npy.Read(bytes);
        }
        catch (NpyFormatException e)
        {
            throw new NpyFormatException($"array '{name}': {e.Message}", e);
        }
    }
}
