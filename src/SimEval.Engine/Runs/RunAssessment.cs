using SimEval.Metrics.Gates;

namespace SimEval.Engine.Runs;

/// <summary>How long a stage of a frame took, under batching, on the machine that ran it, in microseconds.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Stage">"waiting", "forward", "handing over", or "whole": the means of the first three sum to the whole's.</param>
/// <param name="MeanBatch">Mean frames of a forward.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Frames">Frames measured.</param>
/// <param name="P50">Median.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Maximum">Greatest.</param>
public sealed record VariantLatency(
    string Variant,
    string Stage,
    long Frames,
    double MeanBatch,
    double Mean,
    double P50,
    double P90,
    double P99,
    double Maximum
);

/// <summary>What a model variant is, as a run found it.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="ModelHash">SHA-256 of the file; "" for a built-in policy.</param>
/// <param name="Numerics">The class within which its bits hold.</param>
/// <param name="Finding">What the probe found, in a sentence; "" for a built-in policy.</param>
public sealed record VariantProvenance(string Variant, string ModelHash, string Numerics, string Finding)
{
    /// <summary>SHA-256 of the data file of the board it runs on; "" where the board ships, or there is none.</summary>
    public string BoardHash { get; init; } = "";

    /// <summary>The time of a frame by its device's cost model, in microseconds; null where the device has none.</summary>
    public double? ModelledMicroseconds { get; init; }
}

/// <summary>
/// What is kept of a run's end beside its results: the judgement, and what only the process that ran it could measure.
/// </summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Gates">Every gate, judged.</param>
/// <param name="Pairs">Pairs of the fixed order that count.</param>
/// <param name="Look">The look at which it stopped, from 1; 0: it ran to the end.</param>
/// <param name="Looks">Declared looks, the end included.</param>
/// <param name="EndedByWallTime">Whether the budget of wall time ended it.</param>
/// <param name="Discarded">Rollouts that ended past the stop.</param>
/// <param name="WallSeconds">Wall time of the process that ended it.</param>
/// <param name="SteppedFrames">Frames which that process stepped.</param>
/// <param name="Latency">Latencies, by variant with a model.</param>
/// <param name="Variants">Provenance of the variants.</param>
/// <param name="Machine">The machine, in words.</param>
public sealed record RunAssessment(
    Verdict Verdict,
    IReadOnlyList<GateResult> Gates,
    int Pairs,
    int Look,
    int Looks,
    bool EndedByWallTime,
    int Discarded,
    double WallSeconds,
    long SteppedFrames,
    IReadOnlyList<VariantLatency> Latency,
    IReadOnlyList<VariantProvenance> Variants,
    string Machine
)
{
    /// <summary>Frames a second of the process that ended it.</summary>
    public double FramesPerSecond => WallSeconds > 0 ? SteppedFrames / WallSeconds : 0;
}
