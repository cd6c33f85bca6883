using SimEval.Metrics;
using SimEval.Metrics.Comparisons;
using SimEval.Reports.Data;

namespace SimEval.Reports.Build;

/// <summary>Every metric of every variant, and what changed against the baseline, as the page has them.</summary>
internal static class MeasuredMetrics
{
    /// <summary>Means with intervals, metric by metric, one per variant.</summary>
    public static IReadOnlyList<ReportMetric> Values(ReportInput input)
    {
        var values = MetricTable.Values(input.Results, input.Looking);
        return
        [
            .. input.Results.Plan.Metrics.Select(
                (metric, i) =>
                    new ReportMetric(
                        metric.Name,
                        metric.Title,
                        metric.Unit,
                        ScaleOf(metric),
                        DirectionOf(metric),
                        metric.Source,
                        metric.Description,
                        [.. values[i].Select(Estimated)]
                    )
            ),
        ];
    }

    /// <summary>
    /// Differences of the candidates from the baseline: what gates judge first, then yes or no (collisions), shares and
    /// quantities, in each the clearest first. A metric without any value is left out.
    /// </summary>
    public static IReadOnlyList<ReportChange> Changes(ReportInput input, IReadOnlyCollection<int> candidates)
    {
        var plan = input.Results.Plan;
        var gated = input.Gates.Select(gate => plan.MetricOf(gate.Metric.Name)).ToHashSet();
        var changes = MetricTable
            .Changes(input.Results, input.Baseline, input.Looking)
            .Where(c => !double.IsNaN(c.Difference.Value) && candidates.Contains(plan.VariantOf(c.Variant)))
            .Select(c => new ReportChange(
                plan.MetricOf(c.Metric.Name),
                plan.VariantOf(c.Variant),
                c.Baseline,
                c.BaselineValue.Value,
                c.Value.Value,
                Estimated(c.Difference),
                c.Direction.ToString().ToLowerInvariant(),
                c.AdjustedP,
                c.Difference.Method
            ));
        return
        [
            .. changes
                .GroupBy(c => c with { Variant = -1 })
                .Select(alike => alike.First() with { Also = [.. alike.Skip(1).Select(c => c.Variant)] })
                .OrderBy(c => gated.Contains(c.Metric) ? 0 : 1)
                .ThenBy(c => plan.Metrics[c.Metric].Scale)
                .ThenByDescending(c => Clarity(c.Difference)),
        ];
    }

    /// <summary>"binary", "share" or "real".</summary>
    public static string ScaleOf(MetricDefinition metric) =>
        metric.Scale switch
        {
            MetricScale.Binary => "binary",
            MetricScale.Share => "share",
            _ => "real",
        };

    /// <summary>"lower", "higher" or "neutral".</summary>
    public static string DirectionOf(MetricDefinition metric) =>
        metric.Direction switch
        {
            MetricDirection.LowerIsBetter => "lower",
            MetricDirection.HigherIsBetter => "higher",
            _ => "neutral",
        };

    /// <summary>An estimate as the page has it.</summary>
    public static ReportEstimate Estimated(Estimate estimate) =>
        new(estimate.Value, estimate.Interval.Low, estimate.Interval.High, estimate.Count, estimate.Effective);

    // How many half-widths the difference lies away from zero.
    private static double Clarity(ReportEstimate difference)
    {
        var half = (difference.High - difference.Low) / 2;
        return half > 0 ? Math.Abs(difference.Value) / half : 0;
    }
}
