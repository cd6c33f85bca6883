using System.Buffers.Binary;
using SimEval.Actors.Journal;

namespace SimEval.Store.Sqlite;

/// <summary>
/// The tables. An entry's row id is its shard and position in one number (<c>shard &lt;&lt; 40 | lsn</c>), so the log is
/// clustered by shard and position without a second index, and an append writes at the end of its shard.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>"SimE".</summary>
    public const int ApplicationId = 0x53696D45;

    public const int Version = 1;

    /// <summary>Bits of a position; a shard holds 10^12 entries.</summary>
    public const int LsnBits = 40;

    public static readonly string[] Tables =
    [
        "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """
            CREATE TABLE shard(
              shard INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL, owner TEXT NOT NULL,
              state INTEGER NOT NULL)
            """,
        """
            CREATE TABLE shard_log(
              pos INTEGER PRIMARY KEY, shard INTEGER NOT NULL, kind INTEGER NOT NULL,
              etype TEXT NOT NULL, eid TEXT NOT NULL, eseq INTEGER NOT NULL,
              src_shard INTEGER, src_lsn INTEGER, src_ord INTEGER,
              client TEXT, client_seq INTEGER, reply BLOB,
              manifest TEXT NOT NULL, version INTEGER NOT NULL, payload BLOB NOT NULL,
              crc INTEGER NOT NULL, epoch INTEGER NOT NULL)
            """,
        "CREATE UNIQUE INDEX shard_log_entity ON shard_log(shard, etype, eid, eseq)",
        """
            CREATE TABLE mailbox(
              dst INTEGER NOT NULL, src INTEGER NOT NULL, src_lsn INTEGER NOT NULL, ord INTEGER NOT NULL,
              etype TEXT NOT NULL, eid TEXT NOT NULL,
              manifest TEXT NOT NULL, version INTEGER NOT NULL, payload BLOB NOT NULL, crc INTEGER NOT NULL,
              PRIMARY KEY(dst, src, src_lsn, ord)) WITHOUT ROWID
            """,
        """
            CREATE TABLE snapshot(
              shard INTEGER NOT NULL, etype TEXT NOT NULL, eid TEXT NOT NULL, eseq INTEGER NOT NULL,
              manifest TEXT NOT NULL, version INTEGER NOT NULL, payload BLOB NOT NULL, crc INTEGER NOT NULL,
              PRIMARY KEY(shard, etype, eid, eseq)) WITHOUT ROWID
            """,
        """
            CREATE TABLE checkpoint(
              shard INTEGER NOT NULL, lsn INTEGER NOT NULL, payload BLOB NOT NULL, crc INTEGER NOT NULL,
              PRIMARY KEY(shard, lsn)) WITHOUT ROWID
            """,
    ];

    public static long Position(int shard, long lsn) => ((long)shard << LsnBits) | lsn;

    public static long Lsn(long position) => position & ((1L << LsnBits) - 1);

    /// <summary>Makes a new file ready, or checks that an old one is ours; for the writer.</summary>
    public static void Prepare(SqliteConnection connection, string path)
    {
        var fresh = connection.Int64("SELECT count(*) FROM sqlite_schema") == 0;
        if (!fresh)
            Check(connection, path);
        else
            connection.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        connection.Execute("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = FULL");
        if (!fresh)
            return;
        connection.Execute("BEGIN IMMEDIATE");
        foreach (var table in Tables)
            connection.Execute(table);
        connection.Execute($"PRAGMA application_id = {ApplicationId}");
        connection.Execute($"PRAGMA user_version = {Version}");
        connection.Execute("COMMIT");
    }

    /// <summary>Whether the file is ours, and of this version.</summary>
    public static void Check(SqliteConnection connection, string path)
    {
        if (connection.Int64("PRAGMA application_id") != ApplicationId)
            throw new StoreException(
                StoreTrouble.Incompatible,
                $"{path} is a database of another program. Move it away, or name another data folder."
            );
        var version = connection.Int64("PRAGMA user_version");
        if (version != Version)
            throw new StoreException(
                StoreTrouble.Incompatible,
                $"{path} has schema version {version}; this SimEval reads version {Version}. "
                    + "Use the SimEval that wrote it, or name another data folder."
            );
    }

    /// <summary>
    /// Whether a file that has no write-ahead log beside it was cut short: SQLite itself would notice only when it reads a
    /// page that is gone.
    /// </summary>
    public static void CheckLength(string path)
    {
        if (!File.Exists(path) || File.Exists(path + "-wal"))
            return;
        Span<byte> header = stackalloc byte[100];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length == 0)
            return;
        var read = file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        int pageSize = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        var pages = BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
        var counted = header[24..28].SequenceEqual(header[92..96]);
        var whole = (long)pages * (pageSize == 1 ? 65536 : pageSize);
        if (read < header.Length || (counted && header.StartsWith("SQLite format 3\0"u8) && file.Length < whole))
            throw new StoreException(
                StoreTrouble.Damaged,
                $"{path} is damaged: it has {file.Length} bytes of at least {Math.Max(whole, header.Length)}. "
                    + "Restore it from a copy, or name another data folder."
            );
    }
}
