using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SimEval.Actors.Journal;

namespace SimEval.Actors.TestKit;

/// <summary>Blobs in memory; it passes the same conformance suite as the folder.</summary>
public sealed class MemoryBlobStore(TimeProvider time) : IBlobStore
{
    private readonly ConcurrentDictionary<string, (byte[] Bytes, DateTimeOffset Written)> kept = new(
        StringComparer.Ordinal
    );

    /// <inheritdoc/>
    public ValueTask<BlobId> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel = default)
    {
        var id = BlobId.Of(bytes.Span);
        kept.TryAdd(id.Hex, (bytes.ToArray(), time.GetUtcNow()));
        return new(id);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<BlobId>> PutManyAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> blobs,
        CancellationToken cancel = default
    )
    {
        var ids = new List<BlobId>(blobs.Count);
        foreach (var bytes in blobs)
            ids.Add(await PutAsync(bytes, cancel).ConfigureAwait(false));
        return ids;
    }

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetAsync(BlobId id, CancellationToken cancel = default) =>
        new(kept.TryGetValue(id.Hex, out var blob) ? [.. blob.Bytes] : null);

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(BlobId id, CancellationToken cancel = default) => new(kept.ContainsKey(id.Hex));

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(BlobId id, CancellationToken cancel = default) =>
        new(kept.TryRemove(id.Hex, out _));

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobInfo> ListAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (var (hex, blob) in kept.OrderBy(b => b.Key, StringComparer.Ordinal))
            yield return new(new(hex), blob.Bytes.Length, blob.Written);
        await Task.CompletedTask.ConfigureAwait(false);
    }
}
