using System.Runtime.InteropServices;
using System.Text;
using SimEval.Actors.Journal;

namespace SimEval.Store.Sqlite;

/// <summary>
/// The writer's prepared statements. A row's texts are laid out one after the other in a scratch buffer and its bytes are
/// bound where they lie, so that SQLite copies each once, into the page.
/// </summary>
internal sealed unsafe class SqliteRows : IDisposable
{
    private const int ScratchSize = 16 << 10;
    private readonly byte* scratch = (byte*)NativeMemory.Alloc(ScratchSize);
    private readonly SqliteStatement insertEntry,
        insertMail,
        trimMail,
        insertSnapshot,
        trimSnapshots,
        insertCheckpoint,
        trimCheckpoints,
        fence,
        lastPosition,
        findShard,
        insertShard,
        claimShard;
    private int scratchUsed;

    public SqliteRows(SqliteConnection connection)
    {
        insertEntry = connection.Prepare("INSERT INTO shard_log VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        insertMail = connection.Prepare("INSERT INTO mailbox VALUES(?,?,?,?,?,?,?,?,?,?)");
        trimMail = connection.Prepare("DELETE FROM mailbox WHERE dst=? AND src=? AND (src_lsn, ord) <= (?, ?)");
        insertSnapshot = connection.Prepare("INSERT OR REPLACE INTO snapshot VALUES(?,?,?,?,?,?,?,?)");
        trimSnapshots = connection.Prepare(
            """
            DELETE FROM snapshot WHERE shard=?1 AND etype=?2 AND eid=?3 AND eseq <
              (SELECT max(eseq) FROM snapshot WHERE shard=?1 AND etype=?2 AND eid=?3)
            """
        );
        insertCheckpoint = connection.Prepare("INSERT OR REPLACE INTO checkpoint VALUES(?,?,?,?)");
        trimCheckpoints = connection.Prepare(
            "DELETE FROM checkpoint WHERE shard=?1 AND lsn < (SELECT max(lsn) FROM checkpoint WHERE shard=?1)"
        );
        fence = connection.Prepare("SELECT epoch, state FROM shard WHERE shard=?");
        lastPosition = connection.Prepare("SELECT pos FROM shard_log WHERE pos < ? ORDER BY pos DESC LIMIT 1");
        findShard = connection.Prepare("SELECT shard, epoch, state FROM shard WHERE name=?");
        insertShard = connection.Prepare("INSERT INTO shard(name, epoch, owner, state) VALUES(?, 0, '', 0)");
        claimShard = connection.Prepare("UPDATE shard SET epoch=epoch+1, owner=? WHERE shard=?");
    }

    /// <summary>Throws unless the claim holds: every write begins here.</summary>
    public void CheckFence(ShardClaim claim)
    {
        if (!fence.Bind(1, claim.Shard).Step())
            throw new FencedException(claim.Name, claim.Epoch, 0);
        var (epoch, state) = (fence.Int64(0), (ShardState)fence.Int64(1));
        fence.Reset();
        if (state != ShardState.Live)
            throw new ShardRetiredException(claim.Name);
        if (epoch != claim.Epoch)
            throw new FencedException(claim.Name, claim.Epoch, epoch);
    }

    public long LastLsn(int shard)
    {
        if (!lastPosition.Bind(1, SqliteSchema.Position(shard + 1, 0)).Step())
            return 0;
        var position = lastPosition.Int64(0);
        lastPosition.Reset();
        return position >> SqliteSchema.LsnBits == shard ? SqliteSchema.Lsn(position) : 0;
    }

    public (int Shard, long Epoch, ShardState State)? FindShard(string name)
    {
        if (!findShard.Bind(1, name).Step())
            return null;
        var found = ((int)findShard.Int64(0), findShard.Int64(1), (ShardState)findShard.Int64(2));
        findShard.Reset();
        return found;
    }

    public (int Shard, long Epoch, ShardState State) FindOrAddShard(string name)
    {
        if (FindShard(name) is { } found)
            return found;
        insertShard.Bind(1, name).Run();
        return FindShard(name)!.Value;
    }

    public void ClaimShard(int shard, string owner) => claimShard.Bind(1, owner).Bind(2, shard).Run();

    public void InsertEntry(ShardClaim claim, LogEntry entry)
    {
        entry = entry.Epoch == claim.Epoch ? entry : entry with { Epoch = claim.Epoch };
        var row = insertEntry;
        scratchUsed = 0;
        row.Bind(1, SqliteSchema.Position(claim.Shard, entry.Lsn));
        row.Bind(2, claim.Shard);
        row.Bind(3, (long)entry.Kind);
        BindText(row, 4, entry.EntityType);
        BindText(row, 5, entry.EntityId);
        row.Bind(6, entry.EntitySeq);
        if (entry.Source is { } source)
            row.Bind(7, source.Shard).Bind(8, source.Position.Lsn).Bind(9, source.Position.Ordinal);
        else
            row.BindNull(7).BindNull(8).BindNull(9);
        if (entry.Command is { } command)
        {
            BindText(row, 10, command.Client);
            row.Bind(11, command.Seq);
        }
        else
        {
            row.BindNull(10).BindNull(11);
        }

        BindText(row, 13, entry.Body.Manifest);
        row.Bind(14, entry.Body.Version);
        row.Bind(16, Checksum.Of(claim.Shard, entry));
        row.Bind(17, entry.Epoch);
        fixed (byte* reply = entry.Reply.Span)
        fixed (byte* payload = entry.Body.Payload.Span)
        {
            if (entry.Reply.IsEmpty)
                row.BindNull(12);
            else
                row.BindStatic(12, reply, entry.Reply.Length);
            row.BindStatic(15, payload, entry.Body.Payload.Length);
            row.Run();
        }
    }

    public void InsertMail(int to, Mail mail)
    {
        var row = insertMail;
        scratchUsed = 0;
        row.Bind(1, to).Bind(2, mail.FromShard).Bind(3, mail.Position.Lsn).Bind(4, mail.Position.Ordinal);
        BindText(row, 5, mail.EntityType);
        BindText(row, 6, mail.EntityId);
        BindText(row, 7, mail.Body.Manifest);
        row.Bind(8, mail.Body.Version);
        row.Bind(10, Checksum.Of(to, mail));
        fixed (byte* payload = mail.Body.Payload.Span)
        {
            row.BindStatic(9, payload, mail.Body.Payload.Length);
            row.Run();
        }
    }

    public void TrimMail(int to, int from, MailPosition position) =>
        trimMail.Bind(1, to).Bind(2, from).Bind(3, position.Lsn).Bind(4, position.Ordinal).Run();

    /// <summary>Keeps the newest one that is there beside this one.</summary>
    public void InsertSnapshot(int shard, EntitySnapshot snapshot)
    {
        trimSnapshots.Bind(1, shard).Bind(2, snapshot.EntityType).Bind(3, snapshot.EntityId).Run();
        insertSnapshot
            .Bind(1, shard)
            .Bind(2, snapshot.EntityType)
            .Bind(3, snapshot.EntityId)
            .Bind(4, snapshot.EntitySeq)
            .Bind(5, snapshot.State.Manifest)
            .Bind(6, snapshot.State.Version)
            .Bind(7, snapshot.State.Payload.Span)
            .Bind(8, Checksum.Of(shard, snapshot))
            .Run();
    }

    /// <summary>Keeps the newest one that is there beside this one.</summary>
    public void InsertCheckpoint(int shard, ShardCheckpoint checkpoint)
    {
        trimCheckpoints.Bind(1, shard).Run();
        insertCheckpoint
            .Bind(1, shard)
            .Bind(2, checkpoint.Lsn)
            .Bind(3, checkpoint.Payload.Span)
            .Bind(4, Checksum.Of(shard, checkpoint))
            .Run();
    }

    public void Dispose() => NativeMemory.Free(scratch);

    private void BindText(SqliteStatement row, int index, string text)
    {
        if (Encoding.UTF8.GetMaxByteCount(text.Length) > ScratchSize - scratchUsed)
        {
            row.Bind(index, text);
            return;
        }

        var start = scratch + scratchUsed;
        var length = Encoding.UTF8.GetBytes(text, new Span<byte>(start, ScratchSize - scratchUsed));
        scratchUsed += length;
        row.BindStaticText(index, start, length);
    }
}

/// <summary>Where a shard is in its life.</summary>
internal enum ShardState
{
    Live = 0,

    /// <summary>Nobody may write; its rows are being removed.</summary>
    Retiring = 1,

    Retired = 2,
}
