namespace SimEval.Reports.Data;

/// <summary>Where a variant departs from another that it is a build of, on frames that the run recorded.</summary>
public sealed record ReportBuild
{
    /// <summary>Index of the build.</summary>
    public required int Variant { get; init; }

    /// <summary>Index of what it is compared with.</summary>
    public required int Parent { get; init; }

    /// <summary>"int8 departs at trunk.0, the first of 9 layers ...": what was found, or why nothing was. Sentences.</summary>
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
