using System.Collections.Concurrent;
using System.Globalization;
using SimEval.Actors.Journal;
using SimEval.Actors.Mailboxes;

namespace SimEval.Actors.Sharding;

/// <summary>
/// The durable entities of one process: routes commands to shards, claims a shard when it is first needed, and carries
/// mail between them. Register the types, start, use the regions, dispose.
/// </summary>
public sealed class ShardHost : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, EntityKind> kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ShardRunner> runners = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private bool stopping;

    /// <summary>Creates one over a store. Shards run on the system's dispatcher.</summary>
    public ShardHost(ActorSystem system, IShardStore store, ShardHostOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.HashedShards, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ShardCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBatchTurns, 1);
        (System, Store, Options) = (system, store, options);
    }

    /// <summary>Its clock and dispatcher.</summary>
    public ActorSystem System { get; }

    /// <summary>Its limits.</summary>
    public ShardHostOptions Options { get; }

    /// <summary>What it has done.</summary>
    public ShardCounters Counters { get; } = new();

    /// <summary>Entities that handle nothing because their code threw.</summary>
    public IReadOnlyList<ParkedEntity> Parked => [.. Runners().SelectMany(r => r.Parked)];

    /// <summary>An entity has been parked; must be quick and must not throw.</summary>
    public event Action<ParkedEntity>? EntityParked;

    /// <summary>A shard has stopped against its will (fenced, or its store failed): name and cause. It answers nothing until <see cref="ClaimAsync"/>.</summary>
    public event Action<string, Exception>? ShardStopped;

    /// <summary>An effect handler or observer threw, or a snapshot could not be made or read: shard and cause.</summary>
    public event Action<string, Exception>? HandlerFailed;

    internal IShardStore Store { get; }

    /// <summary>Adds an entity type. Before <see cref="StartAsync"/>.</summary>
    public EntityRegion<TState, TCommand, TReply> Register<TState, TCommand, TEvent, TEffect, TReply>(
        EntityType<TState, TCommand, TEvent, TEffect, TReply> type
    )
        where TCommand : notnull
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(type.SnapshotEvery, 1);
        var kind = new EntityKind<TState, TCommand, TEvent, TEffect, TReply>(type);
        if (!kinds.TryAdd(type.Name, kind))
            throw new ArgumentException($"An entity type named {type.Name} is registered already.", nameof(type));
        return new(this, kind);
    }

    /// <summary>
    /// Agrees with the store on the number of hashed shards, claims the shards that live (see <see cref="ShardHostOptions.ClaimAtStart"/>), and goes on with the mail that
    /// was under way. Throws <see cref="StoreException"/> when the number differs from the store's.
    /// </summary>
    public async Task StartAsync()
    {
        const string setting = "hashed-shards";
        var wanted = Options.HashedShards.ToString(CultureInfo.InvariantCulture);
        var agreed = await Store.AgreeAsync(setting, wanted).ConfigureAwait(false);
        if (agreed != wanted)
            throw new StoreException(
                StoreTrouble.Incompatible,
                $"The data was made with {agreed} hashed shards and can't be opened with {wanted}: set the number back to {agreed}."
            );
        var starting = new List<Task>();
        foreach (var shard in await Store.ListShardsAsync().ConfigureAwait(false))
        {
            if (!shard.Retired && Options.ClaimAtStart(shard))
                starting.Add(Runner(shard.Name).WhenReady.Task);
        }

        await Task.WhenAll(starting).ConfigureAwait(false);
    }

    /// <summary>Claims a shard now, or again after it has stopped; faults with what prevents it.</summary>
    public Task ClaimAsync(string shard)
    {
        lock (gate)
        {
            if (runners.TryGetValue(shard, out var runner) && runner.Inbox.Closed is not null)
                runners.Remove(shard);
        }

        return Runner(shard).WhenReady.Task;
    }

    /// <summary>
    /// Ends a shard for good: its entities, mail, snapshots and entries are removed and the space is reclaimed. Messages it
    /// has sent are still delivered. Retiring a retired shard does nothing.
    /// </summary>
    public Task RetireAsync(string shard) => Runner(shard).RetireAsync();

    /// <summary>Tries a parked entity again: messages that were kept for it come first. Faults with <see cref="EntityParkedException"/> if it throws again.</summary>
    public Task UnparkAsync(EntityAddress entity, TimeSpan deadline)
    {
        var asker = new ReplyTo<bool>(entity.ToString(), System.Dispatcher.Completions);
        Enqueue(new UnparkTurn(KindOf(entity.Type), entity, asker), asker, deadline, default);
        return asker.Task;
    }

    /// <summary>The name of the shard an entity lives in.</summary>
    public string ShardOf(EntityAddress entity) => entity.ShardName(Options.HashedShards);

    /// <summary>Finishes the commands that have been accepted, then stops. The store is the caller's to dispose.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
            stopping = true;
        foreach (var runner in Runners())
            await runner.DrainAsync().ConfigureAwait(false);
    }

    internal EntityKind KindOf(string type) =>
        kinds.TryGetValue(type, out var kind)
            ? kind
            : throw new InvalidOperationException($"No entity type named {type} is registered.");

    internal EntityKind KindOrUnknown(string type) =>
        kinds.TryGetValue(type, out var kind) ? kind : new UnknownKind(type);

    internal ShardRunner Runner(string shard)
    {
        ShardRunner? runner;
        lock (gate)
        {
            if (runners.TryGetValue(shard, out runner))
                return runner;
            if (stopping)
                throw new ShardStoppedException(shard, null);
            runners.Add(shard, runner = new(this, shard));
        }

        runner.Start();
        return runner;
    }

    internal void Enqueue<T>(Turn turn, ReplyTo<T> asker, TimeSpan deadline, CancellationToken cancel)
    {
        try
        {
            var runner = Runner(ShardOf(turn.Address));
            switch (runner.Inbox.TryEnqueue(turn))
            {
                case Delivery.Full:
                    Counters.AddFull();
                    asker.Fail(new MailboxFullException(runner.Name));
                    break;
                case Delivery.Stopped:
                    asker.Fail(runner.Inbox.Closed!);
                    break;
                default:
                    asker.ExpireAfter(deadline, System.Time, cancel);
                    break;
            }
        }
        catch (ShardStoppedException e)
        {
            asker.Fail(e);
        }
    }

    internal void HintMail(string shard)
    {
        lock (gate)
        {
            if (stopping && !runners.ContainsKey(shard))
                return;
        }

        Runner(shard).HintMail();
    }

    /// <summary>A shard has ended: an orderly end or a retirement is forgotten, a failure stays, to be seen by who asks.</summary>
    internal void Forget(ShardRunner runner, Exception? cause)
    {
        if (cause is null or ShardRetiredException)
        {
            lock (gate)
            {
                if (runners.TryGetValue(runner.Name, out var current) && ReferenceEquals(current, runner))
                    runners.Remove(runner.Name);
            }

            return;
        }

        ShardStopped?.Invoke(runner.Name, cause);
    }

    internal void ReportParked(ParkedEntity entity) => EntityParked?.Invoke(entity);

    internal void ReportHandler(string shard, Exception failure)
    {
        Counters.AddHandlerFailure();
        HandlerFailed?.Invoke(shard, failure);
    }

    internal void ReportUndeliverable(string fromShard, int count)
    {
        Counters.AddUndeliverable(count);
        for (var i = 0; i < count; i++)
            System.DeadLetters.Add("retired shard", fromShard, DeadLetterReason.Retired);
    }

    private List<ShardRunner> Runners()
    {
        lock (gate)
            return [.. runners.Values];
    }
}
