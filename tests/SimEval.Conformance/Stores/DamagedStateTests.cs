using System.Text;
using SimEval.Actors.Journal;
using SimEval.Store.Sqlite;
using Xunit;

namespace SimEval.Conformance.Stores;

/// <summary>Snapshots and checkpoints only save reading: one that is damaged is passed over, and the log tells the same.</summary>
public sealed class DamagedStateTests : IDisposable
{
    private const int States = 4;
    private readonly TemporaryFolder folder = new();

    private string Database => folder.File("simeval.db");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("payload = x'00'")]
    [InlineData("payload = zeroblob(100000)")]
    [InlineData("payload = 7")]
    [InlineData("crc = crc + 1")]
    [InlineData("crc = 'none'")]
    [InlineData("version = 99")]
    [InlineData("manifest = 'Other'")]
    [InlineData("eseq = eseq + 1000")]
    public async Task A_damaged_snapshot_is_passed_over_for_the_one_before_and_then_for_the_log(string damage)
    {
        await FillAsync();
        RawSqlite.Execute(Database, $"UPDATE snapshot SET {damage} WHERE eseq = {States}");
        await using (var store = SqliteShardStore.Open(Database))
        {
            var claim = await store.ClaimAsync("s", "me");
            var before = (await store.ReadSnapshotAsync(claim.Shard, "Thing", "a"))!;
            Assert.Equal(
                (States - 1L, "state 3"),
                (before.EntitySeq, Encoding.UTF8.GetString(before.State.Payload.Span))
            );
            Assert.Single(await store.ReadEntityAsync(claim.Shard, "Thing", "a", before.EntitySeq, 10));
        }

        RawSqlite.Execute(Database, $"UPDATE snapshot SET {damage} WHERE eseq = {States - 1}");
        await using var again = SqliteShardStore.Open(Database);
        var last = await again.ClaimAsync("s", "me");
        Assert.Null(await again.ReadSnapshotAsync(last.Shard, "Thing", "a"));
        Assert.Equal(States, (await again.ReadEntityAsync(last.Shard, "Thing", "a", 0, 10)).Count);
    }

    [Theory]
    [InlineData("payload = x'00'")]
    [InlineData("payload = 7")]
    [InlineData("crc = crc + 1")]
    [InlineData("lsn = lsn + 1000")]
    public async Task A_damaged_checkpoint_is_passed_over_for_the_one_before_and_then_for_the_log(string damage)
    {
        await FillAsync();
        RawSqlite.Execute(Database, $"UPDATE checkpoint SET {damage} WHERE lsn = {States}");
        await using (var store = SqliteShardStore.Open(Database))
        {
            var claim = await store.ClaimAsync("s", "me");
            var before = (await store.ReadCheckpointAsync(claim.Shard))!;
            Assert.Equal((States - 1L, 3), (before.Lsn, before.Payload.Span[0]));
        }

        RawSqlite.Execute(Database, $"UPDATE checkpoint SET {damage} WHERE lsn = {States - 1}");
        await using var again = SqliteShardStore.Open(Database);
        var last = await again.ClaimAsync("s", "me");
        Assert.Null(await again.ReadCheckpointAsync(last.Shard));
        Assert.Equal(States, (await again.ReadLogAsync(last.Shard, 0, 10)).Count);
    }

    private async Task FillAsync()
    {
        await using var store = SqliteShardStore.Open(Database);
        var claim = await store.ClaimAsync("s", "me");
        for (var seq = 1; seq <= States; seq++)
        {
            await store.AppendAsync(
                new ShardAppend
                {
                    Claim = claim,
                    AfterLsn = seq - 1,
                    Entries =
                    [
                        new LogEntry
                        {
                            Lsn = seq,
                            Kind = EntryKind.Event,
                            EntityType = "Thing",
                            EntityId = "a",
                            EntitySeq = seq,
                            Body = Text($"event {seq}"),
                        },
                    ],
                    Snapshots = [new("Thing", "a", seq, Text($"state {seq}"))],
                    Checkpoint = new(seq, new byte[] { (byte)seq }),
                }
            );
        }
    }

    private static Encoded Text(string text) => new("Text", 1, Encoding.UTF8.GetBytes(text));
}
