using SimEval.Scenarios.Numerics;

namespace SimEval.Metrics.Statistics;

/// <summary>
/// Two proportions on the same pairs. The table: a pairs with both, b with the first only, c with the second only, d with
/// neither.
/// </summary>
public static class PairedProportions
{
    /// <summary>McNemar's test, exact (two-sided, on the discordant pairs); 1 without any.</summary>
    public static double McNemarExact(int b, int c)
    {
        var n = b + c;
        return n == 0 ? 1 : Math.Min(1, 2 * Distributions.BinomialCdf(Math.Min(b, c), n, 0.5));
    }

    /// <summary>McNemar's chi-squared with continuity correction; 0 without discordant pairs.</summary>
    public static double McNemarChiSquared(int b, int c)
    {
        var excess = Math.Max(0, Math.Abs(b - c) - 1.0);
        return b + c == 0 ? 0 : excess * excess / (b + c);
    }

    /// <summary>
    /// Newcombe's interval (Statistics in Medicine 1998, 17:2635, method 10) for the first proportion minus the second: Wilson
    /// limits of both, joined by the correlation with continuity correction.
    /// </summary>
    public static Interval Newcombe(double a, double b, double c, double d, double alpha)
    {
        var n = a + b + c + d;
        if (!(n > 0))
            return Interval.Undefined;
        var p1 = (a + b) / n;
        var p2 = (a + c) / n;
        var w1 = Proportions.Wilson(a + b, n, alpha);
        var w2 = Proportions.Wilson(a + c, n, alpha);
        var phi = Correlation(a, b, c, d, n);
        return new Interval(
            Math.Max(-1, p1 - p2 - Join(p1 - w1.Low, w2.High - p2, phi)),
            Math.Min(1, p1 - p2 + Join(w1.High - p1, p2 - w2.Low, phi))
        );
    }

    /// <summary>
    /// Standard error of the difference by Wald, the deviation of the pairs' differences over sqrt(n):
    /// sqrt((b + c - (b - c)^2 / n) / (n (n - 1))).
    /// </summary>
    public static double WaldError(double n, double b, double c) =>
        Math.Sqrt((b + c - ((b - c) * (b - c) / n)) / (n * (n - 1)));

    private static double Join(double x, double y, double phi) =>
        Math.Sqrt(Math.Max(0, (x * x) - (2 * phi * x * y) + (y * y)));

    private static double Correlation(double a, double b, double c, double d, double n)
    {
        var margins = (a + b) * (c + d) * (a + c) * (b + d);
        if (!(margins > 0))
            return 0;
        var q = (a * d) - (b * c);
        var corrected = q > 0 ? Math.Max(0, q - (n / 2)) : q;
        return corrected / Math.Sqrt(margins);
    }
}
