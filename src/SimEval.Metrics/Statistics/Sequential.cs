using SimEval.Scenarios.Numerics;

namespace SimEval.Metrics.Statistics;

/// <summary>
/// Methods that stay valid however often one looks: intervals that hold at all times at once, and e-values, whose inverse is a
/// p-value at any stopping time (Ville's inequality).
/// </summary>
public static class Sequential
{
    /// <summary>
    /// ln of the mixture likelihood ratio of a normal mean (mSPRT; Johari, Pekelis, Walsh 2017) for values of known variance
    /// <paramref name="v"/> mixed over N(theta0, <paramref name="tau2"/>). The p-value is the least of 1 / ratio so far.
    /// </summary>
    public static double NormalLogRatio(double n, double mean, double theta0, double v, double tau2)
    {
        var spread = v + (n * tau2);
        var shift = mean - theta0;
        return (0.5 * PureMath.Log(v / spread)) + (n * n * tau2 * shift * shift / (2 * v * spread));
    }

    /// <summary>Half-width of the confidence sequence of <see cref="NormalLogRatio"/> at level 1 - alpha.</summary>
    public static double NormalHalfWidth(double n, double v, double tau2, double alpha)
    {
        var spread = v + (n * tau2);
        return Math.Sqrt(
            2 * v * spread / (n * n * tau2) * (PureMath.Log(1 / alpha) + (0.5 * PureMath.Log(spread / v)))
        );
    }

    /// <summary>
    /// Half-width of the asymptotic confidence sequence of a mean (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021), for n values
    /// of estimated standard deviation <paramref name="sd"/>: the normal mixture with tau2 = rho^2 v.
    /// </summary>
    public static double AsymptoticHalfWidth(double n, double sd, double rho, double alpha)
    {
        var t = (n * rho * rho) + 1;
        return sd * Math.Sqrt(2 * t / (n * n * rho * rho) * PureMath.Log(Math.Sqrt(t) / alpha));
    }

    /// <summary>The rho that makes <see cref="AsymptoticHalfWidth"/> tightest near n = <paramref name="at"/>.</summary>
    public static double AsymptoticRho(double at, double alpha)
    {
        var log = -2 * PureMath.Log(alpha);
        return Math.Sqrt((log + PureMath.Log(log) + 1) / at);
    }

    /// <summary>
    /// ln of the e-value against "the rate is p": a Beta(a, b) mixture over rates, exact at any time for independent trials.
    /// </summary>
    public static double BetaMixtureLog(double k, double n, double p, double a = 0.5, double b = 0.5)
    {
        var under = (k > 0 ? k * PureMath.Log(p) : 0) + (n - k > 0 ? (n - k) * PureMath.Log(1 - p) : 0);
        return Distributions.BetaLog(a + k, b + n - k) - Distributions.BetaLog(a, b) - under;
    }

    /// <summary>
    /// The confidence sequence of a rate at level 1 - alpha: all rates whose e-value is below 1 / alpha. [0, 1] without trials.
    /// </summary>
    public static Interval BetaMixture(double k, double n, double alpha, double a = 0.5, double b = 0.5)
    {
        if (!(n > 0))
            return new Interval(0, 1);
        var limit = -PureMath.Log(alpha);
        var rate = k / n;
        var low = k <= 0 ? 0 : Distributions.Bisect(p => limit - BetaMixtureLog(k, n, p, a, b), 0, rate);
        var high = k >= n ? 1 : Distributions.Bisect(p => BetaMixtureLog(k, n, p, a, b) - limit, rate, 1);
        return new Interval(low, high);
    }

    /// <summary>
    /// E-value of McNemar's hypothesis that discordant pairs fall either way alike: B(a + b, a + c) / B(a, a) * 2^(b + c).
    /// </summary>
    public static double McNemarE(double b, double c, double a = 0.5) =>
        PureMath.Exp(BetaMixtureLog(b, b + c, 0.5, a, a));

    /// <summary>p-value that stays valid under looking at any time: min(1, 1 / e).</summary>
    public static double AnytimeP(double eValue) => Math.Min(1, 1 / eValue);

    /// <summary>
    /// Wald's sequential test of p0 against p1 (1945): stop for p1 at or above the upper limit of the log likelihood ratio, for
    /// p0 at or below the lower.
    /// </summary>
    public static (double Upper, double Lower) WaldLimits(double alpha, double beta) =>
        (PureMath.Log((1 - beta) / alpha), PureMath.Log(beta / (1 - alpha)));

    /// <summary>Wald's log likelihood ratio after k failures in n trials.</summary>
    public static double WaldLogRatio(double k, double n, double p0, double p1) =>
        (k * PureMath.Log(p1 / p0)) + ((n - k) * PureMath.Log((1 - p1) / (1 - p0)));
}
