using System.Globalization;
using SimEval.Actors.Journal;
using SimEval.Store.Blobs;
using SimEval.Store.Sqlite;

namespace SimEval.Store;

/// <summary>
/// The one folder that holds everything: <c>simeval.db</c>, <c>blobs/</c>, and <c>lock</c>, which one writing process
/// holds while it lives (the system releases it however the process ends). Readers take no lock.
/// </summary>
public sealed class DataFolder : IAsyncDisposable
{
    private readonly FileStream? held;

    private DataFolder(string path, SqliteShardStore shards, FolderBlobStore blobs, FileStream? held)
    {
        (Path, this.held) = (path, held);
        (Shards, Blobs) = (shards, blobs);
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>The journal.</summary>
    public IShardStore Shards { get; }

    /// <summary>The blobs.</summary>
    public IBlobStore Blobs { get; }

    /// <summary>Whether it may only be read.</summary>
    public bool IsReadOnly => held is null;

    /// <summary>Whether there is data to read.</summary>
    public static bool Exists(string path) => File.Exists(System.IO.Path.Combine(path, "simeval.db"));

    /// <summary>
    /// Opens for writing, creating it if need be. Throws <see cref="StoreException"/>: <see cref="StoreTrouble.Taken"/>
    /// names the process that holds it.
    /// </summary>
    public static DataFolder Open(string path, SqliteStoreOptions? options = null)
    {
        var full = System.IO.Path.GetFullPath(path);
        var held = Lock(full);
        try
        {
            var blobs = new FolderBlobStore(System.IO.Path.Combine(full, "blobs"));
            var shards = SqliteShardStore.Open(System.IO.Path.Combine(full, "simeval.db"), options);
            return new(full, shards, blobs, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Opens for reading, beside a writer if there is one. Throws <see cref="StoreException"/>; <see cref="Exists"/> says whether there is anything.</summary>
    public static DataFolder OpenReadOnly(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (!Exists(full))
            throw new StoreException(
                StoreTrouble.NoPermission,
                $"{full} holds no SimEval data. Run a scenario first, or name the folder with --data."
            );
        return new(
            full,
            SqliteShardStore.OpenReadOnly(System.IO.Path.Combine(full, "simeval.db")),
            new(System.IO.Path.Combine(full, "blobs"), readOnly: true),
            held: null
        );
    }

    /// <summary>Closes the stores, then lets the lock go.</summary>
    public async ValueTask DisposeAsync()
    {
        await Shards.DisposeAsync().ConfigureAwait(false);
        if (held is not null)
            await held.DisposeAsync().ConfigureAwait(false);
    }

    private static FileStream Lock(string folder)
    {
        var path = System.IO.Path.Combine(folder, "lock");
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(folder);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // The runtime locks a file against its own readers too, so who holds it is said beside it.
            File.WriteAllText(path + ".pid", string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
            return file;
        }
        catch (IOException e) when (file is null && IsTaken(e))
        {
            throw new StoreException(
                StoreTrouble.Taken,
                $"{folder} is in use by {Holder(path)}. Wait until it ends, or name another folder with --data; "
                    + "the reading commands work beside it.",
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new StoreException(
                e.Message.Contains("No space left", StringComparison.Ordinal)
                    ? StoreTrouble.Full
                    : StoreTrouble.NoPermission,
                $"The data folder {folder} can't be written: {e.Message} Name another one with --data.",
                e
            );
        }
    }

    private static bool IsTaken(IOException e)
    {
        const int wouldBlockLinux = 11,
            wouldBlockMac = 35,
            sharingViolation = unchecked((int)0x80070020);
        return e.HResult is wouldBlockLinux or wouldBlockMac or sharingViolation;
    }

    /// <summary>Who took the lock last.</summary>
    private static string Holder(string path)
    {
        try
        {
            var pid = File.ReadAllText(path + ".pid").Trim();
            if (int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                return $"process {pid}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }

        return "another process";
    }
}
