using System.Collections.Concurrent;
using SimEval.Scenarios;
using SimEval.Worlds;

namespace SimEval.Engine.Catalogue;

/// <summary>The worlds of a scenario's points, each bound when first asked for. Safe for all lanes.</summary>
public sealed class WorldLibrary
{
    private readonly ConcurrentDictionary<PointKey, IWorld> worlds = new();
    private readonly Func<PointKey, IWorld> bind;

    /// <summary>A library.</summary>
    /// <param name="bind">Binds the world of a point; throws <see cref="InvalidDataException"/> with what does not fit.</param>
    public WorldLibrary(Func<PointKey, IWorld> bind) => this.bind = bind;

    /// <summary>The world of a point.</summary>
    public IWorld Of(PointKey key) => worlds.TryGetValue(key, out var world) ? world : worlds.GetOrAdd(key, bind);
}
