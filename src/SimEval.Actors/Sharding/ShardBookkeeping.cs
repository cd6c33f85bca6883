using SimEval.Actors.Journal;

namespace SimEval.Actors.Sharding;

/// <summary>
/// What a shard knows beside its entities: how far it has read each sender's mail, and the answers it remembers. It is the
/// fold of the log's entries; a checkpoint only shortens that fold.
/// </summary>
internal sealed class ShardBookkeeping(ShardHostOptions options)
{
    private const byte Format = 1;

    public Dictionary<int, MailPosition> Cursors { get; } = [];

    public DedupWindow Dedup { get; } = new(options.DedupPerClient, options.DedupClients);

    public void Fold(LogEntry entry)
    {
        if (entry.Source is { } source)
            Cursors[source.Shard] = source.Position;
        if (entry.Command is { } id)
            Dedup.Remember(id, entry.Reply);
    }

    public byte[] Write()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Format);
        writer.Write(Cursors.Count);
        foreach (var (shard, position) in Cursors)
        {
            writer.Write(shard);
            writer.Write(position.Lsn);
            writer.Write(position.Ordinal);
        }

        Dedup.Write(writer);
        return bytes.ToArray();
    }

    public void Read(ReadOnlyMemory<byte> payload)
    {
        using var reader = new BinaryReader(new MemoryStream(payload.ToArray()));
        if (reader.ReadByte() != Format)
            throw new StoreException(
                StoreTrouble.Incompatible,
                "A shard's checkpoint was written by another version of SimEval. Use that version, or a new data folder."
            );
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var shard = reader.ReadInt32();
            Cursors[shard] = new(reader.ReadInt64(), reader.ReadInt32());
        }

        Dedup.Read(reader);
    }

    /// <summary>An answer's bytes: a rejection's text, or the reply as the type wrote it.</summary>
    public static byte[] WriteAnswer(long entityVersion, string? rejection, Encoded reply)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(entityVersion);
        writer.Write(rejection is not null);
        if (rejection is not null)
        {
            writer.Write(rejection);
        }
        else
        {
            var (manifest, version, payload) = reply;
            writer.Write(manifest);
            writer.Write(version);
            writer.Write(payload.Span);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>The other way.</summary>
    public static (long EntityVersion, string? Rejection, Encoded Reply) ReadAnswer(ReadOnlyMemory<byte> answer)
    {
        using var bytes = new MemoryStream(answer.ToArray());
        using var reader = new BinaryReader(bytes);
        var entityVersion = reader.ReadInt64();
        if (reader.ReadBoolean())
            return (entityVersion, reader.ReadString(), default);
        var manifest = reader.ReadString();
        var version = reader.ReadInt32();
        return (entityVersion, null, new(manifest, version, answer[(int)bytes.Position..]));
    }
}
