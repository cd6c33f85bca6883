using SimEval.Metrics;
using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Reports.Data;
using SimEval.Scenarios;

namespace SimEval.Reports.Build;

/// <summary>Every metric of every variant, and its difference from the baseline, by the methods that gates use.</summary>
internal static class MetricTable
{
    private const double Confidence = 0.95;

    /// <summary>Means with intervals, metric by metric, one per variant.</summary>
    public static IReadOnlyList<ReportMetric> Values(ReportInput input) =>
        input
            .Results.Plan.Metrics.Select(metric => new ReportMetric(
                metric.Name,
                metric.Title,
                metric.Unit,
                Lower(metric.Scale.ToString()),
                metric.Direction switch
                {
                    MetricDirection.LowerIsBetter => "lower",
                    MetricDirection.HigherIsBetter => "higher",
                    _ => "neutral",
                },
                metric.Source,
                metric.Description,
                [
                    .. input.Results.Plan.Variants.Select(variant =>
                        Judge(input, metric, GateKind.AtMost, variant.Name) is { } judged
                            ? Estimated(judged.Value)
                            : Nothing
                    ),
                ]
            ))
            .ToArray();

    /// <summary>Differences of the candidates, the clearest first.</summary>
    public static IReadOnlyList<ReportChange> Changes(ReportInput input, IReadOnlyList<int> candidates)
    {
        var plan = input.Results.Plan;
        var changes = new List<ReportChange>();
        foreach (var variant in candidates)
        {
            for (var metric = 0; metric < plan.Metrics.Count; metric++)
            {
                var judged = Judge(input, plan.Metrics[metric], GateKind.NoWorseBy, plan.Variants[variant].Name);
                if (judged?.Baseline is null || double.IsNaN(judged.Uncorrected.Value))
                    continue;
                changes.Add(
                    new ReportChange(
                        metric,
                        variant,
                        judged.Baseline,
                        judged.BaselineValue?.Value ?? double.NaN,
                        judged.Value.Value,
                        Estimated(judged.Uncorrected),
                        Direction(plan.Metrics[metric], judged.Uncorrected),
                        judged.Uncorrected.Method
                    )
                );
            }
        }

        return [.. changes.OrderByDescending(c => Clarity(c.Difference))];
    }

    /// <summary>An estimate as the page has it.</summary>
    public static ReportEstimate Estimated(Estimate estimate) =>
        new(estimate.Value, estimate.Interval.Low, estimate.Interval.High, estimate.Count, estimate.Effective);

    private static ReportEstimate Nothing => new(double.NaN, double.NaN, double.NaN, 0, 0);

    private static GateResult? Judge(ReportInput input, MetricDefinition metric, GateKind kind, string variant)
    {
        var gate = new GateSpec(metric.Name, kind, 0, GateStatistic.Mean, [variant], Confidence, 0, "");
        var judged = GateEvaluator.Evaluate([gate], input.Results, input.Baseline, input.Looking);
        return judged.Count == 0 ? null : judged[0];
    }

    private static string Direction(MetricDefinition metric, Estimate difference)
    {
        if (
            metric.Direction == MetricDirection.Neutral
            || !difference.Interval.IsDefined
            || difference.Interval.Contains(0)
        )
        {
            return "unclear";
        }

        return difference.Value > 0 == (metric.Direction == MetricDirection.LowerIsBetter) ? "worse" : "better";
    }

    // How many half-widths the difference lies away from zero.
    private static double Clarity(ReportEstimate difference)
    {
        var half = (difference.High - difference.Low) / 2;
        return half > 0 ? Math.Abs(difference.Value) / half : 0;
    }

    private static string Lower(string name) => name.ToLowerInvariant();
}
