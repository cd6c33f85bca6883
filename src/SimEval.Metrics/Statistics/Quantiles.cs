namespace SimEval.Metrics.Statistics;

/// <summary>Quantiles of a sample, and intervals for them from its order statistics.</summary>
public static class Quantiles
{
    /// <summary>
    /// The sample quantile of Hyndman and Fan's type 7 (the default of NumPy and R); <paramref name="sorted"/> ascending. NaN when
    /// empty.
    /// </summary>
    public static double Type7(ReadOnlySpan<double> sorted, double p)
    {
        if (sorted.IsEmpty)
            return double.NaN;
        var h = (sorted.Length - 1) * p;
        var below = Math.Clamp((int)Math.Floor(h), 0, sorted.Length - 1);
        var above = Math.Min(below + 1, sorted.Length - 1);
        var share = h - below;

        // Infinite values (a failed rollout's worst) must not meet a weight of 0.
        return share == 0 || sorted[below] == sorted[above]
            ? sorted[below]
            : ((1 - share) * sorted[below]) + (share * sorted[above]);
    }

    /// <summary>
    /// Ranks (1 to n) of the order statistics that bound the p-quantile with equal tails: no distribution assumed. Rank 0 or
    /// n + 1 says that the sample can't bound that side.
    /// </summary>
    public static (int Lower, int Upper) Ranks(int n, double p, double alpha)
    {
        var lower = 0;
        while (lower < n && Distributions.BinomialCdf(lower, n, p) <= alpha / 2)
            lower++;
        var upper = n + 1;
        while (upper > 1 && Distributions.BinomialCdf(upper - 2, n, p) >= 1 - (alpha / 2))
            upper--;
        return (lower, upper);
    }

    /// <summary>Probability that the order statistics of two ranks enclose the p-quantile.</summary>
    public static double Coverage(int n, double p, int lower, int upper) =>
        Distributions.BinomialCdf(upper - 1, n, p) - Distributions.BinomialCdf(lower - 1, n, p);

    /// <summary>The interval for the p-quantile from the order statistics; unbounded sides are infinite.</summary>
    public static Interval OrderStatistics(ReadOnlySpan<double> sorted, double p, double alpha)
    {
        if (sorted.IsEmpty)
            return Interval.Undefined;
        var (lower, upper) = Ranks(sorted.Length, p, alpha);
        return Between(sorted, lower, upper);
    }

    /// <summary>
    /// The interval for the quantile whose share at or below it lies in <paramref name="share"/> (Woodruff 1952): an interval
    /// for a proportion, read off the sample's distribution function.
    /// </summary>
    public static Interval Woodruff(ReadOnlySpan<double> sorted, Interval share)
    {
        if (sorted.IsEmpty || !share.IsDefined)
            return Interval.Undefined;
        var n = sorted.Length;
        var lower = share.Low <= 0 ? 0 : (int)Math.Floor(n * share.Low);
        var upper = share.High >= 1 ? n + 1 : (int)Math.Floor(n * share.High) + 1;
        return Between(sorted, lower, upper);
    }

    private static Interval Between(ReadOnlySpan<double> sorted, int lower, int upper) =>
        new(
            lower < 1 ? double.NegativeInfinity : sorted[lower - 1],
            upper > sorted.Length ? double.PositiveInfinity : sorted[upper - 1]
        );
}
