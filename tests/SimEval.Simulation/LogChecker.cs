using SimEval.Actors.Journal;
using SimEval.Actors.Sharding;
using SimEval.Actors.TestKit;

namespace SimEval.Simulation;

/// <summary>
/// The invariants, read off the disk when the story is over: one writer per epoch and no gap (1), nothing acknowledged is
/// lost and nothing applied twice, in order per pair (2), the fold is the live state (3), memory stayed bounded (5).
/// </summary>
internal sealed class LogChecker(
    SimulatedShardStore store,
    int hashedShards,
    IReadOnlyList<string> acknowledged,
    IReadOnlyList<string> rejected
)
{
    public void Check(IReadOnlyDictionary<string, Account.State> live)
    {
        var logs = Get(store.ListShardsAsync())
            .ToDictionary(s => s, s => Get(store.ReadLogAsync(s.Shard, 0, int.MaxValue)));
        foreach (var (shard, log) in logs)
        {
            EpochsAndPositions(shard, log);
            EntityNumbers(log);
            PerPairOrder(log);
        }

        var all = logs.Values.SelectMany(l => l).ToList();
        NothingLostOrTwice(all);
        FoldsAreLive(live);
        MailIsDone(logs.Keys, logs);
    }

    private static void EpochsAndPositions(ShardInfo shard, IReadOnlyList<LogEntry> log)
    {
        for (var i = 0; i < log.Count; i++)
        {
            Hold(log[i].Lsn == i + 1, $"{shard.Name}: entry {log[i].Lsn} stands at {i + 1}");
            Hold(i == 0 || log[i].Epoch >= log[i - 1].Epoch, $"{shard.Name}: the epoch falls at {i + 1}");
            Hold(log[i].Epoch <= shard.Epoch, $"{shard.Name}: an epoch that nobody claimed at {i + 1}");
        }
    }

    private static void EntityNumbers(IReadOnlyList<LogEntry> log)
    {
        foreach (var entity in log.GroupBy(e => e.EntityId))
            Hold(
                entity.Select((e, i) => e.EntitySeq == i + 1).All(ok => ok),
                $"entity {entity.Key}: its entries are not numbered 1, 2, 3 ..."
            );
    }

    private static void PerPairOrder(IReadOnlyList<LogEntry> log)
    {
        foreach (var pair in log.Where(e => e.Source is not null).GroupBy(e => e.Source!.Value.Shard))
        {
            var positions = pair.Select(e => e.Source!.Value.Position).ToList();
            for (var i = 1; i < positions.Count; i++)
                Hold(
                    positions[i] > positions[i - 1],
                    $"mail of shard {pair.Key}: {positions[i]} after {positions[i - 1]}"
                );
        }
    }

    private void NothingLostOrTwice(List<LogEntry> all)
    {
        var events = all.Where(e => e.Kind == EntryKind.Event)
            .GroupBy(Account.Token)
            .ToDictionary(g => g.Key, g => g.Count());
        foreach (var (token, count) in events)
            Hold(count == 1, $"{token} was applied {count} times");
        foreach (var token in acknowledged)
        {
            Hold(events.ContainsKey("sent:" + token), $"{token} was acknowledged and is lost");
            Hold(events.ContainsKey("got:" + token), $"the message of {token} is lost");
            Hold(events.ContainsKey("got:" + token + "+"), $"the second message of {token} is lost");
        }

        foreach (var token in rejected)
            Hold(!events.ContainsKey("sent:" + token), $"{token} was rejected and applied");
        var commands = all.Where(e => e.Command is not null).GroupBy(e => e.Command!.Value);
        Hold(commands.All(c => c.Count() == 1), "a command's number is in the log twice");
    }

    private void FoldsAreLive(IReadOnlyDictionary<string, Account.State> live)
    {
        var type = Account.Type(1);
        var reader = EntityReader.Of(store, type, hashedShards);
        foreach (var (id, state) in live)
        {
            var address = new EntityAddress(Account.Name, id);
            var stored = Get(reader.ReadAsync(address))?.State ?? type.Initial;
            Hold(stored.ToString() == state.ToString(), $"account {id}: snapshot and tail are not the live state");
            var folded = type.Initial;
            var info = Get(store.ListShardsAsync());
            foreach (var shard in info)
            {
                foreach (var entry in Get(store.ReadEntityAsync(shard.Shard, Account.Name, id, 0, int.MaxValue)))
                {
                    if (entry.Kind == EntryKind.Event)
                        folded = type.Evolve(folded, type.Events.Decode(entry.Body));
                }
            }

            Hold(folded.ToString() == state.ToString(), $"account {id}: the fold of all is not the live state");
        }
    }

    private void MailIsDone(IEnumerable<ShardInfo> shards, Dictionary<ShardInfo, IReadOnlyList<LogEntry>> logs)
    {
        foreach (var shard in shards)
        {
            var read = logs[shard]
                .Where(e => e.Source is not null)
                .GroupBy(e => e.Source!.Value.Shard)
                .ToDictionary(g => g.Key, g => g.Max(e => e.Source!.Value.Position));
            Hold(Get(store.ReadMailAsync(shard.Shard, read, 10)).Count == 0, $"{shard.Name} has unread mail");
        }
    }

    private static T Get<T>(ValueTask<T> read) =>
        read.IsCompletedSuccessfully ? read.Result : read.AsTask().GetAwaiter().GetResult();

    private static void Hold(bool invariant, string otherwise)
    {
        if (!invariant)
            throw new InvalidOperationException(otherwise);
    }
}
