using System.Numerics;

namespace SimEval.Engine.Executors;

/// <summary>
/// Counts durations in buckets of 1/16 of a power of two (relative error below 4.5%), without allocation. Wall-clock
/// values: shown, never part of a result.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 4;
    private readonly long[] counts = new long[64 << SubBits];

    private long sum;

    /// <summary>Durations counted.</summary>
    public long Count => counts.Sum();

    /// <summary>Their mean in microseconds; NaN when nothing was counted.</summary>
    public double Mean => Count is > 0 and var count ? sum / 1000.0 / count : double.NaN;

    /// <summary>Counts a duration; a negative one, of a clock that was set back, as 0.</summary>
    public void Add(long nanoseconds)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        counts[BucketOf(nanoseconds)]++;
        sum += nanoseconds;
    }

    /// <summary>Adds another histogram's counts.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < counts.Length; i++)
            counts[i] += other.counts[i];
        sum += other.sum;
    }

    /// <summary>The duration in microseconds that a share of all durations does not exceed; NaN when nothing was counted.</summary>
    /// <param name="share">In (0, 1].</param>
    public double Microseconds(double share)
    {
        var count = Count;
        if (count == 0)
            return double.NaN;
        var rank = Math.Max(1, (long)Math.Ceiling(share * count));
        long seen = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (seen >= rank)
                return MiddleOf(i) / 1000.0;
        }

        return double.NaN;
    }

    private static int BucketOf(long value)
    {
        if (value < 1 << SubBits)
            return (int)value;
        var exponent = BitOperations.Log2((ulong)value);
        return ((exponent - SubBits + 1) << SubBits) + (int)((value >> (exponent - SubBits)) & ((1 << SubBits) - 1));
    }

    private static double MiddleOf(int bucket)
    {
        if (bucket < 1 << SubBits)
            return bucket;
        var exponent = (bucket >> SubBits) + SubBits - 1;
        var low = (1L << exponent) + ((long)(bucket & ((1 << SubBits) - 1)) << (exponent - SubBits));
        return low + (1L << (exponent - SubBits)) / 2.0;
    }
}
