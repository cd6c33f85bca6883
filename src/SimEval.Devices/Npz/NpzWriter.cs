using System.IO.Compression;
using SimEval.Models;
using SimEval.Models.Graphs;

namespace SimEval.Devices.Npz;

/// <summary>
/// Writes an NPZ array by array, stored. Equal arrays give equal bytes. An array that is larger than memory is written piece by
/// piece.
/// </summary>
/// <param name="target">Where to; stays open.</param>
public sealed class NpzWriter(Stream target) : IDisposable
{
    // The zip format's first day, so that equal arrays make equal files.
    private static readonly DateTimeOffset FirstDay = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive zip = new(target, ZipArchiveMode.Create, leaveOpen: true);

    /// <summary>Writes an array. Types that NumPy lacks become wider ones, as <see cref="Npy.Write"/> says.</summary>
    public void Add(string name, Tensor tensor)
    {
        using var stream = Open(name);
        stream.Write(Npy.Write(tensor));
    }

    /// <summary>Begins an array, whose elements the caller writes, row-major, before anything else is begun.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its element type, one of NumPy's and no text.</param>
    /// <param name="dims">Its sizes.</param>
    /// <exception cref="ArgumentException">NumPy has no such type, or it has no fixed size.</exception>
    public Stream Begin(string name, ElementType type, IReadOnlyList<long> dims)
    {
        var header = Npy.Header(type, dims);
        var stream = Open(name);
        stream.Write(header);
        return stream;
    }

    /// <inheritdoc/>
    public void Dispose() => zip.Dispose();

    private Stream Open(string name)
    {
        var entry = zip.CreateEntry(name + NpzArchive.Suffix, CompressionLevel.NoCompression);
        entry.LastWriteTime = FirstDay;
        return entry.Open();
    }
}
