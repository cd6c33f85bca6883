using SimEval.Metrics.Statistics;

namespace SimEval.Metrics.Comparisons;

/// <summary>Percentiles of one variant's values, and the difference of two variants' percentiles over the same pairs.</summary>
internal static class QuantileInference
{
    private const int MostReplicates = 10_000,
        LeastReplicates = 2_000;

    // Replicates times pairs: about a second.
    private const double Work = 4e7;
    private const ulong Stream = 0x7175616e74696c65;

    /// <summary>The p-quantile of one variant.</summary>
    public static Inference Of(Sample sample, double p, Looking looking)
    {
        if (sample.Values.Count == 0)
            return Inference.None(sample.Missing, "no value");
        var (sorted, effective, clusters) = Prepare(sample, sample.Values, p);
        var value = Quantiles.Type7(sorted, p);
        var by = sample.IsClustered
            ? $" with the effective number of rollouts by {MeanInference.Word(sample.Unit)}"
            : "";
        var (method, at) =
            looking.AtLooks
                ? (
                    $"always-valid interval of a percentile (Woodruff's, from a Beta mixture{by})",
                    (Func<double, Interval>)(
                        alpha => Quantiles.Woodruff(sorted, Sequential.BetaMixture(p * effective, effective, alpha))
                    )
                )
            : sample.IsClustered
                ? (
                    $"Woodruff's interval of a percentile{by}",
                    alpha => Quantiles.Woodruff(sorted, Proportions.Wilson(p * effective, effective, alpha))
                )
            : ("order-statistic interval of a percentile", alpha => Quantiles.OrderStatistics(sorted, p, alpha));
        return new Inference(value, sorted.Length, effective, clusters, sample.Missing, method, at);
    }

    /// <summary>The variant's p-quantile minus the baseline's.</summary>
    public static Inference OfDifferences(Sample sample, double p, Looking looking)
    {
        var n = sample.Values.Count;
        if (n == 0)
            return Inference.None(sample.Missing, "no pair");
        var (mine, effective, clusters) = Prepare(sample, sample.Values, p);
        var (theirs, theirEffective, _) = Prepare(sample, sample.Baseline, p);
        var value = Difference(Quantiles.Type7(mine, p), Quantiles.Type7(theirs, p));
        if (looking.AtLooks)
        {
            return new Inference(
                value,
                n,
                Math.Min(effective, theirEffective),
                clusters,
                sample.Missing,
                "always-valid interval of a difference of percentiles (Woodruff's from Beta mixtures, half of alpha each)",
                alpha =>
                {
                    var a = Quantiles.Woodruff(mine, Sequential.BetaMixture(p * effective, effective, alpha / 2));
                    var b = Quantiles.Woodruff(
                        theirs,
                        Sequential.BetaMixture(p * theirEffective, theirEffective, alpha / 2)
                    );
                    return new Interval(a.Low - b.High, a.High - b.Low);
                }
            );
        }

        var replicates = (int)Math.Clamp(Work / n, LeastReplicates, MostReplicates);
        var bootstrap = Draw(sample, p, replicates);
        return new Inference(
            value,
            n,
            effective,
            clusters,
            sample.Missing,
            $"percentile bootstrap of a difference of percentiles, {replicates:N0} draws of whole {MeanInference.Word(sample.Unit)}s",
            alpha =>
                alpha < 2.0 / (replicates + 1)
                    ? new Interval(double.NegativeInfinity, double.PositiveInfinity)
                    : bootstrap.Percentile(alpha)
        );
    }

    // How many independent values the sample is worth at this quantile: by clustering of "lies at or below it".
    private static (double[] Sorted, double Effective, int Clusters) Prepare(
        Sample sample,
        List<double> values,
        double p
    )
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var value = Quantiles.Type7(sorted, p);
        var below = ClusteredMean.Of([.. values.Select(v => v <= value ? 1.0 : 0.0)], [.. sample.Clusters]);
        var effective = sample.IsClustered
            ? Proportions.EffectiveCount(below.Mean * below.Count, below.Count, below.NaiveError, below.Cr1Error)
            : sorted.Length;
        return (sorted, effective, below.Clusters);
    }

    // Draws clusters; each side's quantile is read off its values sorted once, weighted by how often their cluster was drawn.
    private static Bootstrap Draw(Sample sample, double p, int replicates)
    {
        var ids = sample.Clusters.Distinct().Order().Select((id, i) => (id, i)).ToDictionary(x => x.id, x => x.i);
        var mine = Ranked(sample.Values);
        var theirs = Ranked(sample.Baseline);
        return Bootstrap.Of(
            ids.Count,
            replicates,
            Stream,
            times => Difference(Weighted(mine, times, p), Weighted(theirs, times, p))
        );

        (double Value, int Cluster)[] Ranked(List<double> values) =>
            [.. values.Select((v, i) => (v, ids[sample.Clusters[i]])).OrderBy(x => x.v)];
    }

    private static double Weighted((double Value, int Cluster)[] sorted, int[] times, double p)
    {
        var total = 0;
        foreach (var (_, cluster) in sorted)
            total += times[cluster];
        if (total == 0)
            return double.NaN;

        // Type 7 on the drawn multiset: between the values of ranks floor(h) and floor(h) + 1, counted from 0.
        var h = (total - 1) * p;
        var rank = (int)Math.Floor(h);
        var seen = 0;
        var below = double.NaN;
        foreach (var (value, cluster) in sorted)
        {
            seen += times[cluster];
            if (double.IsNaN(below) && seen > rank)
                below = value;
            if (seen > rank + 1 || (seen == total && !double.IsNaN(below)))
                return h == rank || below == value ? below : below + ((h - rank) * (value - below));
        }

        return below;
    }

    // Infinities stand for failed rollouts: where both sides have one, nothing is between them.
    private static double Difference(double a, double b) => a == b ? 0 : a - b;
}
