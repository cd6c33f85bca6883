using SimEval.Actors.Journal;

namespace SimEval.Store.Sqlite;

/// <summary>The limits of a SQLite store.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>Writes that share one transaction, at most.</summary>
    public int MaxGroup { get; init; } = 256;

    /// <summary>Pages of write-ahead log after which they are moved to the file.</summary>
    public int WalPages { get; init; } = 2000;

    /// <summary>Most bytes the file may take; a write beyond it is refused as on a full disk. 0: as many as the disk has.</summary>
    public long MaxBytes { get; init; }

    /// <summary>Rows that one transaction removes when a shard is retired, so that others get their turn between.</summary>
    public int RetireChunk { get; init; } = 2000;
}

/// <summary>
/// The journal in one SQLite file: write-ahead log, synchronous=FULL, one writing thread with group commit, reads on a
/// connection of their own. One process writes (<see cref="DataFolder"/> holds the lock); others may read beside it.
/// </summary>
public sealed class SqliteShardStore : IShardStore
{
    private readonly Lock readGate = new();
    private readonly string path;
    private readonly SqliteStoreOptions options;
    private readonly SqliteConnection? writing;
    private readonly SqliteConnection reading;
    private readonly SqliteRows? rows;
    private readonly SqliteWriter? writer;
    private readonly SqliteReads reads;
    private readonly Dictionary<string, int?> destinations = new(StringComparer.Ordinal);
    private bool disposed;

    private SqliteShardStore(string path, SqliteStoreOptions options, bool readOnly)
    {
        (this.path, this.options) = (path, options);
        try
        {
            SqliteSchema.CheckLength(path);
            if (!readOnly)
            {
                writing = new(path, SqliteNative.OpenReadWrite | SqliteNative.OpenCreate);
                SqliteSchema.Prepare(writing, path);
                writing.Execute($"PRAGMA wal_autocheckpoint = {options.WalPages}");
                if (options.MaxBytes > 0)
                    writing.Execute($"PRAGMA max_page_count = {options.MaxBytes / writing.Int64("PRAGMA page_size")}");
                rows = new(writing);
            }

            reading = OpenReader(path);
            if (readOnly && reading.Int64("SELECT count(*) FROM sqlite_schema") == 0)
                throw new StoreException(
                    StoreTrouble.Unavailable,
                    $"{path} holds no data yet. Try again when the run that makes it has started."
                );
            SqliteSchema.Check(reading, path);
            reads = new(reading, path);
            if (!readOnly)
                writer = new(writing!, path, options.MaxGroup, destinations.Clear);
        }
        catch (Exception e)
        {
            Release();
            throw e switch
            {
                SqliteFailure failure => failure.Explain(path),
                UnauthorizedAccessException or IOException => new StoreException(
                    StoreTrouble.NoPermission,
                    $"{path} can't be read: {e.Message} Change its permissions, or name another data folder.",
                    e
                ),
                _ => e,
            };
        }
    }

    /// <summary>Opens for writing, creating the file if there is none; throws <see cref="StoreException"/>. The caller holds the folder's lock.</summary>
    public static SqliteShardStore Open(string path, SqliteStoreOptions? options = null)
    {
        var store = new SqliteShardStore(path, options ?? new(), readOnly: false);
        foreach (var shard in store.Retiring())
            _ = store.RemoveAsync(shard);
        return store;
    }

    /// <summary>Opens for reading, beside a writer if there is one; throws <see cref="StoreException"/>. Writes are refused.</summary>
    public static SqliteShardStore OpenReadOnly(string path) => new(path, new(), readOnly: true);

    /// <inheritdoc/>
    public ValueTask<string> AgreeAsync(string setting, string value, CancellationToken cancel = default)
    {
        if (Read(r => r.Setting(setting)) is { } agreed)
            return new(agreed);
        return writer is null
            ? new(value)
            : Write(() =>
            {
                var insert = writing!.Prepare("INSERT OR IGNORE INTO setting VALUES(?, ?)");
                insert.Bind(1, setting).Bind(2, value).Run();
                var read = writing.Prepare("SELECT value FROM setting WHERE name=?");
                read.Bind(1, setting).Step();
                var held = read.Text(0);
                read.Reset();
                return held;
            });
    }

    /// <inheritdoc/>
    public ValueTask<ShardClaim> ClaimAsync(string shard, string owner, CancellationToken cancel = default) =>
        Write(() =>
        {
            if (rows!.FindShard(shard) is { State: not ShardState.Live })
                throw new ShardRetiredException(shard);
            var (number, epoch, _) = rows.FindOrAddShard(shard);
            rows.ClaimShard(number, owner);
            return new ShardClaim(number, shard, epoch + 1, rows.LastLsn(number));
        });

    /// <inheritdoc/>
    public ValueTask<AppendReceipt> AppendAsync(ShardAppend append, CancellationToken cancel = default) =>
        Write(() => Append(append));

    /// <inheritdoc/>
    public async ValueTask RetireAsync(ShardClaim claim, CancellationToken cancel = default)
    {
        await Write(() =>
            {
                rows!.CheckFence(claim);
                SetState(claim.Shard, ShardState.Retiring);
                destinations.Clear();
                return true;
            })
            .ConfigureAwait(false);
        await RemoveAsync(claim.Shard).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<ShardInfo?> FindShardAsync(string shard, CancellationToken cancel = default) =>
        new(Read(r => r.Shard(shard)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ShardInfo>> ListShardsAsync(CancellationToken cancel = default) =>
        new(Read(r => r.Shards()));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LogEntry>> ReadLogAsync(
        int shard,
        long afterLsn,
        int limit,
        CancellationToken cancel = default
    ) => new(Read(r => r.Log(shard, afterLsn, limit)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LogEntry>> ReadEntityAsync(
        int shard,
        string entityType,
        string entityId,
        long afterSeq,
        int limit,
        CancellationToken cancel = default
    ) => new(Read(r => r.Entity(shard, entityType, entityId, afterSeq, limit)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListEntitiesAsync(
        int shard,
        string entityType,
        string afterId,
        int limit,
        CancellationToken cancel = default
    ) => new(Read(r => r.Entities(shard, entityType, afterId, limit)));

    /// <inheritdoc/>
    public ValueTask<EntitySnapshot?> ReadSnapshotAsync(
        int shard,
        string entityType,
        string entityId,
        CancellationToken cancel = default
    ) => new(Read(r => r.Snapshot(shard, entityType, entityId)));

    /// <inheritdoc/>
    public ValueTask<ShardCheckpoint?> ReadCheckpointAsync(int shard, CancellationToken cancel = default) =>
        new(Read(r => r.Checkpoint(shard)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Mail>> ReadMailAsync(
        int shard,
        IReadOnlyDictionary<int, MailPosition> after,
        int limitPerSender,
        CancellationToken cancel = default
    ) => new(Read(r => r.Mail(shard, after, limitPerSender)));

    /// <summary>Commits what waits, and closes the file.</summary>
    public ValueTask DisposeAsync()
    {
        if (!disposed)
        {
            disposed = true;
            writer?.Dispose();
            lock (readGate)
                Release();
        }

        return default;
    }

    private AppendReceipt Append(ShardAppend append)
    {
        var (claim, table) = (append.Claim, rows!);
        table.CheckFence(claim);
        var last = table.LastLsn(claim.Shard);
        if (last != append.AfterLsn)
            throw new LogConflictException(claim.Name, append.AfterLsn, last);
        for (var i = 0; i < append.Entries.Count; i++)
        {
            if (append.Entries[i].Lsn != last + 1 + i)
                throw new LogConflictException(claim.Name, last + i, append.Entries[i].Lsn - 1);
        }

        foreach (var entry in append.Entries)
            table.InsertEntry(claim, entry);
        var undeliverable = 0;
        foreach (var mail in append.Mail)
        {
            if (Destination(mail.ToShard) is not { } to)
                undeliverable++;
            else
                table.InsertMail(to, mail.FromShard == claim.Shard ? mail : mail with { FromShard = claim.Shard });
        }

        foreach (var snapshot in append.Snapshots)
            table.InsertSnapshot(claim.Shard, snapshot);
        if (append.Checkpoint is { } checkpoint)
            table.InsertCheckpoint(claim.Shard, checkpoint);
        foreach (var (from, position) in append.ReadMail)
            table.TrimMail(claim.Shard, from, position);
        return new(undeliverable);
    }

    /// <summary>The number of the shard that mail goes to, adding it if nobody has claimed it yet; null: it is retired.</summary>
    private int? Destination(string name)
    {
        if (destinations.TryGetValue(name, out var known))
            return known;
        var (shard, _, state) = rows!.FindOrAddShard(name);
        int? number = state == ShardState.Live ? shard : null;
        if (destinations.Count >= 10_000)
            destinations.Clear();
        destinations[name] = number;
        return number;
    }

    /// <summary>Removes a retiring shard's rows, chunk by chunk, then gives the pages back to the file system.</summary>
    private async Task RemoveAsync(int shard)
    {
        while (await Write(() => RemoveChunk(shard)).ConfigureAwait(false)) { }
        while (await Write(ReleasePages).ConfigureAwait(false)) { }
    }

    private bool RemoveChunk(int shard)
    {
        var (low, high) = (SqliteSchema.Position(shard, 0), SqliteSchema.Position(shard + 1, 0));
        writing!.Execute(
            $"DELETE FROM shard_log WHERE pos IN (SELECT pos FROM shard_log WHERE pos > {low} AND pos < {high} LIMIT {options.RetireChunk})"
        );
        if (writing.Int64("SELECT changes()") > 0)
            return true;
        writing.Execute($"DELETE FROM mailbox WHERE dst = {shard}");
        writing.Execute($"DELETE FROM snapshot WHERE shard = {shard}");
        writing.Execute($"DELETE FROM checkpoint WHERE shard = {shard}");
        SetState(shard, ShardState.Retired);
        return false;
    }

    private bool ReleasePages()
    {
        writing!.Execute($"PRAGMA incremental_vacuum({options.RetireChunk})");
        return writing.Int64("PRAGMA freelist_count") > 0;
    }

    private void SetState(int shard, ShardState state) =>
        writing!.Execute($"UPDATE shard SET state = {(int)state} WHERE shard = {shard}");

    private List<int> Retiring()
    {
        var found = new List<int>();
        var retiring = writing!.Prepare($"SELECT shard FROM shard WHERE state = {(int)ShardState.Retiring}");
        while (retiring.Step())
            found.Add((int)retiring.Int64(0));
        return found;
    }

    private ValueTask<T> Write<T>(Func<T> work) =>
        writer is null
            ? ValueTask.FromException<T>(
                new StoreException(StoreTrouble.NoPermission, $"{path} has been opened for reading only.")
            )
            : writer.Run(work);

    private T Read<T>(Func<SqliteReads, T> query)
    {
        lock (readGate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            try
            {
                return query(reads);
            }
            catch (SqliteFailure e)
            {
                throw e.Explain(path);
            }
        }
    }

    /// <summary>
    /// Where nothing may be written and nobody writes, SQLite can't make its shared-memory file: the file is then read as
    /// one that does not change.
    /// </summary>
    private static SqliteConnection OpenReader(string path)
    {
        try
        {
            var reader = new SqliteConnection(path, SqliteNative.OpenReadOnly);
            _ = reader.Int64("SELECT count(*) FROM sqlite_schema");
            return reader;
        }
        catch (SqliteFailure e)
            when (e.Primary is SqliteNative.CantOpen or SqliteNative.ReadOnly
                && File.Exists(path)
                && !File.Exists(path + "-wal")
            )
        {
            var uri =
                "file:" + Uri.EscapeDataString(Path.GetFullPath(path)).Replace("%2F", "/", StringComparison.Ordinal);
            return new SqliteConnection(uri + "?immutable=1", SqliteNative.OpenReadOnly | SqliteNative.OpenUri);
        }
    }

    private void Release()
    {
        rows?.Dispose();
        reading?.Dispose();
        writing?.Dispose();
    }
}
