using SimEval.Actors.Journal;
using SimEval.Actors.TestKit;
using SimEval.Store.Sqlite;

namespace SimEval.Conformance.Stores;

/// <summary>A folder that goes away with its test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("simeval-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

public sealed class Simulated_store_is_a_journal : ShardStoreConformance
{
    private readonly SimulatedDisk disk = new();

    protected override ValueTask<IShardStore> OpenAsync() => new(new SimulatedShardStore(disk));

    protected override void Spoil(int shard, long lsn) => disk.Spoil(shard, lsn);
}

public sealed class Sqlite_store_is_a_journal : ShardStoreConformance, IDisposable
{
    private readonly TemporaryFolder folder = new();

    protected override ValueTask<IShardStore> OpenAsync() => new(SqliteShardStore.Open(folder.File("simeval.db")));

    public void Dispose() => folder.Dispose();

    protected override void Spoil(int shard, long lsn) =>
        RawSqlite.Execute(
            folder.File("simeval.db"),
            $"UPDATE shard_log SET payload = x'00' WHERE pos = {((long)shard << 40) | lsn}"
        );
}
