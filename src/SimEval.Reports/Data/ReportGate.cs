namespace SimEval.Reports.Data;

/// <summary>One gate of one variant, as it is drawn.</summary>
public sealed record ReportGate
{
    /// <summary>Index of the metric.</summary>
    public required int Metric { get; init; }

    /// <summary>Index of the variant that is judged.</summary>
    public required int Variant { get; init; }

    /// <summary>Index of the variant it is compared with; -1 for an absolute gate or a baseline of another run.</summary>
    public required int Baseline { get; init; }

    /// <summary>Name of what it is compared with ("fp32", "fp32 of run 12"); null for an absolute gate.</summary>
    public required string? BaselineName { get; init; }

    /// <summary>"Pass", "Fail", "Inconclusive" or "Error".</summary>
    public required string Verdict { get; init; }

    /// <summary>"mean", "p95": how the metric is folded.</summary>
    public required string Statistic { get; init; }

    /// <summary>Value of the judged variant.</summary>
    public required ReportEstimate Value { get; init; }

    /// <summary>Value of the baseline; null for an absolute gate.</summary>
    public required ReportEstimate? BaselineValue { get; init; }

    /// <summary>What decides: the difference (against a baseline), or the value itself, with the interval that decides.</summary>
    public required ReportEstimate Decides { get; init; }

    /// <summary>Whether <see cref="Decides"/> is a difference.</summary>
    public required bool IsDifference { get; init; }

    /// <summary>The line, on the scale of <see cref="Decides"/>.</summary>
    public required double Threshold { get; init; }

    /// <summary>"above" or "below": the side of the line that the gate forbids.</summary>
    public required string Forbidden { get; init; }

    /// <summary>Two-sided confidence level of the interval that decides.</summary>
    public required double Confidence { get; init; }

    /// <summary>The gate's own confidence level, before the correction for several questions: 0.95.</summary>
    public required double Nominal { get; init; }

    /// <summary>How many questions (gates times variants) were corrected for.</summary>
    public required int Tests { get; init; }

    /// <summary>p-value; NaN when there is none.</summary>
    public required double PValue { get; init; }

    /// <summary>p-value after the correction for several gates; NaN when there is none.</summary>
    public required double AdjustedP { get; init; }

    /// <summary>The method in words.</summary>
    public required string Method { get; init; }

    /// <summary>Why the verdict is what it is, one sentence.</summary>
    public required string Reason { get; init; }
}

/// <summary>One metric of one variant against its baseline.</summary>
/// <param name="Metric">Index of the metric.</param>
/// <param name="Variant">Index of the variant.</param>
/// <param name="BaselineName">What it is compared with.</param>
/// <param name="BaselineValue">Mean of the baseline.</param>
/// <param name="Value">Mean of the variant.</param>
/// <param name="Difference">Paired difference with its interval.</param>
/// <param name="Direction">"better", "worse" or "unclear" (the interval holds zero, or the metric is neutral).</param>
/// <param name="AdjustedP">p-value of "no difference" after Benjamini and Hochberg; NaN when there is none.</param>
/// <param name="Method">The interval's method, in words.</param>
public sealed record ReportChange(
    int Metric,
    int Variant,
    string BaselineName,
    double BaselineValue,
    double Value,
    ReportEstimate Difference,
    string Direction,
    double AdjustedP,
    string Method
)
{
    /// <summary>Other variants whose every number is the same: builds that are equal bit for bit drive alike.</summary>
    public IReadOnlyList<int> Also { get; init; } = [];
}
