using SimEval.Scenarios.Numerics;

namespace SimEval.Metrics.Statistics;

/// <summary>
/// The bootstrap (Efron and Tibshirani 1993; DiCiccio and Efron 1996) over units drawn with replacement: a unit is a value,
/// or a whole cluster. Draws come from Philox, so that the same units give the same interval everywhere.
/// </summary>
public sealed class Bootstrap
{
    private readonly double estimate,
        acceleration;
    private readonly double[] replicates;

    private Bootstrap(double estimate, double[] replicates, double acceleration)
    {
        this.estimate = estimate;
        this.replicates = replicates;
        this.acceleration = acceleration;
    }

    /// <summary>
    /// Draws replicates. <paramref name="statistic"/> gets how often each unit was drawn, and says the statistic's value; it is called
    /// with ones for the estimate, and with one zero for the jackknife.
    /// </summary>
    /// <param name="units">Number of units, at least 1.</param>
    /// <param name="count">Number of replicates.</param>
    /// <param name="key">Key of the random stream.</param>
    /// <param name="statistic">From multiplicities to a value.</param>
    public static Bootstrap Of(int units, int count, ulong key, Func<int[], double> statistic)
    {
        var times = new int[units];
        Array.Fill(times, 1);
        var estimate = statistic(times);
        var acceleration = Acceleration(units, times, statistic);
        var philox = new Philox(key);
        var replicates = new double[count];
        for (var b = 0; b < count; b++)
        {
            Array.Clear(times);
            for (var i = 0; i < units; i += 4)
            {
                var (w0, w1, w2, w3) = philox.Draw((ulong)b, (ulong)i);
                times[(int)(((ulong)w0 * (uint)units) >> 32)]++;
                if (i + 1 < units)
                    times[(int)(((ulong)w1 * (uint)units) >> 32)]++;
                if (i + 2 < units)
                    times[(int)(((ulong)w2 * (uint)units) >> 32)]++;
                if (i + 3 < units)
                    times[(int)(((ulong)w3 * (uint)units) >> 32)]++;
            }

            replicates[b] = statistic(times);
        }

        Array.Sort(replicates);
        return new Bootstrap(estimate, replicates, acceleration);
    }

    /// <summary>The percentile interval; undefined when the replicates do not spread.</summary>
    public Interval Percentile(double alpha) =>
        Spreads
            ? new(Quantiles.Type7(replicates, alpha / 2), Quantiles.Type7(replicates, 1 - (alpha / 2)))
            : Interval.Undefined;

    /// <summary>The basic interval: the percentile interval mirrored in the estimate.</summary>
    public Interval Basic(double alpha)
    {
        var p = Percentile(alpha);
        return new Interval((2 * estimate) - p.High, (2 * estimate) - p.Low);
    }

    /// <summary>The bias-corrected and accelerated interval (Efron 1987).</summary>
    public Interval Bca(double alpha)
    {
        if (!Spreads)
            return Interval.Undefined;
        var below = 0.0;
        foreach (var replicate in replicates)
            below +=
                replicate < estimate ? 1
                : replicate == estimate ? 0.5
                : 0;
        var share = below / replicates.Length;
        if (share is <= 0 or >= 1 || double.IsNaN(acceleration))
            return Percentile(alpha);
        var z0 = Distributions.NormalQuantile(share);
        return new Interval(At(z0, alpha / 2), At(z0, 1 - (alpha / 2)));
    }

    private bool Spreads => replicates.Length > 0 && replicates[^1] > replicates[0];

    private double At(double z0, double p)
    {
        var z = z0 + Distributions.NormalQuantile(p);
        return Quantiles.Type7(replicates, Distributions.NormalCdf(z0 + (z / (1 - (acceleration * z)))));
    }

    // From the jackknife: sum l^3 / (6 (sum l^2)^1.5), with l the mean of the values left out less each.
    private static double Acceleration(int units, int[] times, Func<int[], double> statistic)
    {
        var without = new double[units];
        for (var i = 0; i < units; i++)
        {
            times[i] = 0;
            without[i] = statistic(times);
            times[i] = 1;
        }

        var mean = without.Average();
        double cubes = 0,
            squares = 0;
        foreach (var value in without)
        {
            var l = mean - value;
            cubes += l * l * l;
            squares += l * l;
        }

        return squares > 0 ? cubes / (6 * squares * Math.Sqrt(squares)) : double.NaN;
    }
}
