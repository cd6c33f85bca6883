using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Metrics.Statistics;

namespace SimEval.Metrics.Comparisons;

/// <summary>Which way a metric changed against the baseline.</summary>
public enum ChangeDirection
{
    /// <summary>The interval holds zero, there is none, or the metric is neutral.</summary>
    Unclear,

    /// <summary>The interval lies on the better side of zero.</summary>
    Better,

    /// <summary>The interval lies on the worse side of zero.</summary>
    Worse,
}

/// <summary>One metric of one variant against its baseline, on the pairs that both ran.</summary>
/// <param name="Metric">Which metric.</param>
/// <param name="Variant">Which variant.</param>
/// <param name="Baseline">What it is compared with, as a reader knows it.</param>
/// <param name="Value">The variant's mean.</param>
/// <param name="BaselineValue">The baseline's mean.</param>
/// <param name="Difference">Mean of the paired differences, variant minus baseline.</param>
/// <param name="Direction">Better or worse, where the interval says so.</param>
/// <param name="PValue">Two-sided p-value of "no difference"; NaN when there is none.</param>
/// <param name="AdjustedP">
/// The same corrected by Benjamini and Hochberg over all changes of the run, since nobody declared them beforehand.
/// </param>
/// <param name="Median">The Hodges-Lehmann estimate of the differences: a robust second opinion.</param>
/// <param name="WilcoxonP">Wilcoxon's signed-rank p-value; NaN when all pairs agree.</param>
/// <param name="Correlation">Between the two variants over pairs; NaN without spread.</param>
/// <param name="VarianceRatio">Var(A - B) / (Var A + Var B): below 1 is what the pairing saved; NaN without spread.</param>
public sealed record MetricChange(
    MetricDefinition Metric,
    string Variant,
    string Baseline,
    Estimate Value,
    Estimate BaselineValue,
    Estimate Difference,
    ChangeDirection Direction,
    double PValue,
    double AdjustedP,
    double Median,
    double WilcoxonP,
    double Correlation,
    double VarianceRatio
);

/// <summary>All metrics of all variants, and what changed against the baseline. It describes; gates decide.</summary>
public static class MetricTable
{
    /// <summary>Mean with interval: one list per metric of the registry, one estimate per variant in declared order.</summary>
    public static IReadOnlyList<IReadOnlyList<Estimate>> Values(
        ResultSet results,
        Looking looking,
        double level = 0.95
    ) =>
        [
            .. Enumerable
                .Range(0, results.Plan.Metrics.Count)
                .Select(metric =>
                    (IReadOnlyList<Estimate>)
                        [
                            .. Enumerable
                                .Range(0, results.Plan.Variants.Count)
                                .Select(v => MeanInference.Of(Sample.Of(results, v, metric), looking).AtLevel(level)),
                        ]
                ),
        ];

    /// <summary>Every metric of every variant that has a baseline, in the order of variants, then metrics.</summary>
    public static IReadOnlyList<MetricChange> Changes(
        ResultSet results,
        BaselineSource baseline,
        Looking looking,
        double level = 0.95
    )
    {
        var changes = (
            from variant in results.Plan.Variants
            let twin = baseline.For(results, variant.Name)
            where twin is not null
            from metric in Enumerable.Range(0, results.Plan.Metrics.Count)
            where twin.Value.Results.Plan.MetricOf(results.Plan.Metrics[metric].Name) >= 0
            select Change(results, variant.Name, metric, twin.Value, looking, level)
        ).ToArray();
        var adjusted = Multiplicity.BenjaminiHochberg([.. changes.Select(c => double.IsNaN(c.PValue) ? 1 : c.PValue)]);
        return [.. changes.Select((c, i) => double.IsNaN(c.PValue) ? c : c with { AdjustedP = adjusted[i] })];
    }

    private static MetricChange Change(
        ResultSet results,
        string variant,
        int metric,
        (ResultSet Results, int Variant, string Name) twin,
        Looking looking,
        double level
    )
    {
        var definition = results.Plan.Metrics[metric];
        var index = results.Plan.VariantOf(variant);
        var pairs = Sample.OfPairs(results, index, metric, twin.Results, twin.Variant);
        var inference = MeanInference.OfDifferences(pairs, looking);
        var difference = inference.AtLevel(level);
        var theirs = Sample.Of(twin.Results, twin.Variant, twin.Results.Plan.MetricOf(definition.Name));
        double[] finite = [.. pairs.Differences().Where(double.IsFinite)];
        var (correlation, ratio) = Pairing(pairs);
        var p = inference.HasInterval ? inference.PValue(0) : double.NaN;
        return new MetricChange(
            definition,
            variant,
            twin.Name,
            MeanInference.Of(Sample.Of(results, index, metric), looking).AtLevel(level),
            MeanInference.Of(theirs, looking).AtLevel(level),
            difference,
            DirectionOf(definition, difference.Interval),
            p,
            p,
            SignedRanks.HodgesLehmann(finite),
            SignedRanks.Wilcoxon(finite),
            correlation,
            ratio
        );
    }

    private static ChangeDirection DirectionOf(MetricDefinition metric, Interval interval)
    {
        if (metric.Direction == MetricDirection.Neutral || !interval.IsDefined || interval.Contains(0))
            return ChangeDirection.Unclear;
        return WorstValue.Worsening(metric, interval.Low) > 0 ? ChangeDirection.Worse : ChangeDirection.Better;
    }

    private static (double Correlation, double VarianceRatio) Pairing(Sample pairs)
    {
        var both = pairs
            .Values.Zip(pairs.Baseline)
            .Where(p => double.IsFinite(p.First) && double.IsFinite(p.Second))
            .ToArray();
        if (both.Length < 2)
            return (double.NaN, double.NaN);
        double ma = both.Average(p => p.First),
            mb = both.Average(p => p.Second);
        double aa = 0,
            bb = 0,
            ab = 0;
        foreach (var (a, b) in both)
        {
            aa += (a - ma) * (a - ma);
            bb += (b - mb) * (b - mb);
            ab += (a - ma) * (b - mb);
        }

        return (
            aa > 0 && bb > 0 ? ab / Math.Sqrt(aa * bb) : double.NaN,
            aa + bb > 0 ? (aa + bb - (2 * ab)) / (aa + bb) : double.NaN
        );
    }
}
