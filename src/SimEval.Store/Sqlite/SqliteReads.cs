using SimEval.Actors.Journal;

namespace SimEval.Store.Sqlite;

/// <summary>The reading statements, on a connection of their own: a reader never waits for the writer.</summary>
internal sealed class SqliteReads(SqliteConnection connection, string path)
{
    private const string EntryColumns =
        "pos, kind, etype, eid, eseq, src_shard, src_lsn, src_ord, client, client_seq, reply, manifest, version, payload, crc, epoch";

    private readonly SqliteStatement log = connection.Prepare(
            $"SELECT {EntryColumns} FROM shard_log WHERE pos > ? AND pos < ? ORDER BY pos LIMIT ?"
        ),
        entity = connection.Prepare(
            $"SELECT {EntryColumns} FROM shard_log WHERE shard=? AND etype=? AND eid=? AND eseq>? ORDER BY eseq LIMIT ?"
        ),
        nextEntity = connection.Prepare(
            "SELECT eid FROM shard_log WHERE shard=? AND etype=? AND eid>? ORDER BY eid LIMIT 1"
        ),
        snapshots = connection.Prepare(
            """
            SELECT eseq, manifest, version, payload, crc FROM snapshot WHERE shard=? AND etype=? AND eid=?
            ORDER BY eseq DESC
            """
        ),
        checkpoints = connection.Prepare("SELECT lsn, payload, crc FROM checkpoint WHERE shard=? ORDER BY lsn DESC"),
        nextSender = connection.Prepare("SELECT src FROM mailbox WHERE dst=? AND src>? ORDER BY src LIMIT 1"),
        mail = connection.Prepare(
            """
            SELECT src_lsn, ord, etype, eid, manifest, version, payload, crc FROM mailbox
            WHERE dst=? AND src=? AND (src_lsn, ord) > (?, ?) ORDER BY src_lsn, ord LIMIT ?
            """
        ),
        shards = connection.Prepare("SELECT shard, name, epoch, owner, state FROM shard ORDER BY shard"),
        shardByName = connection.Prepare("SELECT shard, name, epoch, owner, state FROM shard WHERE name=?"),
        lastPosition = connection.Prepare("SELECT pos FROM shard_log WHERE pos < ? ORDER BY pos DESC LIMIT 1"),
        nameOf = connection.Prepare("SELECT name FROM shard WHERE shard=?"),
        setting = connection.Prepare("SELECT value FROM setting WHERE name=?");

    public string? Setting(string name)
    {
        setting.Bind(1, name);
        string? value = null;
        while (setting.Step())
            value = setting.Text(0);
        return value;
    }

    public ShardInfo? Shard(string name)
    {
        shardByName.Bind(1, name);
        return Shards(shardByName).FirstOrDefault();
    }

    public IReadOnlyList<ShardInfo> Shards() => Shards(shards);

    public IReadOnlyList<LogEntry> Log(int shard, long afterLsn, int limit)
    {
        log.Bind(1, SqliteSchema.Position(shard, afterLsn)).Bind(2, SqliteSchema.Position(shard + 1, 0)).Bind(3, limit);
        return Entries(log, shard);
    }

    public IReadOnlyList<LogEntry> Entity(int shard, string type, string id, long afterSeq, int limit)
    {
        entity.Bind(1, shard).Bind(2, type).Bind(3, id).Bind(4, afterSeq).Bind(5, limit);
        return Entries(entity, shard);
    }

    public IReadOnlyList<string> Entities(int shard, string type, string afterId, int limit)
    {
        // One seek an entity, however many entries each has.
        var ids = new List<string>();
        while (ids.Count < limit)
        {
            if (!nextEntity.Bind(1, shard).Bind(2, type).Bind(3, afterId).Step())
                break;
            afterId = nextEntity.Text(0);
            nextEntity.Reset();
            ids.Add(afterId);
        }

        return ids;
    }

    public EntitySnapshot? Snapshot(int shard, string type, string id)
    {
        EntitySnapshot? newest = null;
        snapshots.Bind(1, shard).Bind(2, type).Bind(3, id);
        while (snapshots.Step())
        {
            var body = new Encoded(snapshots.Text(1), (int)snapshots.Int64(2), snapshots.Blob(3));
            var read = new EntitySnapshot(type, id, snapshots.Int64(0), body);
            if (Checksum.Of(shard, read) == snapshots.Int64(4))
                newest ??= read;
        }

        return newest;
    }

    public ShardCheckpoint? Checkpoint(int shard)
    {
        ShardCheckpoint? newest = null;
        checkpoints.Bind(1, shard);
        while (checkpoints.Step())
        {
            var read = new ShardCheckpoint(checkpoints.Int64(0), checkpoints.Blob(1));
            if (Checksum.Of(shard, read) == checkpoints.Int64(2))
                newest ??= read;
        }

        return newest;
    }

    public IReadOnlyList<Mail> Mail(int to, IReadOnlyDictionary<int, MailPosition> after, int limitPerSender)
    {
        var name = NameOf(to);
        var read = new List<Mail>();
        for (var sender = 0; NextSender(to, sender) is { } next; )
        {
            sender = next;
            var start = after.TryGetValue(sender, out var position) ? position : MailPosition.Start;
            mail.Bind(1, to).Bind(2, sender).Bind(3, start.Lsn).Bind(4, start.Ordinal).Bind(5, limitPerSender);
            while (mail.Step())
            {
                var body = new Encoded(mail.Text(4), (int)mail.Int64(5), mail.Blob(6));
                var place = new MailPosition(mail.Int64(0), (int)mail.Int64(1));
                var one = new Mail(sender, place, name, mail.Text(2), mail.Text(3), body);
                if (Checksum.Of(to, one) != mail.Int64(7))
                {
                    mail.Reset();
                    throw Damaged($"a message from shard {sender} to shard {to}");
                }

                read.Add(one);
            }
        }

        return read;
    }

    private string NameOf(int shard)
    {
        if (!nameOf.Bind(1, shard).Step())
            return "";
        var name = nameOf.Text(0);
        nameOf.Reset();
        return name;
    }

    private int? NextSender(int to, int after)
    {
        if (!nextSender.Bind(1, to).Bind(2, after).Step())
            return null;
        var sender = (int)nextSender.Int64(0);
        nextSender.Reset();
        return sender;
    }

    private List<ShardInfo> Shards(SqliteStatement rows)
    {
        var read = new List<ShardInfo>();
        while (rows.Step())
        {
            var shard = (int)rows.Int64(0);
            var retired = (ShardState)rows.Int64(4) != ShardState.Live;
            read.Add(new(shard, rows.Text(1), rows.Int64(2), rows.Text(3), retired, retired ? 0 : LastLsn(shard)));
        }

        return read;
    }

    private long LastLsn(int shard)
    {
        if (!lastPosition.Bind(1, SqliteSchema.Position(shard + 1, 0)).Step())
            return 0;
        var position = lastPosition.Int64(0);
        lastPosition.Reset();
        return position >> SqliteSchema.LsnBits == shard ? SqliteSchema.Lsn(position) : 0;
    }

    private List<LogEntry> Entries(SqliteStatement rows, int shard)
    {
        var read = new List<LogEntry>();
        while (rows.Step())
        {
            var entry = new LogEntry
            {
                Lsn = SqliteSchema.Lsn(rows.Int64(0)),
                Kind = (EntryKind)rows.Int64(1),
                EntityType = rows.Text(2),
                EntityId = rows.Text(3),
                EntitySeq = rows.Int64(4),
                Source = rows.IsNull(5) ? null : new((int)rows.Int64(5), new(rows.Int64(6), (int)rows.Int64(7))),
                Command = rows.IsNull(8) ? null : new(rows.Text(8), rows.Int64(9)),
                Reply = rows.IsNull(10) ? default(ReadOnlyMemory<byte>) : rows.Blob(10),
                Body = new(rows.Text(11), (int)rows.Int64(12), rows.Blob(13)),
                Epoch = rows.Int64(15),
            };
            if (Checksum.Of(shard, entry) != rows.Int64(14))
            {
                rows.Reset();
                throw Damaged($"entry {entry.Lsn} of shard {shard}");
            }

            read.Add(entry);
        }

        return read;
    }

    private StoreException Damaged(string what) =>
        new(
            StoreTrouble.Damaged,
            $"{path} is damaged: the checksum of {what} does not match. Restore it from a copy, or name another data folder."
        );
}
