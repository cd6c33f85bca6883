using System.Runtime.CompilerServices;
using SimEval.Actors.Journal;

namespace SimEval.Store.Blobs;

/// <summary>
/// Blobs as files, <c>ab/cdef...</c> by name under one folder. A blob is written beside its place, made durable, renamed
/// into it, and the folder is made durable: a name that exists is whole.
/// </summary>
public sealed class FolderBlobStore : IBlobStore
{
    private const string Unfinished = ".part";
    private readonly string root;
    private readonly bool readOnly;
    private long parts;

    /// <summary>Opens a folder, creating it unless <paramref name="readOnly"/>. Throws <see cref="StoreException"/>.</summary>
    public FolderBlobStore(string root, bool readOnly = false)
    {
        (this.root, this.readOnly) = (Path.GetFullPath(root), readOnly);
        if (readOnly)
            return;
        Guard(
            root,
            () =>
            {
                Directory.CreateDirectory(this.root);
                foreach (var file in Directory.EnumerateFiles(this.root, "*" + Unfinished))
                    File.Delete(file);
                return true;
            }
        );
    }

    /// <inheritdoc/>
    public async ValueTask<BlobId> PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel = default) =>
        (await PutManyAsync([bytes], cancel).ConfigureAwait(false))[0];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<BlobId>> PutManyAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> blobs,
        CancellationToken cancel = default
    )
    {
        if (readOnly)
            throw new StoreException(StoreTrouble.NoPermission, $"{root} has been opened for reading only.");
        return new(Guard(root, () => PutMany(blobs)));
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> GetAsync(BlobId id, CancellationToken cancel = default)
    {
        var path = PathOf(id);
        try
        {
            var bytes = await File.ReadAllBytesAsync(path, cancel).ConfigureAwait(false);
            if (BlobId.Of(bytes) == id)
                return bytes;
            throw new StoreException(
                StoreTrouble.Damaged,
                $"{path} is damaged: its bytes do not match its name. Restore it from a copy, or delete the run that uses it."
            );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explain(path, e);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(BlobId id, CancellationToken cancel = default) => new(File.Exists(PathOf(id)));

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(BlobId id, CancellationToken cancel = default)
    {
        if (readOnly)
            throw new StoreException(StoreTrouble.NoPermission, $"{root} has been opened for reading only.");
        var path = PathOf(id);
        return new(
            Guard(
                path,
                () =>
                {
                    if (!File.Exists(path))
                        return false;
                    File.Delete(path);
                    return true;
                }
            )
        );
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobInfo> ListAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        if (!Directory.Exists(root))
            yield break;
        foreach (var folder in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            var files = new DirectoryInfo(folder).GetFiles();
            Array.Sort(files, (a, b) => string.CompareOrdinal(a.Name, b.Name));
            foreach (var file in files)
            {
                var hex = Path.GetFileName(folder) + file.Name;
                if (BlobId.IsWellFormed(hex))
                    yield return new(new(hex), file.Length, file.LastWriteTimeUtc);
            }
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    private IReadOnlyList<BlobId> PutMany(IReadOnlyList<ReadOnlyMemory<byte>> blobs)
    {
        var ids = new BlobId[blobs.Count];
        var folders = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = BlobId.Of(blobs[i].Span);
            var path = PathOf(ids[i]);
            if (File.Exists(path))
                continue;
            var folder = Path.GetDirectoryName(path)!;
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                folders.Add(root);
            }

            Write(path, blobs[i]);
            folders.Add(folder);
        }

        foreach (var folder in folders)
            DurableFolder.Flush(folder);
        return ids;
    }

    private void Write(string path, ReadOnlyMemory<byte> bytes)
    {
        var part = Path.Combine(root, $"{Environment.ProcessId}-{Interlocked.Increment(ref parts)}{Unfinished}");
        try
        {
            using (var file = File.OpenHandle(part, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(file, bytes.Span, 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private string PathOf(BlobId id) => Path.Combine(root, id.Hex[..2], id.Hex[2..]);

    private static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explain(path, e);
        }
    }

    private static StoreException Explain(string path, Exception e)
    {
        const int noSpace = 28,
            quota = 122;
        if (
            e is IOException { HResult: noSpace or quota }
            || e.Message.Contains("No space left", StringComparison.Ordinal)
        )
            return new(
                StoreTrouble.Full,
                $"No space left for {path}. Free some, then go on with \"resume\": what was acknowledged is there.",
                e
            );
        return e is UnauthorizedAccessException || e.Message.Contains("Read-only", StringComparison.Ordinal)
            ? new(
                StoreTrouble.NoPermission,
                $"{path} may not be written. Change its permissions, or name another data folder.",
                e
            )
            : new(StoreTrouble.Failed, $"{path}: {e.Message}", e);
    }
}
