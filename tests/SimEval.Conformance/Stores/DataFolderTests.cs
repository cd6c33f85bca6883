using SimEval.Actors.Journal;
using SimEval.Store;
using Xunit;

namespace SimEval.Conformance.Stores;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static ShardAppend Filled(ShardClaim claim, long after, int count, int size) =>
        new()
        {
            Claim = claim,
            AfterLsn = after,
            Entries =
            [
                .. Enumerable
                    .Range(1, count)
                    .Select(i => new LogEntry
                    {
                        Lsn = after + i,
                        Kind = EntryKind.Event,
                        EntityType = "Thing",
                        EntityId = "a",
                        EntitySeq = after + i,
                        Body = new("Bytes", 1, new byte[size]),
                    }),
            ],
        };

    [Fact]
    public async Task What_was_written_is_there_after_reopening()
    {
        await using (var data = DataFolder.Open(folder.Path))
            await data.Shards.AppendAsync(Filled(await data.Shards.ClaimAsync("s", "me"), 0, 10, 100));
        await using var again = DataFolder.Open(folder.Path);
        var claim = await again.Shards.ClaimAsync("s", "me");
        Assert.Equal((2L, 10L), (claim.Epoch, claim.LastLsn));
        Assert.Equal(10, (await again.Shards.ReadLogAsync(claim.Shard, 0, 100)).Count);
    }

    [Fact]
    public async Task A_second_writer_is_told_who_holds_it()
    {
        await using var first = DataFolder.Open(folder.Path);
        var failure = Assert.Throws<StoreException>(() => DataFolder.Open(folder.Path));
        Assert.Equal(StoreTrouble.Taken, failure.Trouble);
        Assert.Contains($"process {Environment.ProcessId}", failure.Message);
    }

    [Fact]
    public async Task A_reader_sees_what_a_running_writer_has_committed_and_writes_nothing()
    {
        await using var writer = DataFolder.Open(folder.Path);
        var claim = await writer.Shards.ClaimAsync("s", "me");
        await using var reader = DataFolder.OpenReadOnly(folder.Path);
        await writer.Shards.AppendAsync(Filled(claim, 0, 3, 10));
        Assert.Equal(3, (await reader.Shards.ReadLogAsync(claim.Shard, 0, 10)).Count);
        var refused = await Assert.ThrowsAsync<StoreException>(async () =>
            await reader.Shards.ClaimAsync("s", "reader")
        );
        Assert.Equal(StoreTrouble.NoPermission, refused.Trouble);
    }

    [Fact]
    public void Reading_where_there_is_nothing_says_so()
    {
        var failure = Assert.Throws<StoreException>(() => DataFolder.OpenReadOnly(folder.File("nowhere")));
        Assert.Contains("no SimEval data", failure.Message);
        Assert.False(Directory.Exists(folder.File("nowhere")));
    }

    [Fact]
    public async Task A_garbage_file_is_named_and_left_alone()
    {
        var path = folder.File("simeval.db");
        var garbage = new byte[5000];
        Array.Fill(garbage, (byte)'?');
        await File.WriteAllBytesAsync(path, garbage);
        var failure = Assert.Throws<StoreException>(() => DataFolder.Open(folder.Path));
        Assert.Equal(StoreTrouble.Damaged, failure.Trouble);
        Assert.Contains(path, failure.Message);
        Assert.Equal(garbage, await File.ReadAllBytesAsync(path));
        Assert.Equal(
            StoreTrouble.Damaged,
            Assert.Throws<StoreException>(() => DataFolder.OpenReadOnly(folder.Path)).Trouble
        );
    }

    [Fact]
    public async Task A_file_cut_short_is_named()
    {
        await Fill(400);
        var path = folder.File("simeval.db");
        using (var file = new FileStream(path, FileMode.Open))
            file.SetLength(file.Length / 2);
        var failure = Assert.Throws<StoreException>(() => DataFolder.Open(folder.Path));
        Assert.Equal(StoreTrouble.Damaged, failure.Trouble);
        Assert.Contains("simeval.db", failure.Message);
    }

    [Theory]
    [InlineData("PRAGMA user_version = 7")]
    [InlineData("PRAGMA application_id = 7")]
    public async Task A_file_of_another_version_or_program_is_refused(string change)
    {
        await Fill(1);
        RawSqlite.Execute(folder.File("simeval.db"), change);
        var failure = Assert.Throws<StoreException>(() => DataFolder.Open(folder.Path));
        Assert.Equal(StoreTrouble.Incompatible, failure.Trouble);
    }

    [Fact]
    public async Task A_folder_that_can_not_be_made_is_named()
    {
        await File.WriteAllTextAsync(folder.File("file"), "");
        var failure = Assert.Throws<StoreException>(() => DataFolder.Open(folder.File("file/data")));
        Assert.Equal(StoreTrouble.NoPermission, failure.Trouble);
        Assert.Contains("file/data", failure.Message);
    }

    [Fact]
    public async Task Retiring_a_shard_gives_its_space_back()
    {
        await using var data = DataFolder.Open(folder.Path);
        var kept = await data.Shards.ClaimAsync("kept", "me");
        var gone = await data.Shards.ClaimAsync("gone", "me");
        await data.Shards.AppendAsync(Filled(kept, 0, 10, 1000));
        for (var i = 0; i < 5; i++)
            await data.Shards.AppendAsync(Filled(gone, i * 1000, 1000, 1000));
        var before = Size();
        await data.Shards.RetireAsync(gone);
        Assert.Equal(10, (await data.Shards.ReadLogAsync(kept.Shard, 0, 100)).Count);
        await data.DisposeAsync();
        Assert.True(before > 5_000_000 && Size() < 500_000, $"{before} bytes before, {Size()} after");
    }

    [Fact]
    public async Task A_full_store_refuses_loses_nothing_and_goes_on_when_there_is_room()
    {
        await using var data = DataFolder.Open(folder.Path, new() { MaxBytes = 1 << 20 });
        var gone = await data.Shards.ClaimAsync("gone", "me");
        var claim = await data.Shards.ClaimAsync("s", "me");
        await data.Shards.AppendAsync(Filled(gone, 0, 500, 1000));
        var written = 0L;
        var failure = await Assert.ThrowsAsync<StoreException>(async () =>
        {
            for (; ; written += 50)
                await data.Shards.AppendAsync(Filled(claim, written, 50, 1000));
        });
        Assert.Equal(StoreTrouble.Full, failure.Trouble);
        Assert.Equal(written, (await data.Shards.FindShardAsync("s"))!.LastLsn);
        await data.Shards.RetireAsync(gone);
        await data.Shards.AppendAsync(Filled(claim, written, 50, 1000));
        Assert.Equal(written + 50, (await data.Shards.ReadLogAsync(claim.Shard, 0, 10_000)).Count);
    }

    private async Task Fill(int entries)
    {
        await using var data = DataFolder.Open(folder.Path);
        await data.Shards.AppendAsync(Filled(await data.Shards.ClaimAsync("s", "me"), 0, entries, 1000));
    }

    private long Size() => new DirectoryInfo(folder.Path).EnumerateFiles().Sum(f => f.Length);
}
