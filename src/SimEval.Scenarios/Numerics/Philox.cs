using System.Numerics;

namespace SimEval.Scenarios.Numerics;

/// <summary>
/// Philox4x32-10, a counter-based generator (Salmon, Moraes, Dror, Shaw: "Parallel Random Numbers: As Easy as 1, 2, 3",
/// SC 2011): the draw at (key, counter) is a pure function, so no draw depends on how many came before it.
/// </summary>
public readonly struct Philox
{
    private const uint M0 = 0xD2511F53,
        M1 = 0xCD9E8D57;
    private const uint W0 = 0x9E3779B9,
        W1 = 0xBB67AE85;

    private readonly uint key0,
        key1;

    /// <summary>A generator under one 64-bit key.</summary>
    public Philox(ulong key) => (key0, key1) = ((uint)key, (uint)(key >> 32));

    /// <summary>The stream of one rollout: keyed by (scenario seed, point, seed index, stream name).</summary>
    public static Philox ForStream(ulong scenarioSeed, PointKey point, int seed, string stream) =>
        new(Hash64.Of(scenarioSeed, point.Value, (ulong)seed, Hash64.OfText(stream)));

    /// <summary>Four uniform 32-bit words at the 128-bit counter (step, index).</summary>
    public (uint A, uint B, uint C, uint D) Draw(ulong step, ulong index = 0)
    {
        uint c0 = (uint)step,
            c1 = (uint)(step >> 32),
            c2 = (uint)index,
            c3 = (uint)(index >> 32);
        uint k0 = key0,
            k1 = key1;
        for (var round = 0; round < 10; round++)
        {
            var p0 = (ulong)M0 * c0;
            var p1 = (ulong)M1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += W0;
            k1 += W1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>A uniform double in [0, 1) with 53 random bits.</summary>
    public double Uniform(ulong step, ulong index = 0)
    {
        var (a, b, _, _) = Draw(step, index);
        return ((((ulong)a << 32) | b) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A standard normal draw (Box and Muller 1958), from one counter value.</summary>
    public double Normal(ulong step, ulong index = 0)
    {
        var (a, b, c, d) = Draw(step, index);
        var u = (((((ulong)a << 32) | b) >> 11) + 1) * (1.0 / (1UL << 53));
        var v = ((((ulong)c << 32) | d) >> 11) * (1.0 / (1UL << 53));
        return Math.Sqrt(-2 * PureMath.Log(u)) * PureMath.Cos(2 * Math.PI * v);
    }

    /// <summary>A uniform integer in [0, bound), by the multiply-shift of Lemire (bias below 2^-32 for bounds below 2^32).</summary>
    public uint Below(uint bound, ulong step, ulong index = 0) => (uint)(((ulong)Draw(step, index).A * bound) >> 32);
}
