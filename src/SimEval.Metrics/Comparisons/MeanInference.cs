using SimEval.Metrics.Results;
using SimEval.Metrics.Statistics;

namespace SimEval.Metrics.Comparisons;

/// <summary>Means of one variant's values, and of the differences of pairs.</summary>
internal static class MeanInference
{
    // A value that all rollouts share is taken for the truth once at most this share of rollouts can have another.
    private const double OtherValues = 0.05;

    // An asymptotic sequence needs so many values, and clusters, before it means anything.
    private const int BurnIn = 30,
        LeastClusters = 10;

    /// <summary>The mean of one variant; a rate for a yes-or-no metric.</summary>
    public static Inference Of(Sample sample, Looking looking)
    {
        var (values, clusters, missing) = Finite(sample, [.. sample.Values]);
        if (values.Length == 0)
            return Inference.None(missing, "no value");
        return sample.Metric.Scale == MetricScale.Binary
            ? Rate(sample, values, clusters, missing, looking)
            : Mean(sample, values, clusters, missing, looking, sample.Metric.Scale == MetricScale.Share ? 0 : null);
    }

    /// <summary>The mean of the paired differences, variant minus baseline.</summary>
    public static Inference OfDifferences(Sample sample, Looking looking)
    {
        var (values, clusters, missing) = Finite(sample, sample.Differences());
        if (values.Length == 0)
            return Inference.None(missing, "no pair");
        if (sample.Metric.Scale == MetricScale.Binary)
        {
            var spread = ClusteredMean.Of(values, clusters);
            if (!sample.IsClustered || !(spread.Cr1Error > 0))
                return Discordance(sample, values, spread, missing, looking);
        }

        var bounded = sample.Metric.Scale != MetricScale.Real;
        return Mean(sample, values, clusters, missing, looking, bounded ? -1 : null);
    }

    private static Inference Rate(Sample sample, double[] values, int[] clusters, int missing, Looking looking)
    {
        var mean = ClusteredMean.Of(values, clusters);
        var n = mean.Count;
        var k = ExactSum.Of(values);
        var effective = sample.IsClustered ? Proportions.EffectiveCount(k, n, mean.NaiveError, mean.Cr1Error) : n;
        var scaled = k * (effective / n);
        if (k >= n)
            scaled = effective;
        var by = sample.IsClustered
            ? $", with the effective number of rollouts (clustered by {Word(sample.Unit)})"
            : "";
        return looking.AtLooks
            ? new Inference(
                mean.Mean,
                n,
                effective,
                mean.Clusters,
                missing,
                $"always-valid confidence sequence of a rate (Beta mixture, a = b = 1/2){by}",
                alpha => Sequential.BetaMixture(scaled, effective, alpha)
            )
            : new Inference(
                mean.Mean,
                n,
                effective,
                mean.Clusters,
                missing,
                $"Wilson's score interval{by}",
                alpha => Proportions.Wilson(scaled, effective, alpha)
            );
    }

    // Paired yes-or-no values: only the discordant pairs speak.
    private static Inference Discordance(
        Sample sample,
        double[] differences,
        ClusteredMean mean,
        int missing,
        Looking looking
    )
    {
        int a = 0,
            b = 0,
            c = 0,
            d = 0;
        for (var i = 0; i < sample.Values.Count; i++)
        {
            if (sample.Values[i] > sample.Baseline[i])
                b++;
            else if (sample.Values[i] < sample.Baseline[i])
                c++;
            else if (sample.Values[i] > 0)
                a++;
            else
                d++;
        }

        var n = differences.Length;
        var value = (double)(b - c) / n;
        return looking.AtLooks
            ? new Inference(
                value,
                n,
                n,
                mean.Clusters,
                missing,
                "always-valid interval of a paired difference (Beta mixtures of the share of discordant pairs and, "
                    + "as in anytime McNemar, of their split, half of alpha each)",
                alpha => Split(b, c, n, alpha)
            )
            : new Inference(
                value,
                n,
                n,
                mean.Clusters,
                missing,
                "Newcombe's interval of a paired difference (method 10)",
                alpha => PairedProportions.Newcombe(a, b, c, d, alpha)
            );
    }

    // The difference is q (2 s - 1) with q the share of discordant pairs and s their split.
    private static Interval Split(int b, int c, int n, double alpha)
    {
        var q = Sequential.BetaMixture(b + c, n, alpha / 2);
        var s = Sequential.BetaMixture(b, b + c, alpha / 2);
        var low = (2 * s.Low) - 1;
        var high = (2 * s.High) - 1;
        return new Interval(low * (low < 0 ? q.High : q.Low), high * (high > 0 ? q.High : q.Low));
    }

    // least: the lower end of a bounded scale whose upper end is 1; null for an unbounded one.
    private static Inference Mean(
        Sample sample,
        double[] values,
        int[] clusters,
        int missing,
        Looking looking,
        double? least
    )
    {
        var mean = ClusteredMean.Of(values, clusters);
        if (!(mean.NaiveError > 0))
            return Constant(mean, missing, looking, least);

        // Cluster sums that cancel by chance would claim certainty.
        if (mean.Cr1Error == 0)
            mean = mean with { Cr1Error = mean.NaiveError };
        var effective = sample.IsClustered ? mean.Effective : mean.Count;
        Func<double, Interval> at = looking.AtLooks
            ? alpha => Asymptotic(mean, looking, alpha)
            : alpha => mean.At(alpha);
        if (least is { } bound)
        {
            var unbounded = at;
            at = alpha => unbounded(alpha).Clamp(bound, 1);
        }

        return new Inference(mean.Mean, mean.Count, effective, mean.Clusters, missing, Method(sample, looking), at);
    }

    private static string Method(Sample sample, Looking looking)
    {
        var by = sample.IsClustered ? $", errors clustered by {Word(sample.Unit)} (CR1)" : "";
        return looking.AtLooks
                ? $"asymptotic confidence sequence of a mean (Waudby-Smith et al.){by}, from 30 values and 10 clusters on"
            : sample.IsClustered
                ? $"t interval with cluster-robust errors (CR1) by {Word(sample.Unit)} and C - 1 degrees of freedom"
            : "t interval";
    }

    private static Interval Asymptotic(ClusteredMean mean, Looking looking, double alpha)
    {
        if (mean.Count < BurnIn || mean.Clusters < LeastClusters)
            return Interval.Undefined;

        // Tightest about half-way; few clusters widen it as t widens the normal interval.
        var rho = Sequential.AsymptoticRho(Math.Max(1, looking.PlannedPairs / 2.0), 0.05);
        var tail = 1 - (alpha / 2);
        var few = Distributions.StudentQuantile(tail, mean.Clusters - 1) / Distributions.NormalQuantile(tail);
        var sd = mean.Cr1Error * Math.Sqrt(mean.Count);
        var half = few * Sequential.AsymptoticHalfWidth(mean.Count, sd, rho, alpha);
        return new Interval(mean.Mean - half, mean.Mean + half);
    }

    // All values agree. On a bounded scale the share of rollouts that may differ bounds the mean; on an unbounded one there is no
    // interval, and the value decides once that share is small.
    private static Inference Constant(ClusteredMean mean, int missing, Looking looking, double? least)
    {
        double Others(double alpha) =>
            looking.AtLooks
                ? Sequential.BetaMixture(0, mean.Count, alpha).High
                : Proportions.Wilson(0, mean.Count, alpha).High;
        var v = mean.Mean;
        return least is { } bound
            ? new Inference(
                v,
                mean.Count,
                mean.Count,
                mean.Clusters,
                missing,
                "all values agree: bound from the share of rollouts that can differ",
                alpha => new Interval(v - ((v - bound) * Others(alpha)), v + ((1 - v) * Others(alpha)))
            )
            : new Inference(
                v,
                mean.Count,
                mean.Count,
                mean.Clusters,
                missing,
                "all values agree: no interval; it counts once at most 5% of rollouts can have another value",
                alpha =>
                    Others(alpha) <= OtherValues
                        ? new Interval(v, v)
                        : new Interval(double.NegativeInfinity, double.PositiveInfinity)
            )
            {
                HasInterval = false,
            };
    }

    // A mean can't hold the infinities that stand for failed rollouts: they are left out and the gate says so.
    private static (double[] Values, int[] Clusters, int Missing) Finite(Sample sample, double[] values)
    {
        var kept = Enumerable.Range(0, values.Length).Where(i => double.IsFinite(values[i])).ToArray();
        return (
            [.. kept.Select(i => values[i])],
            [.. kept.Select(i => sample.Clusters[i])],
            sample.Missing + values.Length - kept.Length
        );
    }

    internal static string Word(ClusterUnit unit) =>
        unit switch
        {
            ClusterUnit.File => "file",
            ClusterUnit.Point => "point",
            _ => "rollout",
        };
}
