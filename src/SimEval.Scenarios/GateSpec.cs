namespace SimEval.Scenarios;

/// <summary>What a gate demands.</summary>
public enum GateKind
{
    /// <summary>The metric's value is at most the threshold.</summary>
    AtMost,

    /// <summary>The metric's value is at least the threshold.</summary>
    AtLeast,

    /// <summary>Paired with the baseline, the metric is worse by less than the threshold (non-inferiority).</summary>
    NoWorseBy,
}

/// <summary>How a gate folds its metric over rollouts.</summary>
public enum GateStatistic
{
    /// <summary>The mean; of a yes-or-no metric this is the rate.</summary>
    Mean,

    /// <summary>The median.</summary>
    P50,

    /// <summary>The 5th percentile.</summary>
    P05,

    /// <summary>The 95th percentile.</summary>
    P95,

    /// <summary>The 99th percentile.</summary>
    P99,
}

/// <summary>One gate of the file.</summary>
/// <param name="Metric">Name in the metric registry.</param>
/// <param name="Kind">What is demanded.</param>
/// <param name="Threshold">In the metric's unit; a margin for <see cref="GateKind.NoWorseBy"/> (at least 0).</param>
/// <param name="Statistic">The fold.</param>
/// <param name="Variants">The variants it judges; empty: every variant but the baseline and built-in ones (all, if that leaves none).</param>
/// <param name="Confidence">Two-sided confidence level of the interval that decides, in (0.5, 1).</param>
/// <param name="MinValid">Least share of rollouts that must have ended without an infrastructure error.</param>
/// <param name="Path">JSON path in the file.</param>
public sealed record GateSpec(
    string Metric,
    GateKind Kind,
    double Threshold,
    GateStatistic Statistic,
    IReadOnlyList<string> Variants,
    double Confidence,
    double MinValid,
    string Path
);
