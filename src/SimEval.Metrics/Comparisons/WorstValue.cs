namespace SimEval.Metrics.Comparisons;

/// <summary>
/// What a rollout that the model failed counts as, so that a crash can never help a model: the worst value of the metric. Of
/// bounded metrics that is 0 or 1; of others an infinity, which percentiles rank and means can't hold (see Gates). A neutral
/// metric has no worst value: NaN.
/// </summary>
public static class WorstValue
{
    /// <summary>The worst value.</summary>
    public static double Of(MetricDefinition metric) =>
        (metric.Direction, metric.Scale) switch
        {
            (MetricDirection.Neutral, _) => double.NaN,
            (MetricDirection.LowerIsBetter, MetricScale.Real) => double.PositiveInfinity,
            (MetricDirection.LowerIsBetter, _) => 1,
            (_, MetricScale.Real) => double.NegativeInfinity,
            _ => 0,
        };

    /// <summary>By how much <paramref name="difference"/> (variant minus baseline) is worse; negative: better; 0 for neutral ones.</summary>
    public static double Worsening(MetricDefinition metric, double difference) =>
        metric.Direction switch
        {
            MetricDirection.LowerIsBetter => difference,
            MetricDirection.HigherIsBetter => -difference,
            _ => 0,
        };
}
