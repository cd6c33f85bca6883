using System.Runtime.CompilerServices;
using SimEval.Actors.Journal;

namespace SimEval.Actors.Sharding;

/// <summary>
/// Reads entities of one type straight from a store, beside the process that owns them: what is committed, without
/// claiming anything.
/// </summary>
/// <typeparam name="TState">Their state.</typeparam>
/// <typeparam name="TEvent">Their events.</typeparam>
public sealed class EntityReader<TState, TEvent>
{
    private const int Page = 1000;
    private readonly IShardStore store;
    private readonly string type;
    private readonly TState initial;
    private readonly Func<TState, TEvent, TState> evolve;
    private readonly Codec<TEvent> events;
    private readonly Codec<TState> states;
    private readonly int hashedShards;

    /// <summary>Creates one; <paramref name="hashedShards"/> is what the store was made with.</summary>
    public EntityReader(
        IShardStore store,
        string type,
        TState initial,
        Func<TState, TEvent, TState> evolve,
        Codec<TEvent> events,
        Codec<TState> states,
        int hashedShards
    )
    {
        (this.store, this.type, this.initial, this.evolve) = (store, type, initial, evolve);
        (this.events, this.states, this.hashedShards) = (events, states, hashedShards);
    }

    /// <summary>The committed state and the number of its last entry; null when the entity has no history.</summary>
    public async ValueTask<(TState State, long Version)?> ReadAsync(
        EntityAddress entity,
        CancellationToken cancel = default
    )
    {
        if (await FindAsync(entity, cancel).ConfigureAwait(false) is not { } shard)
            return null;
        var (state, version) = (initial, 0L);
        if (await store.ReadSnapshotAsync(shard, type, entity.Id, cancel).ConfigureAwait(false) is { } snapshot)
        {
            try
            {
                (state, version) = (states.Decode(snapshot.State), snapshot.EntitySeq);
            }
            catch (FormatException)
            {
                (state, version) = (initial, 0);
            }
        }

        await foreach (var entry in EntriesAsync(shard, entity.Id, version, cancel).ConfigureAwait(false))
        {
            version = entry.EntitySeq;
            if (entry.Kind == EntryKind.Event)
                state = evolve(state, events.Decode(entry.Body));
        }

        return version == 0 ? null : (state, version);
    }

    /// <summary>The committed events after an entry number, in order.</summary>
    public async IAsyncEnumerable<TEvent> EventsAsync(
        EntityAddress entity,
        long afterSeq = 0,
        [EnumeratorCancellation] CancellationToken cancel = default
    )
    {
        if (await FindAsync(entity, cancel).ConfigureAwait(false) is not { } shard)
            yield break;
        await foreach (var entry in EntriesAsync(shard, entity.Id, afterSeq, cancel).ConfigureAwait(false))
        {
            if (entry.Kind == EntryKind.Event)
                yield return events.Decode(entry.Body);
        }
    }

    /// <summary>The entities in the hashed shards, shard by shard in ordinal order of ids.</summary>
    public async IAsyncEnumerable<EntityAddress> ListAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (var index = 0; index < hashedShards; index++)
        {
            await foreach (var id in IdsAsync(EntityAddress.HashedShard(index), cancel).ConfigureAwait(false))
                yield return new(type, id);
        }
    }

    /// <summary>The entities in one named shard, in ordinal order of ids.</summary>
    public async IAsyncEnumerable<EntityAddress> ListAsync(
        string shard,
        [EnumeratorCancellation] CancellationToken cancel = default
    )
    {
        await foreach (var id in IdsAsync(shard, cancel).ConfigureAwait(false))
            yield return new(type, id, shard);
    }

    private async ValueTask<int?> FindAsync(EntityAddress entity, CancellationToken cancel)
    {
        var shard = await store.FindShardAsync(entity.ShardName(hashedShards), cancel).ConfigureAwait(false);
        return shard is null or { Retired: true } ? null : shard.Shard;
    }

    private async IAsyncEnumerable<LogEntry> EntriesAsync(
        int shard,
        string id,
        long after,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        while (true)
        {
            var entries = await store.ReadEntityAsync(shard, type, id, after, Page, cancel).ConfigureAwait(false);
            foreach (var entry in entries)
                yield return entry;
            if (entries.Count < Page)
                yield break;
            after = entries[^1].EntitySeq;
        }
    }

    private async IAsyncEnumerable<string> IdsAsync(string shard, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (await store.FindShardAsync(shard, cancel).ConfigureAwait(false) is not { Retired: false } found)
            yield break;
        for (var after = ""; ; )
        {
            var ids = await store.ListEntitiesAsync(found.Shard, type, after, Page, cancel).ConfigureAwait(false);
            foreach (var id in ids)
                yield return id;
            if (ids.Count < Page)
                yield break;
            after = ids[^1];
        }
    }
}

/// <summary>Makes entity readers.</summary>
public static class EntityReader
{
    /// <summary>A reader of an entity type.</summary>
    public static EntityReader<TState, TEvent> Of<TState, TCommand, TEvent, TEffect, TReply>(
        IShardStore store,
        EntityType<TState, TCommand, TEvent, TEffect, TReply> type,
        int hashedShards
    ) => new(store, type.Name, type.Initial, type.Evolve, type.Events, type.States, hashedShards);
}
