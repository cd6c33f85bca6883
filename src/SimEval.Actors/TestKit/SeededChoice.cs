namespace SimEval.Actors.TestKit;

/// <summary>
/// A stream of choices from one integer (SplitMix64; Steele, Lea, Flood, OOPSLA 2014): the same on every machine, so that a
/// seed is a whole failing run. Not for statistics.
/// </summary>
public sealed class SeededChoice
{
    private ulong state;

    /// <summary>Starts a stream.</summary>
    public SeededChoice(ulong seed) => state = seed;

    /// <summary>64 bits.</summary>
    public ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>A number in [0, bound); <paramref name="bound"/> at least 1.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>True with this probability.</summary>
    public bool Chance(double probability) => (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    /// <summary>A duration in [0, most), in whole microseconds.</summary>
    public TimeSpan Upto(TimeSpan most) =>
        TimeSpan.FromMicroseconds((long)(Next() % (ulong)Math.Max(1, (long)most.TotalMicroseconds)));

    /// <summary>A stream of its own, so that one part's choices don't shift another's.</summary>
    public SeededChoice Fork() => new(Next());
}
