using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Results;
using SimEval.Scenarios;

namespace SimEval.Metrics.Gates;

/// <summary>One gate, judged on one variant: everything that a reader needs to check the verdict.</summary>
public sealed record GateResult
{
    /// <summary>What was demanded.</summary>
    public required GateSpec Gate { get; init; }

    /// <summary>Its metric.</summary>
    public required MetricDefinition Metric { get; init; }

    /// <summary>The variant that is judged.</summary>
    public required string Variant { get; init; }

    /// <summary>What it is compared with, as a reader knows it ("fp32", "int8 of run 12"); null for an absolute gate.</summary>
    public required string? Baseline { get; init; }

    /// <summary>Whether the baseline is a variant of this run.</summary>
    public required bool BaselineInRun { get; init; }

    /// <summary>The judged variant's value, with its own interval at the gate's confidence.</summary>
    public required Estimate Value { get; init; }

    /// <summary>The baseline's value; null for an absolute gate, or where there is no baseline.</summary>
    public required Estimate? BaselineValue { get; init; }

    /// <summary>
    /// What decides: the paired difference (variant minus baseline), or the value itself, with the interval that decides. That
    /// interval is as wide as the correction for several gates asks, so that it and the verdict always agree.
    /// </summary>
    public required Estimate Decides { get; init; }

    /// <summary>The same with the interval at the gate's own confidence, before the correction for several gates.</summary>
    public required Estimate Uncorrected { get; init; }

    /// <summary>Whether <see cref="Decides"/> is a difference.</summary>
    public required bool IsDifference { get; init; }

    /// <summary>The line, on the scale of <see cref="Decides"/>.</summary>
    public required double Line { get; init; }

    /// <summary>Whether values above the line are the forbidden ones; else those below it.</summary>
    public required bool ForbiddenAbove { get; init; }

    /// <summary>Two-sided p-value of "the truth lies on the line"; NaN when there is none.</summary>
    public required double PValue { get; init; }

    /// <summary>The same after Holm's correction over all gates and variants; NaN when there is none.</summary>
    public required double AdjustedP { get; init; }

    /// <summary>Gates times variants that were corrected for.</summary>
    public required int Tests { get; init; }

    /// <summary>Outcomes of the judged variant.</summary>
    public required OutcomeCounts Outcomes { get; init; }

    /// <summary>Outcomes of the baseline; null for an absolute gate.</summary>
    public required OutcomeCounts? BaselineOutcomes { get; init; }

    /// <summary>The verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why, in one plain sentence.</summary>
    public required string Reason { get; init; }
}
