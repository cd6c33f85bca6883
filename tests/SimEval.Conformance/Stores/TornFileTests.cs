using SimEval.Actors.Journal;
using SimEval.Store.Sqlite;
using Xunit;

namespace SimEval.Conformance.Stores;

/// <summary>What a crash in the middle of a write leaves behind: the write-ahead log, cut anywhere.</summary>
public sealed class TornFileTests : IDisposable
{
    private const int EntriesPerAppend = 3,
        Appends = 12;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_torn_log_opens_at_the_last_append_that_was_whole()
    {
        var path = folder.File("simeval.db");
        await using var store = SqliteShardStore.Open(path);
        var claim = await store.ClaimAsync("s", "me");
        for (var i = 0; i < Appends; i++)
            await store.AppendAsync(Append(claim, i * EntriesPerAppend));
        var wal = new FileInfo(path + "-wal").Length;
        var seen = new List<long>();
        for (var cut = 0; cut <= 16; cut++)
            seen.Add(await Reopen(path, wal * cut / 16, cut));
        Assert.Equal(Appends * EntriesPerAppend, seen[^1]);
        Assert.Equal(seen.Order(), seen);
        Assert.True(seen.Distinct().Count() > 5);
    }

    private async Task<long> Reopen(string path, long length, int copy)
    {
        var torn = folder.File($"torn-{copy}.db");
        File.Copy(path, torn);
        File.Copy(path + "-wal", torn + "-wal");
        using (var file = new FileStream(torn + "-wal", FileMode.Open))
            file.SetLength(length);
        await using var store = SqliteShardStore.Open(torn);
        var claim = await store.ClaimAsync("s", "next");
        var log = await store.ReadLogAsync(claim.Shard, 0, 1000);
        Assert.Equal(Enumerable.Range(1, log.Count).Select(i => (long)i), log.Select(e => e.Lsn));
        Assert.Equal(0, log.Count % EntriesPerAppend);
        await store.AppendAsync(Append(claim, log.Count));
        return log.Count;
    }

    private static ShardAppend Append(ShardClaim claim, long after) =>
        new()
        {
            Claim = claim,
            AfterLsn = after,
            Entries =
            [
                .. Enumerable
                    .Range(1, EntriesPerAppend)
                    .Select(i => new LogEntry
                    {
                        Lsn = after + i,
                        Kind = EntryKind.Event,
                        EntityType = "Thing",
                        EntityId = "a",
                        EntitySeq = after + i,
                        Body = new("Bytes", 1, new byte[2000]),
                    }),
            ],
        };
}
