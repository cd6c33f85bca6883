using SimEval.Scenarios.Numerics;

namespace SimEval.Scenarios;

/// <summary>What is the same for every variant: the pair of a point and a seed index. Comparisons are paired by it.</summary>
public readonly record struct PairKey(PointKey Point, int Seed)
{
    /// <summary>The place of the pair in the fixed order of looks: a hash, so that any prefix is a fair sample.</summary>
    public ulong Order => Hash64.Of(Point.Value, (ulong)Seed, 0x70616972);
}

/// <summary>The identity of a rollout inside its run.</summary>
public readonly record struct RolloutKey(string Variant, PointKey Point, int Seed)
{
    /// <summary>The pair it belongs to.</summary>
    public PairKey Pair => new(Point, Seed);

    /// <summary>"int8/4f0c.../7".</summary>
    public override string ToString() => $"{Variant}/{Point}/{Seed}";
}
