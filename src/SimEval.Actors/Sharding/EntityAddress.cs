using System.Text;

namespace SimEval.Actors.Sharding;

/// <summary>Who a command or message is for.</summary>
/// <param name="Type">The entity type's name.</param>
/// <param name="Id">The entity's id within its type.</param>
/// <param name="Shard">A named shard of its own; null: the hashed shard that type and id give.</param>
public readonly record struct EntityAddress(string Type, string Id, string? Shard = null)
{
    /// <inheritdoc/>
    public override string ToString() => Shard is null ? $"{Type}/{Id}" : $"{Type}/{Id}@{Shard}";

    /// <summary>The shard's name, with this many hashed shards.</summary>
    public string ShardName(int hashedShards) =>
        Shard ?? HashedShard((int)(StableHash(Type, Id) % (ulong)hashedShards));

    internal static string HashedShard(int index) => $"h/{index:D3}";

    /// <summary>FNV-1a, 64 bits (Fowler, Noll, Vo), then a mix so that the low bits depend on all; stored data depends on it.</summary>
    private static ulong StableHash(string type, string id)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var b in Encoding.UTF8.GetBytes($"{type}|{id}"))
            hash = (hash ^ b) * 0x100000001B3UL;
        hash ^= hash >> 33;
        hash *= 0xFF51AFD7ED558CCDUL;
        return hash ^ (hash >> 33);
    }
}
