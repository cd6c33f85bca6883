using SimEval.Actors.Journal;
using SimEval.Actors.Sharding;

namespace SimEval.Engine.Persistence;

/// <summary>
/// Reads the states of entities without owning their shards: as of the last committed event, so that a reader beside a
/// running writer sees the past, never a half.
/// </summary>
public sealed class EntityStates
{
    private const int Page = 1000;

    private readonly IShardStore store;
    private readonly int hashedShards;

    /// <summary>Over a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="hashedShards">Number of hashed shards the store was made with.</param>
    public EntityStates(IShardStore store, int hashedShards)
    {
        this.store = store;
        this.hashedShards = hashedShards;
    }

    /// <summary>The state of one entity; its initial state when nothing has happened to it.</summary>
    public async Task<TState> ReadAsync<TState, TCommand, TEvent>(
        EntityType<TState, TCommand, TEvent, NoEffect, long> type,
        EntityAddress address,
        CancellationToken cancel = default
    )
    {
        var read = await EntityReader.Of(store, type, hashedShards).ReadAsync(address, cancel).ConfigureAwait(false);
        return read is { } found ? found.State : type.Initial;
    }

    /// <summary>
    /// The states of all entities of one type in a shard, by id, in one reading of its log; none when there is no such shard.
    /// </summary>
    public async Task<Dictionary<string, TState>> ReadShardAsync<TState, TCommand, TEvent>(
        EntityType<TState, TCommand, TEvent, NoEffect, long> type,
        string shardName,
        CancellationToken cancel = default
    )
    {
        var states = new Dictionary<string, TState>(StringComparer.Ordinal);
        var shard = await store.FindShardAsync(shardName, cancel).ConfigureAwait(false);
        if (shard is null || shard.Retired)
            return states;
        var after = 0L;
        while (true)
        {
            var entries = await store.ReadLogAsync(shard.Shard, after, Page, cancel).ConfigureAwait(false);
            foreach (var entry in entries)
            {
                after = entry.Lsn;
                if (entry.Kind != EntryKind.Event || entry.EntityType != type.Name)
                    continue;
                var state = states.GetValueOrDefault(entry.EntityId, type.Initial);
                states[entry.EntityId] = type.Evolve(state, type.Events.Decode(entry.Body));
            }

            if (entries.Count < Page)
                return states;
        }
    }

    /// <summary>Names of the living shards that begin so.</summary>
    public async Task<IReadOnlyList<string>> ShardsAsync(string prefix, CancellationToken cancel = default) =>
        [
            .. (await store.ListShardsAsync(cancel).ConfigureAwait(false))
                .Where(shard => !shard.Retired && shard.Name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(shard => shard.Name),
        ];

    /// <summary>Ids of all entities of a type in the hashed shards, in ordinal order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync<TState, TCommand, TEvent>(
        EntityType<TState, TCommand, TEvent, NoEffect, long> type,
        CancellationToken cancel = default
    )
    {
        var ids = new List<string>();
        await foreach (
            var address in EntityReader.Of(store, type, hashedShards).ListAsync(cancel).ConfigureAwait(false)
        )
            ids.Add(address.Id);
        ids.Sort(StringComparer.Ordinal);
        return ids;
    }
}
