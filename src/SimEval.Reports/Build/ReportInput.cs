using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Layers;
using SimEval.Metrics.Results;
using SimEval.Reports.Data;
using SimEval.Scenarios;
using SimEval.Scenarios.Replays;

namespace SimEval.Reports.Build;

/// <summary>A finished run, as the page and the exports need it.</summary>
public sealed record ReportInput
{
    /// <summary>The run's id, "cut-in-3".</summary>
    public required string Run { get; init; }

    /// <summary>When it ended, for people: "2026-11-21 10:04 UTC"; null when not known.</summary>
    public string? FinishedAt { get; init; }

    /// <summary>The scenario as run.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>The results that count, over the plan or the prefix of it at which the run stopped.</summary>
    public required ResultSet Results { get; init; }

    /// <summary>What variants are compared with.</summary>
    public required BaselineSource Baseline { get; init; }

    /// <summary>How the results were looked at.</summary>
    public required Looking Looking { get; init; }

    /// <summary>All gates, judged.</summary>
    public required IReadOnlyList<GateResult> Gates { get; init; }

    /// <summary>The run's verdict.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The look that ended it; null without gates.</summary>
    public StopDecision? Stop { get; init; }

    /// <summary>
    /// Pairs that were planned before anything stopped the run, where the results are over a prefix of them; 0: they are over all.
    /// </summary>
    public int PlannedPairs { get; init; }

    /// <summary>Rollouts that ran past the stop, where the results do not hold them.</summary>
    public int Discarded { get; init; }

    /// <summary>Whether the budget of wall time ended it.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Wall time of the run.</summary>
    public required TimeSpan WallTime { get; init; }

    /// <summary>Frames stepped, of counted rollouts.</summary>
    public required long Frames { get; init; }

    /// <summary>Hash over the counted results.</summary>
    public required string ResultsHash { get; init; }

    /// <summary>
    /// The scene of a rollout, replayed from its recorded actions; null when it can't be had. Asked for those of
    /// <see cref="ReportBuilder.Wanted"/> only, in that order, until the file is full.
    /// </summary>
    public required Func<RolloutKey, Scene?> Replay { get; init; }

    /// <summary>The command that replays a rollout.</summary>
    public Func<RolloutKey, string> ReplayCommand { get; init; } = key => $"simeval replay {key} --html";

    /// <summary>Latency of inference on this machine, variant by variant.</summary>
    public IReadOnlyList<LatencyMeasure> Latency { get; init; } = [];

    /// <summary>What is known of the variants' model files.</summary>
    public IReadOnlyList<ModelFact> Models { get; init; } = [];

    /// <summary>Where builds depart from what they are builds of, layer by layer.</summary>
    public IReadOnlyList<BuildDeparture> Departures { get; init; } = [];

    /// <summary>Hashes, versions and seeds besides those of the scenario and the results.</summary>
    public IReadOnlyList<ReportSetting> Provenance { get; init; } = [];

    /// <summary>The one command that reproduces the run.</summary>
    public required string Reproduce { get; init; }

    /// <summary>What a reader must know: a model that ran at batch 1, a baseline of another numerics class.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>One variant's model file.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="ModelledMicroseconds">The time of a frame by its device's cost model; NaN where the device has none.</param>
public sealed record ModelFact(string Variant, long Bytes, double ModelledMicroseconds);

/// <summary>Latency of inference of one variant on this machine, under batching.</summary>
/// <param name="Variant">Its name.</param>
/// <param name="Title">"one batch of up to 64 frames".</param>
/// <param name="Percentiles">Percentiles in microseconds.</param>
/// <param name="Count">Frames measured.</param>
/// <param name="MeanBatch">Mean frames a batch; NaN when not known.</param>
public sealed record LatencyMeasure(
    string Variant,
    string Title,
    IReadOnlyList<ReportPercentile> Percentiles,
    long Count,
    double MeanBatch
);
