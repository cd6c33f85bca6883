namespace SimEval.Models.Compression.Calibration;

/// <summary>
/// The magnitude to clip at that loses the least information: for each candidate, the histogram clipped there (P, the clipped
/// elements in its outermost bins) is compared with what 256 levels can tell of it (Q, each level's elements spread over its
/// non-empty bins), and the candidate with the least divergence sum P log(P / Q) is taken (S. Migacz, "8-bit inference with
/// TensorRT", 2017). At most one element in a thousand is clipped.
/// </summary>
internal static class EntropyThreshold
{
    private const int Levels = 256;
    private const int Step = 16;

    // The divergence does not see how far off a clipped element is: where elements cluster it would clip without end.
    private const double MostClipped = 0.001;

    /// <summary>The magnitude.</summary>
    public static double Of(GrowingHistogram histogram)
    {
        var counts = histogram.Counts;
        var occupied = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
                occupied = Math.Max(
                    occupied,
                    i < GrowingHistogram.Side ? GrowingHistogram.Side - i : i - GrowingHistogram.Side + 1
                );
        }

        var (best, least) = (occupied, double.PositiveInfinity);
        // From the widest down: of equal candidates the one that clips nothing wins.
        for (var half = occupied; half >= Levels / 2; half -= Step)
        {
            var divergence = Divergence(counts, half);
            if (divergence >= least)
                continue;
            (best, least) = (half, divergence);
        }

        return best * histogram.Width;
    }

    private static double Divergence(ReadOnlySpan<long> counts, int half)
    {
        var inside = counts.Slice(GrowingHistogram.Side - half, 2 * half);
        var (low, high) = (
            Sum(counts[..(GrowingHistogram.Side - half)]),
            Sum(counts[(GrowingHistogram.Side + half)..])
        );
        var total = (double)(low + high + Sum(inside));
        var kept = total - low - high;
        if (low + high > total * MostClipped)
            return double.PositiveInfinity;
        var divergence = 0.0;
        for (var level = 0; level < Levels; level++)
        {
            var from = (int)((long)level * inside.Length / Levels);
            var to = (int)((long)(level + 1) * inside.Length / Levels);
            var bins = inside[from..to];
            var sum = Sum(bins);
            var filled = bins.Length - System.MemoryExtensions.Count(bins, 0L);
            for (var i = 0; i < bins.Length; i++)
            {
                var clipped = (from + i == 0 ? low : 0) + (from + i == inside.Length - 1 ? high : 0);
                var p = (bins[i] + clipped) / total;
                if (p == 0)
                    continue;
                // What 256 levels say of an empty bin that clipped elements fell into is nothing: a small share stands in.
                var q = bins[i] > 0 ? sum / (filled * kept) : 1 / (total * Levels);
                divergence += p * NaturalLogarithm.Of(p / q);
            }
        }

        return divergence;
    }

    private static long Sum(ReadOnlySpan<long> counts)
    {
        var sum = 0L;
        foreach (var count in counts)
            sum += count;
        return sum;
    }
}
