using SimEval.Metrics.Results;

namespace SimEval.Metrics.Comparisons;

/// <summary>
/// The values of one metric, of one variant or of pairs of two, in the fixed order of pairs, with what is not among them.
/// </summary>
internal sealed class Sample
{
    private Sample(MetricDefinition metric, ResultPlan plan)
    {
        Metric = metric;
        Unit = plan.Unit;
        PlannedPairs = plan.Pairs.Count;
    }

    public MetricDefinition Metric { get; }

    public ClusterUnit Unit { get; }

    public int PlannedPairs { get; }

    /// <summary>Of the judged variant.</summary>
    public List<double> Values { get; } = [];

    /// <summary>Of the baseline, pair by pair; empty for one variant alone.</summary>
    public List<double> Baseline { get; } = [];

    /// <summary>Cluster of each value.</summary>
    public List<int> Clusters { get; } = [];

    /// <summary>Ran, but without a value of this metric.</summary>
    public int Missing { get; private set; }

    /// <summary>Values that stand for a rollout that the judged model failed and the baseline (if any) did not.</summary>
    public int Failed { get; private set; }

    /// <summary>Pairs that ended in an infrastructure error of either.</summary>
    public int InfrastructureErrors { get; private set; }

    /// <summary>Pairs that say something.</summary>
    public int Ran => Values.Count + Missing;

    /// <summary>Share of ended pairs without an infrastructure error; NaN when none ended.</summary>
    public double ValidShare =>
        Ran + InfrastructureErrors == 0 ? double.NaN : (double)Ran / (Ran + InfrastructureErrors);

    /// <summary>Whether several values share a cluster.</summary>
    public bool IsClustered => Unit != ClusterUnit.Rollout && Clusters.Count != Clusters.Distinct().Count();

    /// <summary>Variant minus baseline, pair by pair.</summary>
    public double[] Differences() => [.. Values.Zip(Baseline, (a, b) => a == b ? 0 : a - b)];

    /// <summary>The values of one variant.</summary>
    public static Sample Of(ResultSet results, int variant, int metric)
    {
        var sample = new Sample(results.Plan.Metrics[metric], results.Plan);
        for (var pair = 0; pair < results.Plan.Pairs.Count; pair++)
        {
            if (results[variant, pair] is not { } result)
                continue;
            if (result.Outcome == RolloutOutcome.InfrastructureError)
                sample.InfrastructureErrors++;
            else if (Value(result, sample.Metric, metric) is { } value)
                sample.Take(value, null, results.Plan.Clusters[pair], result.Outcome == RolloutOutcome.ModelFailed);
        }

        return sample;
    }

    /// <summary>
    /// The values of pairs that both variants have. The baseline's metric is found by name, since its run may be of another day.
    /// </summary>
    public static Sample OfPairs(ResultSet results, int variant, int metric, ResultSet baseline, int baselineVariant)
    {
        var sample = new Sample(results.Plan.Metrics[metric], results.Plan);
        var other = baseline.Plan.MetricOf(sample.Metric.Name);
        for (var pair = 0; pair < results.Plan.Pairs.Count; pair++)
        {
            var twin = baseline.Plan.PairOf(results.Plan.Pairs[pair]);
            if (results[variant, pair] is not { } mine || twin < 0 || baseline[baselineVariant, twin] is not { } theirs)
                continue;
            if (
                mine.Outcome == RolloutOutcome.InfrastructureError
                || theirs.Outcome == RolloutOutcome.InfrastructureError
            )
                sample.InfrastructureErrors++;
            else if (Value(mine, sample.Metric, metric) is { } a && Value(theirs, sample.Metric, other) is { } b)
                sample.Take(
                    a,
                    b,
                    results.Plan.Clusters[pair],
                    mine.Outcome == RolloutOutcome.ModelFailed && theirs.Outcome != RolloutOutcome.ModelFailed
                );
        }

        return sample;
    }

    private void Take(double value, double? baseline, int cluster, bool failed)
    {
        Failed += failed ? 1 : 0;
        if (double.IsNaN(value) || (baseline is { } b && double.IsNaN(b)))
        {
            Missing++;
            return;
        }

        Values.Add(value);
        Clusters.Add(cluster);
        if (baseline is { } known)
            Baseline.Add(known);
    }

    /// <summary>A rollout's value; null when it says nothing about the model.</summary>
    public static double? Value(RolloutResult result, MetricDefinition metric, int index) =>
        result.Outcome switch
        {
            RolloutOutcome.Completed => index >= 0 ? result.Values[index] : double.NaN,
            RolloutOutcome.ModelFailed => WorstValue.Of(metric),
            _ => null,
        };
}
