using SimEval.Scenarios.Numerics;

namespace SimEval.Engine.Boards;

/// <summary>Checks what every result rests on: that this processor computes the known bits.</summary>
public static class SelfTest
{
    // Of Philox under a fixed key, through the elementary functions; the same on every processor that works.
    private const ulong Expected = 0x93137C76A8B7C7FD;

    /// <summary>What is wrong, or null.</summary>
    public static string? Run()
    {
        var hash = Compute();
        return hash == Expected ? null : $"the arithmetic self-test gave {hash:x16}, not {Expected:x16}";
    }

    internal static ulong Compute()
    {
        var draws = new Philox(42);
        var hash = 0UL;
        for (ulong i = 0; i < 256; i++)
        {
            var x = 20 * (draws.Uniform(i) - 0.5);
            var (sin, cos) = PureMath.SinCos(x);
            hash = Hash64.Mix(hash, sin);
            hash = Hash64.Mix(hash, cos);
            hash = Hash64.Mix(hash, PureMath.Exp(x));
            hash = Hash64.Mix(hash, PureMath.Atan2(x, draws.Normal(i)));
            hash = Hash64.Mix(hash, Math.FusedMultiplyAdd(x, sin, cos));
        }

        return hash;
    }
}
