using SimEval.Scenarios.Numerics;

namespace SimEval.Scenarios.Sweeps;

/// <summary>The standard normal distribution, by pure arithmetic.</summary>
internal static class NormalDistribution
{
    private const double RootTwoPi = 2.5066282746310002;

    /// <summary>
    /// P(Z &lt;= x), absolute error about 1e-15: the series x + x^3/3 + x^5/15 + ... times the density (Marsaglia,
    /// "Evaluating the normal distribution", J. Stat. Softw. 11(4), 2004).
    /// </summary>
    internal static double Below(double x)
    {
        if (x > 8.3)
            return 1;
        if (x < -8.3)
            return 0;
        double sum = x,
            term = x,
            previous = 0;
        for (var odd = 3; sum != previous; odd += 2)
        {
            previous = sum;
            term *= x * x / odd;
            sum += term;
        }

        return Math.Clamp(0.5 + sum * Density(x), 0, 1);
    }

    /// <summary>The x with P(Z &lt;= x) = p, for p in (0, 1): bisection to a bracket of a few ulp.</summary>
    internal static double Quantile(double p)
    {
        double low = -8.3,
            high = 8.3;
        for (var i = 0; i < 56; i++)
        {
            var middle = 0.5 * (low + high);
            if (Below(middle) < p)
                low = middle;
            else
                high = middle;
        }

        return 0.5 * (low + high);
    }

    private static double Density(double x) => PureMath.Exp(-0.5 * x * x) / RootTwoPi;
}
