using SimEval.Actors.Journal;

namespace SimEval.Actors.Sharding;

/// <summary>The entities of one shard that are in memory; the others are in the log.</summary>
internal sealed class EntityCache(ShardHost host, string shardName, Patience patience)
{
    private const int Page = 1000;
    private readonly Dictionary<(string Type, string Id), EntitySlot> slots = [];

    // Entities of a shard that was empty when it was claimed: whoever is not among them has no history to read.
    private readonly HashSet<(string Type, string Id)> begun = [];
    private volatile IReadOnlyCollection<ParkedEntity> parked = [];

    public EntitySlot this[Turn turn] => slots[Key(turn)];

    /// <summary>Safe from any thread.</summary>
    public IReadOnlyCollection<ParkedEntity> Parked => parked;

    /// <summary>Brings a turn's entity into memory: its newest snapshot, and the entries since.</summary>
    public async ValueTask LoadAsync(ShardClaim claim, Turn turn)
    {
        if (!slots.TryGetValue(Key(turn), out var slot))
        {
            if (claim.LastLsn == 0 && begun.Add(Key(turn)))
                slot = turn.Kind.NewSlot(turn.Address);
            else
                (slot, _) = await ReadAsync(claim, turn).ConfigureAwait(false);
            Adopt(turn, slot);
        }

        slot.Used = host.System.Time.GetUtcNow();
    }

    /// <summary>Loads an entity afresh; returns the messages that wait parked in its log, oldest first.</summary>
    public async ValueTask<IReadOnlyList<LogEntry>> ReloadAsync(ShardClaim claim, Turn turn)
    {
        var (slot, waiting) = await ReadAsync(claim, turn).ConfigureAwait(false);
        if (slot.Parked is ParkedMessagesException)
            slot.Parked = null;
        Adopt(turn, slot);
        return waiting;
    }

    public void Park(EntitySlot slot, Exception cause)
    {
        slot.Parked = cause;
        host.Counters.AddParked();
        ListParked();
        host.ReportParked(new(slot.Address, shardName, cause));
    }

    /// <summary>Snapshots of those entities whose last one is old enough.</summary>
    public IReadOnlyList<EntitySnapshot> Snapshots(IReadOnlyCollection<EntitySlot> touched)
    {
        List<EntitySnapshot>? due = null;
        foreach (var slot in touched)
        {
            if (slot.Parked is not null || slot.Seq - slot.SnapshotSeq < slot.Kind.SnapshotEvery)
                continue;
            try
            {
                (due ??= []).Add(new(slot.Address.Type, slot.Address.Id, slot.Seq, slot.EncodeState()));
                slot.SnapshotSeq = slot.Seq;
            }
            catch (Exception e)
            {
                slot.SnapshotSeq = slot.Seq;
                host.ReportHandler(shardName, e);
            }
        }

        return due ?? [];
    }

    /// <summary>Drops what nobody has used for a while, and the longest unused beyond the limit. Parked ones stay, to be seen.</summary>
    public void Passivate(DateTimeOffset now)
    {
        var idle = slots.Values.Where(s => s.Parked is null).OrderBy(s => s.Used).ToList();
        var surplus = slots.Count - host.Options.MaxLoadedEntities;
        foreach (var slot in idle)
        {
            if (surplus-- <= 0 && now - slot.Used < host.Options.PassivateAfter)
                break;
            slots.Remove((slot.Address.Type, slot.Address.Id));
            host.Counters.AddPassivated();
        }
    }

    /// <summary>Drops those that are over, now that it is committed: what outlives its work is only copied by the collector.</summary>
    public void Release(IReadOnlyCollection<EntitySlot> touched)
    {
        foreach (var slot in touched)
        {
            if (slot.Parked is not null || !slot.IsOver || !slots.Remove((slot.Address.Type, slot.Address.Id)))
                continue;
            host.Counters.AddPassivated();
        }
    }

    /// <summary>Whether there are more than the limit allows.</summary>
    public bool IsOverfull => slots.Count > host.Options.MaxLoadedEntities;

    private async ValueTask<(EntitySlot Slot, IReadOnlyList<LogEntry> Waiting)> ReadAsync(ShardClaim claim, Turn turn)
    {
        var (type, id) = Key(turn);
        var snapshot = await patience
            .CallAsync(() => host.Store.ReadSnapshotAsync(claim.Shard, type, id))
            .ConfigureAwait(false);
        var slot = turn.Kind.NewSlot(turn.Address);
        if (snapshot is not null && !TryRestore(slot, snapshot))
            slot = turn.Kind.NewSlot(turn.Address);
        var waiting = new List<LogEntry>();
        while (true)
        {
            var after = slot.Seq;
            var entries = await patience
                .CallAsync(() => host.Store.ReadEntityAsync(claim.Shard, type, id, after, Page))
                .ConfigureAwait(false);
            foreach (var entry in entries)
                Fold(slot, entry, waiting);
            if (entries.Count < Page)
                break;
        }

        if (slot.Parked is null && waiting.Count > 0)
            slot.Parked = new ParkedMessagesException(waiting.Count);
        return (slot, waiting);
    }

    private static void Fold(EntitySlot slot, LogEntry entry, List<LogEntry> waiting)
    {
        slot.Seq = entry.EntitySeq;
        if (entry.Kind == EntryKind.Parked)
            waiting.Add(entry);
        else if (entry.Kind == EntryKind.Unparked)
            waiting.Clear();
        if (slot.Parked is not null)
            return;
        try
        {
            slot.Fold(entry);
        }
        catch (Exception e)
        {
            slot.Parked = e;
        }
    }

    private bool TryRestore(EntitySlot slot, EntitySnapshot snapshot)
    {
        try
        {
            slot.Restore(snapshot);
            return true;
        }
        catch (Exception e)
        {
            host.ReportHandler(shardName, e);
            return false;
        }
    }

    private void Adopt(Turn turn, EntitySlot slot)
    {
        slots[Key(turn)] = slot;
        ListParked();
        if (slot.Seq == 0)
            return;
        host.Counters.AddLoaded();
        if (slot.Parked is { } cause)
        {
            host.ReportParked(new(slot.Address, shardName, cause));
            return;
        }

        try
        {
            slot.TellRecovered();
        }
        catch (Exception e)
        {
            host.ReportHandler(shardName, e);
        }
    }

    private void ListParked()
    {
        var now = slots.Values.Where(s => s.Parked is not null).ToList();
        if (now.Count > 0 || parked.Count > 0)
            parked = [.. now.Select(s => new ParkedEntity(s.Address, shardName, s.Parked!))];
    }

    private static (string Type, string Id) Key(Turn turn) => (turn.Address.Type, turn.Address.Id);
}

/// <summary>Messages wait in an entity's log that it could not handle.</summary>
internal sealed class ParkedMessagesException(int count)
    : Exception($"{count} messages wait that it could not handle before the last restart.");
