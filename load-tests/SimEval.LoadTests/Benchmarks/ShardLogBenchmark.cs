using System.Diagnostics;
using System.Globalization;
using SimEval.Actors.Dispatch;
using SimEval.Actors.Journal;
using SimEval.Actors.Mailboxes;
using SimEval.Actors.Sharding;
using SimEval.LoadTests.Ladder;
using SimEval.Store.Sqlite;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// Turns a second of the shard log on SQLite with synchronous=FULL, over a bare loop of the same statements on the same
/// schema, indexes and payloads through the C API. A turn is one entry; every fourth sends a message. The detail says what
/// remains when commands go through entities too: decided, folded, encoded, deduplicated and answered.
/// </summary>
public sealed class ShardLogBenchmark : IBenchmark
{
    internal const int Entities = 64,
        PayloadBytes = 256,
        MailEvery = 4;

    /// <inheritdoc/>
    public string Name => "shardLog.overBareLoop";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        foreach (var batch in (int[])[64, 512])
        {
            var ratio = PairedRatio.Measure(d => Store(d, batch), d => Bare(d, batch), budget);
            var whole = PairedRatio.Median([.. Enumerable.Range(0, 3).Select(_ => Hosted(budget.Loop, batch))]);
            yield return Measurement.OfRatio(
                string.Create(CultureInfo.InvariantCulture, $"{Name}.batch{batch}"),
                ratio,
                0.8,
                "turns/s",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"synchronous=FULL, {PayloadBytes} B, 1 message in {MailEvery} turns; whole turns through entities: {whole:N0}/s"
                )
            );
        }
    }

    private static double Store(TimeSpan duration, int batch)
    {
        using var file = new ShardLogFile();
        var store = SqliteShardStore.Open(file.Path);
        try
        {
            return AppendFor(store, duration, batch).GetAwaiter().GetResult();
        }
        finally
        {
            store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static async Task<double> AppendFor(SqliteShardStore store, TimeSpan duration, int batch)
    {
        var claim = await store.ClaimAsync("bench", "bench").ConfigureAwait(false);
        var payload = new byte[PayloadBytes];
        var ids = ShardLogFile.EntityIds();
        var seqs = new long[Entities];
        var lsn = 0L;
        var watch = Stopwatch.StartNew();
        do
        {
            var entries = new LogEntry[batch];
            var mail = new List<Mail>(batch / MailEvery);
            for (var i = 0; i < batch; i++)
            {
                var entity = i % Entities;
                entries[i] = new()
                {
                    Lsn = lsn + i + 1,
                    Kind = EntryKind.Event,
                    EntityType = "rollout",
                    EntityId = ids[entity],
                    EntitySeq = ++seqs[entity],
                    Body = new("RolloutCompleted", 1, payload),
                    Epoch = claim.Epoch,
                };
                if (i % MailEvery == 0)
                    mail.Add(new(claim.Shard, new(lsn + i + 1, 0), "h/000", "run", "run-1", new("Done", 1, payload)));
            }

            var append = new ShardAppend
            {
                Claim = claim,
                AfterLsn = lsn,
                Entries = entries,
                Mail = mail,
            };
            await store.AppendAsync(append).ConfigureAwait(false);
            lsn += batch;
        } while (watch.Elapsed < duration);
        return lsn / watch.Elapsed.TotalSeconds;
    }

    private static double Bare(TimeSpan duration, int batch)
    {
        using var file = new ShardLogFile();
        var store = SqliteShardStore.Open(file.Path);
        var claim = store.ClaimAsync("bench", "bench").AsTask().GetAwaiter().GetResult();
        var to = store.ClaimAsync("h/000", "bench").AsTask().GetAwaiter().GetResult();
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        using var loop = new ShardLogBareLoop(file.Path, claim.Shard, claim.Epoch, to.Shard);
        var turns = 0L;
        var watch = Stopwatch.StartNew();
        do
        {
            loop.Append(batch);
            turns += batch;
        } while (watch.Elapsed < duration);
        return turns / watch.Elapsed.TotalSeconds;
    }

    private static double Hosted(TimeSpan duration, int batch)
    {
        using var file = new ShardLogFile();
        return HostedAsync(file.Path, duration, batch).GetAwaiter().GetResult();
    }

    private static async Task<double> HostedAsync(string path, TimeSpan duration, int batch)
    {
        await using var store = SqliteShardStore.Open(path);
        await using var system = new ActorSystem(TimeProvider.System, new ThreadPoolDispatcher());
        await using var host = new ShardHost(
            system,
            store,
            new()
            {
                Owner = "bench",
                MaxBatchTurns = batch,
                ShardCapacity = 4 * batch,
            }
        );
        var payload = new byte[PayloadBytes];
        var bytes = new Codec<byte[]>(b => new("Bytes", 1, b), e => e.Payload.ToArray());
        var region = host.Register(
            new EntityType<int, byte[], byte[], int, byte[]>
            {
                Name = "rollout",
                Initial = 0,
                Decide = (state, command, _) => new(command) { Events = [command] },
                Evolve = (state, _) => state + 1,
                Events = bytes,
                Commands = bytes,
                States = new(s => new("Count", 1, BitConverter.GetBytes(s)), e => BitConverter.ToInt32(e.Payload.Span)),
                Replies = bytes,
                SnapshotEvery = 1000,
            }
        );
        await host.StartAsync().ConfigureAwait(false);
        var addresses = ShardLogFile.EntityIds().Select(id => region.At(id, "bench")).ToArray();
        var asks = new Task<CommandResult<byte[]>>[batch];
        var turns = 0L;
        var watch = Stopwatch.StartNew();
        do
        {
            for (var i = 0; i < batch; i++)
                asks[i] = region.Ask(addresses[i % Entities], payload, Timeout.InfiniteTimeSpan);
            await Task.WhenAll(asks).ConfigureAwait(false);
            turns += batch;
        } while (watch.Elapsed < duration);
        return turns / watch.Elapsed.TotalSeconds;
    }
}

/// <summary>A database file that goes away, and the names in it.</summary>
internal sealed class ShardLogFile : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("simeval-bench-");

    public string Path => System.IO.Path.Combine(folder.FullName, "simeval.db");

    public static string[] EntityIds() =>
        [
            .. Enumerable
                .Range(0, ShardLogBenchmark.Entities)
                .Select(i => string.Create(CultureInfo.InvariantCulture, $"run-000001/int8/{i:D6}")),
        ];

    public void Dispose() => folder.Delete(recursive: true);
}
