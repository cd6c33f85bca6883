using System.Runtime.InteropServices;
using System.Text;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// The statements of an append and nothing else, straight through SQLite's C API on one thread: no queue, no checks, no
/// checksums, texts encoded beforehand. What the log could be at best.
/// </summary>
internal sealed unsafe partial class ShardLogBareLoop : IDisposable
{
    private const string Library = "libsqlite3.so.0";
    private const int Done = 101,
        Row = 100;
    private readonly nint database;
    private readonly nint begin,
        commit,
        fence,
        last,
        entry,
        mail;
    private readonly List<nint> memory = [];
    private readonly (nint Text, int Length)[] ids;
    private readonly (nint Text, int Length) rollout,
        run,
        runId,
        completed,
        done,
        payload;
    private readonly long[] seqs;
    private readonly int shard,
        to;
    private readonly long epoch;
    private long lsn;

    public ShardLogBareLoop(string path, int shard, long epoch, int to)
    {
        (this.shard, this.epoch, this.to) = (shard, epoch, to);
        const int readWrite = 2,
            noMutex = 0x8000;
        Check(Open(path, out database, readWrite | noMutex, 0));
        Execute("PRAGMA synchronous = FULL");
        Execute("PRAGMA wal_autocheckpoint = 2000");
        begin = Prepared("BEGIN IMMEDIATE");
        commit = Prepared("COMMIT");
        fence = Prepared("SELECT epoch, state FROM shard WHERE shard=?");
        last = Prepared("SELECT pos FROM shard_log WHERE pos < ? ORDER BY pos DESC LIMIT 1");
        entry = Prepared("INSERT INTO shard_log VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        mail = Prepared("INSERT INTO mailbox VALUES(?,?,?,?,?,?,?,?,?,?)");
        ids = [.. ShardLogFile.EntityIds().Select(Text)];
        seqs = new long[ids.Length];
        (rollout, run, runId) = (Text("rollout"), Text("run"), Text("run-1"));
        (completed, done) = (Text("RolloutCompleted"), Text("Done"));
        payload = Text(new string('\0', ShardLogBenchmark.PayloadBytes));
    }

    public void Append(int batch)
    {
        Run(begin);
        _ = BindInt64(fence, 1, shard);
        Read(fence);
        _ = BindInt64(last, 1, (long)(shard + 1) << 40);
        Read(last);
        for (var i = 0; i < batch; i++)
            InsertEntry(lsn + 1 + i, i % ids.Length);
        for (var i = 0; i < batch; i += ShardLogBenchmark.MailEvery)
            InsertMail(lsn + 1 + i);
        Run(commit);
        lsn += batch;
    }

    public void Dispose()
    {
        foreach (var statement in (nint[])[begin, commit, fence, last, entry, mail])
            _ = FinalizeStatement(statement);
        _ = Close(database);
        foreach (var block in memory)
            NativeMemory.Free((void*)block);
    }

    private void InsertEntry(long position, int entity)
    {
        _ = BindInt64(entry, 1, ((long)shard << 40) | position);
        _ = BindInt64(entry, 2, shard);
        _ = BindInt64(entry, 3, 1);
        Bind(entry, 4, rollout);
        Bind(entry, 5, ids[entity]);
        _ = BindInt64(entry, 6, ++seqs[entity]);
        for (var column = 7; column <= 12; column++)
            _ = BindNull(entry, column);
        Bind(entry, 13, completed);
        _ = BindInt64(entry, 14, 1);
        _ = BindBlob(entry, 15, payload.Text, payload.Length, 0);
        _ = BindInt64(entry, 16, 0x12345678);
        _ = BindInt64(entry, 17, epoch);
        Run(entry);
    }

    private void InsertMail(long position)
    {
        _ = BindInt64(mail, 1, to);
        _ = BindInt64(mail, 2, shard);
        _ = BindInt64(mail, 3, position);
        _ = BindInt64(mail, 4, 0);
        Bind(mail, 5, run);
        Bind(mail, 6, runId);
        Bind(mail, 7, done);
        _ = BindInt64(mail, 8, 1);
        _ = BindBlob(mail, 9, payload.Text, payload.Length, 0);
        _ = BindInt64(mail, 10, 0x12345678);
        Run(mail);
    }

    private static void Bind(nint statement, int index, (nint Text, int Length) value) =>
        _ = BindText(statement, index, value.Text, value.Length, 0);

    private void Run(nint statement)
    {
        if (Step(statement) != Done)
            throw new InvalidOperationException(Marshal.PtrToStringUTF8(ErrorMessage(database)));
        _ = Reset(statement);
    }

    private static void Read(nint statement)
    {
        if (Step(statement) == Row)
            _ = ColumnInt64(statement, 0);
        _ = Reset(statement);
    }

    private void Execute(string sql)
    {
        var statement = Prepared(sql);
        while (Step(statement) == Row) { }
        _ = FinalizeStatement(statement);
    }

    private nint Prepared(string sql)
    {
        Check(Prepare(database, sql, -1, 1, out var statement, 0));
        return statement;
    }

    private (nint Text, int Length) Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var block = (nint)NativeMemory.Alloc((nuint)bytes.Length);
        Marshal.Copy(bytes, 0, block, bytes.Length);
        memory.Add(block);
        return (block, bytes.Length);
    }

    private void Check(int code)
    {
        if (code != 0)
            throw new InvalidOperationException($"SQLite: {code}: {Marshal.PtrToStringUTF8(ErrorMessage(database))}");
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, out nint database, int flags, nint vfs);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    private static partial int Close(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v3", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Prepare(
        nint database,
        string sql,
        int length,
        uint flags,
        out nint statement,
        nint tail
    );

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    private static partial int FinalizeStatement(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    private static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    private static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    private static partial nint ErrorMessage(nint database);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    private static partial int BindInt64(nint statement, int index, long value);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    private static partial int BindNull(nint statement, int index);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    private static partial int BindText(nint statement, int index, nint text, int length, nint lifetime);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    private static partial int BindBlob(nint statement, int index, nint bytes, int length, nint lifetime);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    private static partial long ColumnInt64(nint statement, int column);
}
