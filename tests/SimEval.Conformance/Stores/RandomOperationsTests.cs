using FsCheck;
using FsCheck.Fluent;
using SimEval.Actors.Journal;
using SimEval.Actors.TestKit;
using SimEval.Store.Sqlite;
using Xunit;

namespace SimEval.Conformance.Stores;

/// <summary>
/// Random operations, stale and absurd ones included, on SQLite and on the small store in memory: every answer and every
/// refusal is the same, and so is what both hold in the end.
/// </summary>
public sealed class RandomOperationsTests
{
    private static readonly string[] Names = ["a", "b", "c"];

    [Fact]
    public void Sqlite_and_the_model_answer_alike()
    {
        var operation = Gen.Choose(0, int.MaxValue - 1);
        Prop.ForAll(operation.ArrayOf(40).ToArbitrary(), operations => Compare(operations).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    private static async Task Compare(int[] operations)
    {
        using var folder = new TemporaryFolder();
        await using var sqlite = SqliteShardStore.Open(folder.File("simeval.db"), new() { RetireChunk = 2 });
        await using var model = new SimulatedShardStore(new());
        var (one, other) = (new Walk(sqlite), new Walk(model));
        foreach (var operation in operations)
            Assert.Equal(await other.Do(operation), await one.Do(operation));
        Assert.Equal(await other.Dump(), await one.Dump());
    }

    /// <summary>A number is an operation: what it does follows from its digits and from what this walk has seen.</summary>
    private sealed class Walk(IShardStore store)
    {
        private readonly List<ShardClaim> claims = [];

        public async Task<string> Do(int operation)
        {
            try
            {
                var (verb, rest) = (operation % 8, operation / 8);
                if (verb == 0 || claims.Count == 0)
                    return await Claim(Names[rest % Names.Length]);
                var claim = claims[rest % claims.Count];
                if (verb == 1 && rest / 7 % 6 == 0)
                {
                    await store.RetireAsync(claim);
                    return "retired";
                }

                return $"{await store.AppendAsync(await Append(claim, rest / 7))}";
            }
            catch (Exception e) when (e is FencedException or LogConflictException or ShardRetiredException)
            {
                return $"{e.GetType().Name}: {e.Message}";
            }
        }

        public async Task<string> Dump()
        {
            var lines = new List<string>();
            foreach (var shard in await store.ListShardsAsync())
            {
                lines.Add($"{shard}");
                foreach (var entry in await store.ReadLogAsync(shard.Shard, 0, 1000))
                    lines.Add(
                        $"{entry.Lsn} {entry.EntityId} {entry.EntitySeq} {entry.Epoch} {entry.Source} {Text(entry.Body)}"
                    );
                foreach (var mail in await store.ReadMailAsync(shard.Shard, new Dictionary<int, MailPosition>(), 1000))
                    lines.Add($"{mail.FromShard} {mail.Position} {mail.ToShard} {Text(mail.Body)}");
                foreach (var id in await store.ListEntitiesAsync(shard.Shard, "Thing", "", 100))
                {
                    var snapshot = await store.ReadSnapshotAsync(shard.Shard, "Thing", id);
                    lines.Add($"{id}: {snapshot?.EntitySeq} {(snapshot is null ? "" : Text(snapshot.State))}");
                }

                lines.Add($"{(await store.ReadCheckpointAsync(shard.Shard))?.Lsn}");
            }

            return string.Join('\n', lines);
        }

        private async Task<string> Claim(string name)
        {
            claims.Add(await store.ClaimAsync(name, "walk"));
            return $"{claims[^1]}";
        }

        private async Task<ShardAppend> Append(ShardClaim claim, int choice)
        {
            var last = (await store.FindShardAsync(claim.Name))!.LastLsn;
            var after = choice % 9 == 0 ? last + (choice % 3) - 1 : last;
            var entries = new List<LogEntry>();
            for (var i = 1; i <= choice % 4; i++)
            {
                var id = $"{(choice + i) % 3}";
                var known = await store.ReadEntityAsync(claim.Shard, "Thing", id, 0, 1000);
                var seq = known.Count + 1 + entries.Count(e => e.EntityId == id);
                MailSource? source = choice % 5 == 0 ? new(1, new(i, choice % 7)) : null;
                entries.Add(Entry(after + i, id, seq, source, $"{choice}/{i}"));
            }

            var mail = Enumerable
                .Range(0, choice / 4 % 3)
                .Select(i => new Mail(
                    claim.Shard,
                    new(after + 1, i),
                    Names[(choice + i) % 3],
                    "Thing",
                    "0",
                    Body($"{i}")
                ));
            return new()
            {
                Claim = claim,
                AfterLsn = after,
                Entries = entries,
                Mail = entries.Count > 0 ? [.. mail] : [],
                Snapshots = [.. entries.Where(_ => choice % 3 == 0).DistinctBy(e => e.EntityId).Select(Snapshot)],
                Checkpoint = choice % 6 == 0 ? new(after + entries.Count, new byte[] { 1 }) : null,
                ReadMail =
                    choice % 4 == 0
                        ? new Dictionary<int, MailPosition> { [1 + (choice % 3)] = new(last / 2, 1) }
                        : new Dictionary<int, MailPosition>(),
            };
        }

        private static EntitySnapshot Snapshot(LogEntry entry) =>
            new("Thing", entry.EntityId, entry.EntitySeq, Body($"s{entry.EntitySeq}"));

        private static LogEntry Entry(long lsn, string id, long seq, MailSource? source, string text) =>
            new()
            {
                Lsn = lsn,
                Kind = EntryKind.Event,
                EntityType = "Thing",
                EntityId = id,
                EntitySeq = seq,
                Source = source,
                Body = Body(text),
            };

        private static Encoded Body(string text) => new("Text", 1, System.Text.Encoding.UTF8.GetBytes(text));

        private static string Text(Encoded body) => System.Text.Encoding.UTF8.GetString(body.Payload.Span);
    }
}
