using SimEval.Metrics.Statistics;

namespace SimEval.Metrics.Comparisons;

/// <summary>An estimate in the metric's unit, with its interval and how it was made.</summary>
/// <param name="Value">NaN when no rollout has a value.</param>
/// <param name="Interval">Undefined when the data give none.</param>
/// <param name="Level">Two-sided confidence level of the interval, 0.95.</param>
/// <param name="Count">Rollouts (or pairs) behind it.</param>
/// <param name="Effective">How many independent ones they are worth.</param>
/// <param name="Clusters">Points or files they come from.</param>
/// <param name="Missing">Rollouts (or pairs) that ran but have no value of this metric.</param>
/// <param name="Method">The interval's method, in words.</param>
public sealed record Estimate(
    double Value,
    Interval Interval,
    double Level,
    int Count,
    double Effective,
    int Clusters,
    int Missing,
    string Method
);
