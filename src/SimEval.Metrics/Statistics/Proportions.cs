using SimEval.Scenarios.Numerics;

namespace SimEval.Metrics.Statistics;

/// <summary>Which departures from the null hypothesis count.</summary>
public enum Alternative
{
    /// <summary>Both.</summary>
    TwoSided,

    /// <summary>Below.</summary>
    Less,

    /// <summary>Above.</summary>
    Greater,
}

/// <summary>
/// One proportion k/n: intervals and tests. Counts are real numbers, so that clustered data enter with their effective
/// counts. Normal-theory intervals are not offered: at k = 0 or n they have width 0.
/// </summary>
public static class Proportions
{
    /// <summary>Wilson's score interval (1927) at two-sided level 1 - alpha; undefined for n = 0.</summary>
    public static Interval Wilson(double k, double n, double alpha)
    {
        if (!(n > 0))
            return Interval.Undefined;
        var z = Distributions.NormalQuantile(1 - (alpha / 2));
        var p = k / n;
        var scale = 1 + (z * z / n);
        var centre = (p + (z * z / (2 * n))) / scale;
        var half = z / scale * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n)));
        return new Interval(k <= 0 ? 0 : Math.Max(0, centre - half), k >= n ? 1 : Math.Min(1, centre + half));
    }

    /// <summary>Wilson's interval with continuity correction (Newcombe 1998, method 4).</summary>
    public static Interval WilsonCorrected(double k, double n, double alpha)
    {
        if (!(n > 0))
            return Interval.Undefined;
        var z = Distributions.NormalQuantile(1 - (alpha / 2));
        var p = k / n;
        var q = 1 - p;
        var scale = 2 * (n + (z * z));
        var middle = (2 * n * p) + (z * z);
        var low = (middle - 1 - (z * Math.Sqrt((z * z) - 2 - (1 / n) + (4 * p * ((n * q) + 1))))) / scale;
        var high = (middle + 1 + (z * Math.Sqrt((z * z) + 2 - (1 / n) + (4 * p * ((n * q) - 1))))) / scale;
        return new Interval(k <= 0 ? 0 : Math.Max(0, low), k >= n ? 1 : Math.Min(1, high));
    }

    /// <summary>The exact interval of Clopper and Pearson (1934) at two-sided level 1 - alpha; undefined for n = 0.</summary>
    public static Interval ClopperPearson(double k, double n, double alpha) =>
        n > 0 ? new Interval(ExactLower(k, n, alpha / 2), ExactUpper(k, n, alpha / 2)) : Interval.Undefined;

    /// <summary>Exact one-sided lower bound at level 1 - tail.</summary>
    public static double ExactLower(double k, double n, double tail) =>
        k <= 0 ? 0 : Distributions.BetaQuantile(tail, k, n - k + 1);

    /// <summary>Exact one-sided upper bound at level 1 - tail; for k = 0 it is 1 - tail^(1/n), near 3/n at 95%.</summary>
    public static double ExactUpper(double k, double n, double tail) =>
        k >= n ? 1
        : k <= 0 ? 1 - PureMath.Exp(PureMath.Log(tail) / n)
        : Distributions.BetaQuantile(1 - tail, k + 1, n - k);

    /// <summary>Trials without a failure that show a failure rate below <paramref name="rate"/> at level 1 - tail.</summary>
    public static int FailureFreeTrials(double rate, double tail) =>
        (int)Math.Ceiling(PureMath.Log(tail) / PureMath.Log(1 - rate));

    /// <summary>
    /// Exact binomial test of "the rate is p"; two-sided sums the outcomes that are no likelier than the one seen.
    /// </summary>
    public static double BinomialTest(int k, int n, double p, Alternative alternative)
    {
        switch (alternative)
        {
            case Alternative.Less:
                return Distributions.BinomialCdf(k, n, p);
            case Alternative.Greater:
                return k == 0 ? 1 : 1 - Distributions.BinomialCdf(k - 1, n, p);
            default:
                // The slack keeps ties that rounding has parted.
                var seen = Distributions.BinomialLog(k, n, p) + 1e-7;
                var sum = 0.0;
                for (var i = 0; i <= n; i++)
                {
                    var log = Distributions.BinomialLog(i, n, p);
                    sum += log <= seen ? PureMath.Exp(log) : 0;
                }

                return Math.Min(1, sum);
        }
    }

    /// <summary>
    /// How many independent trials n clustered ones are worth: n / max(1, (robust / naive)^2), and n where all trials agree (k = 0
    /// or n), since clustering can't be seen there.
    /// </summary>
    public static double EffectiveCount(double k, double n, double naiveError, double robustError)
    {
        if (k <= 0 || k >= n || !(naiveError > 0) || double.IsNaN(robustError))
            return n;
        var ratio = robustError / naiveError;
        return n / Math.Max(1, ratio * ratio);
    }
}
