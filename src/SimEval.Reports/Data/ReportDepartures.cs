namespace SimEval.Reports.Data;

/// <summary>Where a variant departs from another that it is a build of, on frames that the run recorded.</summary>
public sealed record ReportBuild
{
    /// <summary>Index of the build.</summary>
    public required int Variant { get; init; }

    /// <summary>Index of what it is compared with.</summary>
    public required int Parent { get; init; }

    /// <summary>
    /// What was found, or why nothing was: sentences. "" where it departs just as a variant does that it equals bit for bit,
    /// which its comparison with that one says.
    /// </summary>
    public required string Text { get; init; }

    /// <summary>Whether it was compared.</summary>
    public required bool Compared { get; init; }

    /// <summary>
    /// Whether its bars are worth a picture: it departs, and not just as an earlier variant does that it equals bit for bit.
    /// </summary>
    public required bool Drawn { get; init; }

    /// <summary>Index in <see cref="Layers"/> of the first that differs; -1: none does.</summary>
    public required int First { get; init; }

    /// <summary>Every layer in the parent's topological order.</summary>
    public required IReadOnlyList<ReportLayer> Layers { get; init; }
}

/// <summary>One layer in both builds.</summary>
/// <param name="Name">Its name in the parent.</param>
/// <param name="Equal">Whether no element differs.</param>
/// <param name="SqnrDb">Signal to quantization noise, dB; NaN where it is equal or has no measure.</param>
/// <param name="MaxError">Greatest absolute error; NaN where it has no measure (NaN or shapes differ).</param>
/// <param name="Differing">Share of elements that differ.</param>
/// <param name="Frames">Frames compared.</param>
/// <param name="DifferingFrames">Frames in which some element differs.</param>
/// <param name="IsOutput">Whether it is an output of the model.</param>
public sealed record ReportLayer(
    string Name,
    bool Equal,
    double SqnrDb,
    double MaxError,
    double Differing,
    int Frames,
    int DifferingFrames,
    bool IsOutput
);

/// <summary>One model variant of the run beside the others: what it costs, and how far its actions are from its parent's.</summary>
/// <param name="Variant">Its index.</param>
/// <param name="Bytes">Size of its file; 0 where that is not known.</param>
/// <param name="ModelledMicroseconds">The time of a frame by its device's cost model; NaN where the device has none.</param>
/// <param name="First">The first layer that departs from its parent; null: none does, or none was compared.</param>
/// <param name="OutputEqual">Whether its outputs are its parent's bit for bit.</param>
/// <param name="OutputSqnrDb">The least SQNR of its outputs, dB; NaN where they are equal, or were not compared.</param>
public sealed record ReportModel(
    int Variant,
    long Bytes,
    double ModelledMicroseconds,
    string? First,
    bool OutputEqual,
    double OutputSqnrDb
);
