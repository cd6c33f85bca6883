using SimEval.Actors.Journal;

namespace SimEval.Actors.TestKit;

/// <summary>What a simulated store keeps: it outlives processes. Entries are copied in and out, as bytes on a disk are.</summary>
public sealed class SimulatedDisk
{
    private readonly Dictionary<string, string> settings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Shard> byName = new(StringComparer.Ordinal);
    private readonly List<Shard> shards = [];
    private SimulatedProcess? wire;

    /// <summary>Spoils a stored entry, as a bad sector would: reading it is then <see cref="StoreTrouble.Damaged"/>.</summary>
    public void Spoil(int shard, long lsn) => shards[shard - 1].Spoiled.Add(lsn);

    /// <summary>Messages that wait or have been read, of all shards; for checkers.</summary>
    public int MailCount => shards.Sum(s => s.Mail.Count);

    /// <summary>Writes that were committed although their owner had been replaced; for checkers, who want none.</summary>
    public int StaleWrites { get; private set; }

    internal SimulatedProcess Wire(Simulation simulation) => wire ??= simulation.Process("disk");

    internal string Agree(string setting, string value) => settings.TryAdd(setting, value) ? value : settings[setting];

    internal ShardClaim Claim(string name, string owner)
    {
        var shard = FindOrAdd(name);
        if (shard.Retired)
            throw new ShardRetiredException(name);
        shard.Epoch++;
        shard.Owner = owner;
        return new(shard.Number, name, shard.Epoch, shard.Log.Count);
    }

    internal AppendReceipt Append(ShardAppend append)
    {
        var shard = Fence(append.Claim);
        if (shard.Log.Count != append.AfterLsn)
            throw new LogConflictException(shard.Name, append.AfterLsn, shard.Log.Count);
        for (var i = 0; i < append.Entries.Count; i++)
        {
            if (append.Entries[i].Lsn != append.AfterLsn + 1 + i)
                throw new LogConflictException(shard.Name, append.AfterLsn + i, append.Entries[i].Lsn - 1);
        }

        var numbers = shard.Log.Concat(append.Entries).Select(e => (e.EntityType, e.EntityId, e.EntitySeq));
        if (append.Entries.Count > 0 && numbers.GroupBy(n => n).Any(g => g.Count() > 1))
            throw new StoreException(StoreTrouble.Failed, "The write contradicts what is there.");
        StaleWrites += append.Claim.Epoch == shard.Epoch ? 0 : 1;
        foreach (var entry in append.Entries)
            shard.Log.Add(Copy(entry) with { Epoch = append.Claim.Epoch });
        var undeliverable = 0;
        foreach (var mail in append.Mail)
        {
            var to = FindOrAdd(mail.ToShard);
            if (to.Retired)
                undeliverable++;
            else
                to.Mail.Add(
                    (shard.Number, mail.Position),
                    mail with
                    {
                        FromShard = shard.Number,
                        Body = Copy(mail.Body),
                    }
                );
        }

        foreach (var snapshot in append.Snapshots)
        {
            var kept = shard.Snapshots.TryGetValue((snapshot.EntityType, snapshot.EntityId), out var list) ? list : [];
            shard.Snapshots[(snapshot.EntityType, snapshot.EntityId)] = [snapshot, .. kept.Take(1)];
        }

        shard.Checkpoint = append.Checkpoint ?? shard.Checkpoint;
        foreach (var (from, position) in append.ReadMail)
        {
            foreach (var key in shard.Mail.Keys.Where(k => k.From == from && k.Position <= position).ToList())
                shard.Mail.Remove(key);
        }

        return new(undeliverable);
    }

    internal bool Retire(ShardClaim claim)
    {
        var shard = Fence(claim);
        shard.Retired = true;
        shard.Log.Clear();
        shard.Mail.Clear();
        shard.Snapshots.Clear();
        shard.Checkpoint = null;
        return true;
    }

    internal ShardInfo? Find(string name) => byName.TryGetValue(name, out var shard) ? shard.Info : null;

    internal IReadOnlyList<ShardInfo> List() => [.. shards.Select(s => s.Info)];

    internal IReadOnlyList<LogEntry> Log(int shard, long afterLsn, int limit) =>
        Whole(shard, At(shard).Log.Skip((int)afterLsn).Take(limit));

    internal IReadOnlyList<LogEntry> Entity(int shard, string type, string id, long afterSeq, int limit) =>
        Whole(
            shard,
            At(shard).Log.Where(e => e.EntityType == type && e.EntityId == id && e.EntitySeq > afterSeq).Take(limit)
        );

    internal IReadOnlyList<string> Entities(int shard, string type, string afterId, int limit) =>
        [
            .. At(shard)
                .Log.Where(e => e.EntityType == type && string.CompareOrdinal(e.EntityId, afterId) > 0)
                .Select(e => e.EntityId)
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Take(limit),
        ];

    internal EntitySnapshot? Snapshot(int shard, string type, string id) =>
        At(shard).Snapshots.TryGetValue((type, id), out var kept) ? kept[0] : null;

    internal ShardCheckpoint? Checkpoint(int shard) => At(shard).Checkpoint;

    internal IReadOnlyList<Mail> Mail(int shard, IReadOnlyDictionary<int, MailPosition> after, int limitPerSender) =>
        [
            .. At(shard)
                .Mail.Where(m => m.Key.Position > after.GetValueOrDefault(m.Key.From, MailPosition.Start))
                .GroupBy(m => m.Key.From)
                .SelectMany(g => g.Take(limitPerSender))
                .Select(m => m.Value),
        ];

    private Shard At(int number) => shards[number - 1];

    private List<LogEntry> Whole(int shard, IEnumerable<LogEntry> entries)
    {
        var read = entries.ToList();
        foreach (var entry in read)
        {
            if (At(shard).Spoiled.Contains(entry.Lsn))
                throw new StoreException(StoreTrouble.Damaged, $"Entry {entry.Lsn} of shard {shard} is damaged.");
        }

        return read;
    }

    private Shard Fence(ShardClaim claim)
    {
        var shard = At(claim.Shard);
        if (shard.Retired)
            throw new ShardRetiredException(shard.Name);
        if (shard.Epoch != claim.Epoch)
            throw new FencedException(shard.Name, claim.Epoch, shard.Epoch);
        return shard;
    }

    private Shard FindOrAdd(string name)
    {
        if (byName.TryGetValue(name, out var shard))
            return shard;
        shard = new(shards.Count + 1, name);
        shards.Add(shard);
        byName.Add(name, shard);
        return shard;
    }

    private static LogEntry Copy(LogEntry entry) =>
        entry with
        {
            Body = Copy(entry.Body),
            Reply = entry.Reply.ToArray(),
        };

    private static Encoded Copy(Encoded body) => body with { Payload = body.Payload.ToArray() };

    private sealed class Shard(int number, string name)
    {
        public int Number => number;
        public string Name => name;
        public long Epoch { get; set; }
        public string Owner { get; set; } = "";
        public bool Retired { get; set; }
        public List<LogEntry> Log { get; } = [];
        public SortedDictionary<(int From, MailPosition Position), Mail> Mail { get; } = [];
        public Dictionary<(string Type, string Id), EntitySnapshot[]> Snapshots { get; } = [];
        public ShardCheckpoint? Checkpoint { get; set; }
        public HashSet<long> Spoiled { get; } = [];
        public ShardInfo Info => new(number, name, Epoch, Owner, Retired, Log.Count);
    }
}
