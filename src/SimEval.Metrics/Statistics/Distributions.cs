using MathNet.Numerics;
using SimEval.Scenarios.Numerics;

namespace SimEval.Metrics.Statistics;

/// <summary>
/// Distribution functions and quantiles that the methods need, on MathNet.Numerics' special functions. Quantiles solve their
/// distribution function by bisection to the last bits, since the library's own stop at 1e-8.
/// </summary>
public static class Distributions
{
    /// <summary>P(Z at most z) of the standard normal.</summary>
    public static double NormalCdf(double z) => 0.5 * SpecialFunctions.Erfc(-z / Math.Sqrt(2));

    /// <summary>The standard normal's quantile; p in (0, 1).</summary>
    public static double NormalQuantile(double p)
    {
        Probability(p);
        var z = -Math.Sqrt(2) * SpecialFunctions.ErfcInv(2 * p);

        // One Newton step takes what the rational approximation leaves.
        var density = PureMath.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        return density > 0 ? z - ((NormalCdf(z) - p) / density) : z;
    }

    /// <summary>P(T at most t) of Student's t with <paramref name="df"/> degrees of freedom.</summary>
    public static double StudentCdf(double t, double df)
    {
        if (double.IsInfinity(t))
            return t > 0 ? 1 : 0;
        var tail = 0.5 * BetaCdf(df / (df + (t * t)), df / 2, 0.5);
        return t > 0 ? 1 - tail : tail;
    }

    /// <summary>Student's quantile; p in (0, 1).</summary>
    public static double StudentQuantile(double p, double df)
    {
        Probability(p);
        if (p == 0.5)
            return 0;
        var tail = Math.Min(p, 1 - p);
        var x = BetaQuantile(2 * tail, df / 2, 0.5);
        var t = Math.Sqrt(df * (1 - x) / x);
        return p < 0.5 ? -t : t;
    }

    /// <summary>The regularised incomplete beta function I_x(a, b).</summary>
    public static double BetaCdf(double x, double a, double b) =>
        x <= 0 ? 0
        : x >= 1 ? 1
        : SpecialFunctions.BetaRegularized(a, b, x);

    /// <summary>The x at which I_x(a, b) = p.</summary>
    public static double BetaQuantile(double p, double a, double b)
    {
        if (p is 0 or 1)
            return p;
        Probability(p);
        return Bisect(x => BetaCdf(x, a, b) - p, 0, 1);
    }

    /// <summary>P(X at most k) of the binomial.</summary>
    public static double BinomialCdf(double k, double n, double p) =>
        k < 0 ? 0
        : k >= n ? 1
        : 1 - BetaCdf(p, Math.Floor(k) + 1, n - Math.Floor(k));

    /// <summary>ln P(X = k) of the binomial; p in (0, 1).</summary>
    public static double BinomialLog(double k, double n, double p) =>
        SpecialFunctions.GammaLn(n + 1)
        - SpecialFunctions.GammaLn(k + 1)
        - SpecialFunctions.GammaLn(n - k + 1)
        + (k * PureMath.Log(p))
        + ((n - k) * PureMath.Log(1 - p));

    /// <summary>ln of the beta function.</summary>
    public static double BetaLog(double a, double b) =>
        SpecialFunctions.GammaLn(a) + SpecialFunctions.GammaLn(b) - SpecialFunctions.GammaLn(a + b);

    /// <summary>The chi-squared distribution's quantile.</summary>
    public static double ChiSquaredQuantile(double p, double df)
    {
        if (p == 0)
            return 0;
        Probability(p);
        var high = df + 10;
        while (SpecialFunctions.GammaLowerRegularized(df / 2, high / 2) < p)
            high *= 2;
        return Bisect(x => SpecialFunctions.GammaLowerRegularized(df / 2, x / 2) - p, 0, high);
    }

    /// <summary>P(X above x) of the chi-squared distribution.</summary>
    public static double ChiSquaredTail(double x, double df) =>
        x <= 0 ? 1 : SpecialFunctions.GammaUpperRegularized(df / 2, x / 2);

    /// <summary>
    /// The root of an increasing function in [low, high], to neighbouring doubles; an end when it has none inside.
    /// </summary>
    internal static double Bisect(Func<double, double> increasing, double low, double high)
    {
        for (var i = 0; i < 1100; i++)
        {
            var middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
                break;
            if (increasing(middle) < 0)
                low = middle;
            else
                high = middle;
        }

        return low + ((high - low) / 2);
    }

    private static void Probability(double p)
    {
        if (!(p > 0 && p < 1))
            throw new ArgumentOutOfRangeException(nameof(p), p, "A probability in (0, 1) was expected.");
    }
}
