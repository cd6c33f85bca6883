namespace SimEval.Metrics.Statistics;

/// <summary>How many rollouts a question needs.</summary>
public static class SampleSize
{
    /// <summary>
    /// Pairs that show a mean difference of <paramref name="delta"/> at two-sided level alpha with the given power, when differences
    /// have standard deviation <paramref name="sd"/>.
    /// </summary>
    public static int Pairs(double sd, double delta, double alpha, double power)
    {
        var z = Distributions.NormalQuantile(1 - (alpha / 2)) + Distributions.NormalQuantile(power);
        return (int)Math.Ceiling(z * z * sd * sd / (delta * delta));
    }

    /// <summary>
    /// About how many values would move an interval's end to the line, the estimate staying where it is; infinite when the
    /// estimate lies on the line.
    /// </summary>
    public static double ToDecide(double estimate, Interval interval, double line, double count)
    {
        var end = estimate > line ? estimate - interval.Low : interval.High - estimate;
        var ratio = end / Math.Abs(estimate - line);
        return count * ratio * ratio;
    }
}
