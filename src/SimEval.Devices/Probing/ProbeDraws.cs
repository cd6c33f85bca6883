namespace SimEval.Devices.Probing;

/// <summary>The fixed pseudo-random numbers of a probe's row: SplitMix64 (Steele, Lea, Flood 2014).</summary>
/// <param name="row">The row.</param>
internal struct ProbeDraws(int row)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15UL;
    private ulong state = Gamma * (ulong)(row + 1);

    /// <summary>The next number, in [-2, 2).</summary>
    public float Next()
    {
        state += Gamma;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        z ^= z >> 31;
        return (z >> 40) * (4f / (1 << 24)) - 2f;
    }
}
