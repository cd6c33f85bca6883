namespace SimEval.Metrics.Statistics;

/// <summary>
/// A mean over clustered values (seeds within a point, points within a file) with its standard errors: naive (values
/// independent), and cluster-robust without (CR0) and with (CR1) the factor C/(C-1) (Liang and Zeger 1986; Miller 2024,
/// arXiv:2411.00640, appendix A).
/// </summary>
/// <param name="Mean">NaN without values.</param>
/// <param name="Count">Values.</param>
/// <param name="Clusters">Clusters that have a value.</param>
/// <param name="NaiveError">NaN below two values.</param>
/// <param name="Cr0Error">NaN without values.</param>
/// <param name="Cr1Error">NaN below two clusters.</param>
public readonly record struct ClusteredMean(
    double Mean,
    int Count,
    int Clusters,
    double NaiveError,
    double Cr0Error,
    double Cr1Error
)
{
    /// <summary>The mean of values whose clusters are numbered 0, 1, ... (gaps do no harm).</summary>
    public static ClusteredMean Of(ReadOnlySpan<double> values, ReadOnlySpan<int> clusters)
    {
        var n = values.Length;
        if (n == 0)
            return new ClusteredMean(double.NaN, 0, 0, double.NaN, double.NaN, double.NaN);
        var mean = ExactSum.Of(values) / n;
        var most = 0;
        foreach (var cluster in clusters)
            most = Math.Max(most, cluster + 1);
        var sums = new double[most];
        var seen = new bool[most];
        var squares = 0.0;
        for (var i = 0; i < n; i++)
        {
            var residual = values[i] - mean;
            squares += residual * residual;
            sums[clusters[i]] += residual;
            seen[clusters[i]] = true;
        }

        var between = 0.0;
        foreach (var sum in sums)
            between += sum * sum;
        var c = seen.Count(s => s);
        var naive = n > 1 ? Spread(Math.Sqrt(squares / (n - 1) / n), values) : double.NaN;
        var cr0 = Spread(Math.Sqrt(between) / n, values);
        return new ClusteredMean(mean, n, c, naive, cr0, c > 1 ? cr0 * Math.Sqrt(c / (c - 1.0)) : double.NaN);
    }

    // Residuals that should cancel leave rounding behind, which must not pass for a spread.
    private static double Spread(double error, ReadOnlySpan<double> values)
    {
        var largest = 0.0;
        foreach (var value in values)
            largest = Math.Max(largest, Math.Abs(value));
        return error > 1e-14 * largest ? error : 0;
    }

    /// <summary>
    /// Cluster-robust t interval with C - 1 degrees of freedom; undefined below two clusters or without any spread.
    /// </summary>
    public Interval At(double alpha)
    {
        if (!(Cr1Error > 0))
            return Interval.Undefined;
        var half = Distributions.StudentQuantile(1 - (alpha / 2), Clusters - 1) * Cr1Error;
        return new Interval(Mean - half, Mean + half);
    }

    /// <summary>How many independent values these are worth: n / max(1, (CR1 / naive)^2); n without spread.</summary>
    public double Effective
    {
        get
        {
            if (!(NaiveError > 0) || double.IsNaN(Cr1Error))
                return Count;
            var ratio = Cr1Error / NaiveError;
            return Count / Math.Max(1, ratio * ratio);
        }
    }
}
