using System.Text;
using SimEval.Actors.Journal;
using SimEval.Actors.TestKit;
using SimEval.Store.Blobs;
using Xunit;

namespace SimEval.Conformance.Stores;

/// <summary>What every blob store promises.</summary>
public abstract class BlobStoreConformance
{
    protected abstract IBlobStore Blobs { get; }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public async Task A_blob_is_named_by_the_sha256_of_its_bytes()
    {
        var id = await Blobs.PutAsync(Bytes("abc"));
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", id.Hex);
        Assert.Equal("abc", Encoding.UTF8.GetString((await Blobs.GetAsync(id))!));
        Assert.True(await Blobs.ExistsAsync(id));
    }

    [Fact]
    public async Task The_same_bytes_are_one_blob()
    {
        var ids = await Blobs.PutManyAsync([Bytes("x"), Bytes("y"), Bytes("x"), Array.Empty<byte>()]);
        Assert.Equal(ids[0], ids[2]);
        Assert.Equal(3, await Count());
        Assert.Empty((await Blobs.GetAsync(ids[3]))!);
    }

    [Fact]
    public async Task What_is_not_there_is_null()
    {
        var id = BlobId.Of("nothing"u8);
        Assert.Null(await Blobs.GetAsync(id));
        Assert.False(await Blobs.ExistsAsync(id));
        Assert.False(await Blobs.DeleteAsync(id));
    }

    [Fact]
    public async Task Blobs_are_listed_by_name_with_their_sizes()
    {
        var ids = await Blobs.PutManyAsync([Bytes("1"), Bytes("22"), Bytes("333")]);
        var listed = new List<BlobInfo>();
        await foreach (var blob in Blobs.ListAsync())
            listed.Add(blob);
        Assert.Equal(ids.Select(i => i.Hex).Order(StringComparer.Ordinal), listed.Select(b => b.Id.Hex));
        Assert.Equal(6, listed.Sum(b => b.Size));
    }

    [Fact]
    public async Task A_collection_removes_old_blobs_that_nothing_names()
    {
        var ids = await Blobs.PutManyAsync([Bytes("kept"), Bytes("gone"), Bytes("gone too")]);
        var future = DateTimeOffset.MaxValue;
        Assert.Equal(new(0, 0), await Blobs.CollectAsync(new HashSet<BlobId>(), before: DateTimeOffset.MinValue));
        Assert.Equal(new(2, 12), await Blobs.CollectAsync(new HashSet<BlobId> { ids[0] }, future));
        Assert.True(await Blobs.ExistsAsync(ids[0]));
        Assert.Equal(1, await Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("../../../../etc/passwd")]
    public void What_is_no_name_is_refused(string hex) => Assert.Throws<FormatException>(() => new BlobId(hex));

    private async Task<int> Count()
    {
        var count = 0;
        await foreach (var _ in Blobs.ListAsync())
            count++;
        return count;
    }
}

public sealed class Memory_is_a_blob_store : BlobStoreConformance
{
    protected override IBlobStore Blobs { get; } = new MemoryBlobStore(TimeProvider.System);
}

public sealed class Folder_is_a_blob_store : BlobStoreConformance, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public Folder_is_a_blob_store() => Blobs = new FolderBlobStore(folder.File("blobs"));

    protected override IBlobStore Blobs { get; }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_changed_file_is_seen_and_not_believed()
    {
        var id = await Blobs.PutAsync("abc"u8.ToArray());
        var path = Path.Combine(folder.File("blobs"), id.Hex[..2], id.Hex[2..]);
        await File.WriteAllTextAsync(path, "abd");
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await Blobs.GetAsync(id));
        Assert.Equal(StoreTrouble.Damaged, failure.Trouble);
        Assert.Contains(path, failure.Message);
    }

    [Fact]
    public async Task Unfinished_files_of_a_crash_are_removed_at_the_next_start()
    {
        var part = Path.Combine(folder.File("blobs"), "1-1.part");
        await File.WriteAllTextAsync(part, "half");
        _ = new FolderBlobStore(folder.File("blobs"));
        Assert.False(File.Exists(part));
    }

    [Fact]
    public async Task A_reader_writes_nothing()
    {
        var reader = new FolderBlobStore(folder.File("elsewhere"), readOnly: true);
        await Assert.ThrowsAsync<StoreException>(async () => await reader.PutAsync("abc"u8.ToArray()));
        Assert.Null(await reader.GetAsync(BlobId.Of("abc"u8)));
        Assert.False(Directory.Exists(folder.File("elsewhere")));
    }
}
