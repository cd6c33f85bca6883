using SimEval.Devices.Sessions;

namespace SimEval.Devices.Probing;

/// <summary>
/// Inference's bits hold within a numerics class: machines of one class give the same outputs for the same inputs.
/// </summary>
/// <param name="InstructionSet">What the kernels are chosen by: "avx512-vnni", "avx2", ...</param>
/// <param name="Runtime">Name and version: "onnxruntime 1.30.0".</param>
/// <param name="ProbeHash">Hash of the outputs of fixed probe rows at batch 1.</param>
public sealed record NumericsClass(string InstructionSet, string Runtime, string ProbeHash)
{
    /// <summary>"avx512-vnni/onnxruntime 1.30.0/8f14e45fceea167a".</summary>
    public override string ToString() => $"{InstructionSet}/{Runtime}/{ProbeHash}";
}

/// <summary>Whether a model's bits depend on the batch, found by running it.</summary>
/// <param name="BatchSizes">
/// Batch sizes, ascending, at which every row at every position equalled batch 1 bit for bit. Only these are ever run; 1 is
/// always among them.
/// </param>
/// <param name="MaximumBatch">The batch size asked for.</param>
/// <param name="BatchInvariant">Whether every size up to <paramref name="MaximumBatch"/> that was tried was equal.</param>
/// <param name="Numerics">The class within which the bits hold.</param>
/// <param name="Finding">One sentence for the report.</param>
/// <param name="Elapsed">Time the probe took.</param>
public sealed record ProbeReport(
    IReadOnlyList<int> BatchSizes,
    int MaximumBatch,
    bool BatchInvariant,
    NumericsClass Numerics,
    string Finding,
    TimeSpan Elapsed
)
{
    /// <summary>
    /// Whether a forward of fewer rows is filled up to the next of <see cref="BatchSizes"/>, as where every size costs a graph of
    /// its own; else it is cut into such sizes.
    /// </summary>
    public bool RoundsUp { get; init; }

    /// <summary>How a session of so many slots cuts them into forwards.</summary>
    public BatchBuckets BucketsFor(int slots) => new(slots, BatchSizes, RoundsUp);

    /// <summary>Whether its 8-bit products are those of the integers; null where it has none, or the device has no other kind.</summary>
    public bool? Int8Exact { get; init; }
}
