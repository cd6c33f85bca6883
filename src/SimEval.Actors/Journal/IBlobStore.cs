using System.Buffers;
using System.Security.Cryptography;

namespace SimEval.Actors.Journal;

/// <summary>A blob's name: the SHA-256 of its bytes, 64 lower-case hexadecimal digits.</summary>
public readonly record struct BlobId
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");
    private readonly string? hex;

    /// <summary>A name that is already known; throws <see cref="FormatException"/> when it is not 64 lower-case hexadecimal digits.</summary>
    public BlobId(string hex)
    {
        if (!IsWellFormed(hex))
            throw new FormatException($"\"{hex}\" is not a blob's name: 64 lower-case hexadecimal digits.");
        this.hex = hex;
    }

    /// <summary>The name of these bytes.</summary>
    public static BlobId Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return new(Convert.ToHexStringLower(hash));
    }

    /// <summary>Whether a text could be a blob's name.</summary>
    public static bool IsWellFormed(string hex) => hex.Length == 64 && !hex.AsSpan().ContainsAnyExcept(Digits);

    /// <summary>The 64 digits; "" for the default value, which names nothing.</summary>
    public string Hex => hex ?? "";

    /// <inheritdoc/>
    public override string ToString() => Hex;
}

/// <summary>A stored blob.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Written">When it was stored.</param>
public readonly record struct BlobInfo(BlobId Id, long Size, DateTimeOffset Written);

/// <summary>
/// Bulk data, named by its content. Durable before a Put returns, so that a log entry may name it; a blob that exists is
/// never rewritten. Trouble is a <see cref="StoreException"/>. Safe for many callers at once.
/// </summary>
public interface IBlobStore
{
    /// <summary>Stores bytes, if they are not there yet, and makes them durable.</summary>
    ValueTask<BlobId> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel = default);

    /// <summary>Stores several, in order; cheaper than one by one. All are durable when it returns.</summary>
    ValueTask<IReadOnlyList<BlobId>> PutManyAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> blobs,
        CancellationToken cancel = default
    );

    /// <summary>The bytes, or null when there is no such blob; bytes that don't match the name are <see cref="StoreTrouble.Damaged"/>.</summary>
    ValueTask<byte[]?> GetAsync(BlobId id, CancellationToken cancel = default);

    /// <summary>Whether it is there.</summary>
    ValueTask<bool> ExistsAsync(BlobId id, CancellationToken cancel = default);

    /// <summary>Removes it; false when it was not there.</summary>
    ValueTask<bool> DeleteAsync(BlobId id, CancellationToken cancel = default);

    /// <summary>All blobs, ordered by name.</summary>
    IAsyncEnumerable<BlobInfo> ListAsync(CancellationToken cancel = default);
}

/// <summary>What a collection removed.</summary>
/// <param name="Blobs">How many blobs.</param>
/// <param name="Bytes">Their bytes.</param>
public readonly record struct BlobsCollected(int Blobs, long Bytes);

/// <summary>Collection of blobs that nothing names any more.</summary>
public static class BlobCollection
{
    /// <summary>
    /// Deletes every blob that is not in <paramref name="referenced"/> and was stored before <paramref name="before"/>
    /// (a younger one may be about to be named).
    /// </summary>
    public static async Task<BlobsCollected> CollectAsync(
        this IBlobStore blobs,
        IReadOnlySet<BlobId> referenced,
        DateTimeOffset before,
        CancellationToken cancel = default
    )
    {
        var (count, bytes) = (0, 0L);
        await foreach (var blob in blobs.ListAsync(cancel).ConfigureAwait(false))
        {
            if (referenced.Contains(blob.Id) || blob.Written >= before)
                continue;
            if (!await blobs.DeleteAsync(blob.Id, cancel).ConfigureAwait(false))
                continue;
            count++;
            bytes += blob.Size;
        }

        return new(count, bytes);
    }
}
