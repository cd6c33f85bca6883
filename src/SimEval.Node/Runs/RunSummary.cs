using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;

namespace SimEval.Node.Runs;

/// <summary>One gate of one variant, as the terminal and --json show it.</summary>
/// <param name="Metric">"collision.atFault".</param>
/// <param name="Variant">The variant that is judged.</param>
/// <param name="Baseline">What it is compared with; null for an absolute gate.</param>
/// <param name="Kind">"atMost", "atLeast" or "noWorseBy".</param>
/// <param name="Threshold">In the metric's unit.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Value">The variant's value.</param>
/// <param name="BaselineValue">The baseline's value; NaN for an absolute gate.</param>
/// <param name="Decides">What decides, with the interval that decides: the difference, or the value itself.</param>
/// <param name="Shown">How the metric is written.</param>
/// <param name="Reason">Why, in one plain sentence.</param>
public sealed record GateSummary(
    string Metric,
    string Variant,
    string? Baseline,
    string Kind,
    double Threshold,
    Verdict Verdict,
    double Value,
    double BaselineValue,
    ShownEstimate Decides,
    ShownMetric Shown,
    string Reason
);

/// <summary>A run at rest: what `run`, `resume` and `status` print, as lines or as one JSON object.</summary>
public sealed record RunSummary
{
    /// <summary>Run id: "cut-in-3".</summary>
    public required string Run { get; init; }

    /// <summary>The scenario's name.</summary>
    public required string Scenario { get; init; }

    /// <summary>"finished", "interrupted" or "running" (by another process).</summary>
    public required string State { get; init; }

    /// <summary>The verdict; null while the run is unfinished.</summary>
    public required Verdict? Verdict { get; init; }

    /// <summary>The answer in one sentence: "Not fit to ship: int8 collides more than fp32 (+2.2 points, ...)".</summary>
    public required string Sentence { get; init; }

    /// <summary>Gates, failures first.</summary>
    public required IReadOnlyList<GateSummary> Gates { get; init; }

    /// <summary>Rollouts by class.</summary>
    public required OutcomeCounts Rollouts { get; init; }

    /// <summary>Frames of all counted rollouts.</summary>
    public required long Frames { get; init; }

    /// <summary>Frames a second of wall time.</summary>
    public required double FramesPerSecond { get; init; }

    /// <summary>Hash over every counted rollout; "" while the run is unfinished.</summary>
    public required string ResultsHash { get; init; }

    /// <summary>Path of the report; null when there is none.</summary>
    public required string? Report { get; init; }

    /// <summary>Why it stopped: "complete", "look 3 of 5", "wall time"; "" while the run is unfinished.</summary>
    public string StopReason { get; init; } = "";

    /// <summary>Whether the wall time ended it: Inconclusive, and no promise of an equal hash.</summary>
    public bool TimedOut { get; init; }

    /// <summary>The worst rollout, with what happened: "int8/gap=9,speed=30/7", "hits at 4.6 s"; null when none stands out.</summary>
    public (string Rollout, string What)? Worst { get; init; }
}
