namespace SimEval.Metrics.Statistics;

/// <summary>Estimates for failures too rare to count by plain sampling.</summary>
public static class RareEvents
{
    /// <summary>
    /// Importance sampling: mean and standard error of weight times failure, with the effective sample size and the largest share
    /// of weight that one sample has (near 1 says that the estimate rests on one sample).
    /// </summary>
    public static (double Rate, double Error, double EffectiveSize, double LargestShare) Importance(
        ReadOnlySpan<double> weights,
        ReadOnlySpan<bool> failed
    )
    {
        var n = weights.Length;
        double sum = 0,
            squares = 0,
            all = 0,
            allSquares = 0,
            largest = 0;
        for (var i = 0; i < n; i++)
        {
            var hit = failed[i] ? weights[i] : 0;
            sum += hit;
            squares += hit * hit;
            all += weights[i];
            allSquares += weights[i] * weights[i];
            largest = Math.Max(largest, weights[i]);
        }

        if (n < 2 || !(all > 0))
            return (double.NaN, double.NaN, double.NaN, double.NaN);
        var mean = sum / n;
        var variance = Math.Max(0, (squares - (n * mean * mean)) / (n - 1));
        return (mean, Math.Sqrt(variance / n), all * all / allSquares, largest / all);
    }

    /// <summary>Exact interval of a Poisson rate: k events over an exposure (Garwood 1936).</summary>
    public static Interval PoissonRate(int k, double exposure, double alpha) =>
        exposure > 0
            ? new Interval(
                k == 0 ? 0 : Distributions.ChiSquaredQuantile(alpha / 2, 2.0 * k) / (2 * exposure),
                Distributions.ChiSquaredQuantile(1 - (alpha / 2), (2.0 * k) + 2) / (2 * exposure)
            )
            : Interval.Undefined;
}
