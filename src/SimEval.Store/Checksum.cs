using System.Numerics;
using System.Runtime.InteropServices;
using SimEval.Actors.Journal;

namespace SimEval.Store;

/// <summary>
/// CRC-32C (Castagnoli) of a stored row: what is read back is what was written, in the place where it was written.
/// Texts enter as UTF-16, numbers as 64-bit words, little-endian.
/// </summary>
internal struct Checksum()
{
    private uint crc = uint.MaxValue;

    /// <summary>The value, as it is stored.</summary>
    public readonly long Value => ~crc;

    public void Add(long number) => crc = BitOperations.Crc32C(crc, (ulong)number);

    public void Add(string text)
    {
        Add(text.Length);
        Add(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    public void Add(ReadOnlyMemory<byte> bytes)
    {
        Add(bytes.Length);
        Add(bytes.Span);
    }

    public void Add(in Encoded body)
    {
        Add(body.Manifest);
        Add(body.Version);
        Add(body.Payload);
    }

    public static long Of(int shard, LogEntry entry)
    {
        var sum = new Checksum();
        sum.Add(shard);
        sum.Add(entry.Lsn);
        sum.Add((long)entry.Kind);
        sum.Add(entry.EntityType);
        sum.Add(entry.EntityId);
        sum.Add(entry.EntitySeq);
        if (entry.Source is { } source)
        {
            sum.Add(source.Shard);
            sum.Add(source.Position.Lsn);
            sum.Add(source.Position.Ordinal);
        }

        if (entry.Command is { } command)
        {
            sum.Add(command.Client);
            sum.Add(command.Seq);
        }

        sum.Add(entry.Reply);
        sum.Add(entry.Body);
        sum.Add(entry.Epoch);
        return sum.Value;
    }

    public static long Of(int to, Mail mail)
    {
        var sum = new Checksum();
        sum.Add(to);
        sum.Add(mail.FromShard);
        sum.Add(mail.Position.Lsn);
        sum.Add(mail.Position.Ordinal);
        sum.Add(mail.EntityType);
        sum.Add(mail.EntityId);
        sum.Add(mail.Body);
        return sum.Value;
    }

    public static long Of(int shard, EntitySnapshot snapshot)
    {
        var sum = new Checksum();
        sum.Add(shard);
        sum.Add(snapshot.EntityType);
        sum.Add(snapshot.EntityId);
        sum.Add(snapshot.EntitySeq);
        sum.Add(snapshot.State);
        return sum.Value;
    }

    public static long Of(int shard, ShardCheckpoint checkpoint)
    {
        var sum = new Checksum();
        sum.Add(shard);
        sum.Add(checkpoint.Lsn);
        sum.Add(checkpoint.Payload);
        return sum.Value;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var c = crc;
        foreach (var word in words)
            c = BitOperations.Crc32C(c, word);
        foreach (var b in bytes[(words.Length * 8)..])
            c = BitOperations.Crc32C(c, b);
        crc = c;
    }
}
