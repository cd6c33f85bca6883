namespace SimEval.Metrics.Layers;

/// <summary>How far one value inside a model departs from the same value of another build, over all frames compared.</summary>
/// <param name="Name">The value's name in the reference.</param>
/// <param name="SqnrDb">
/// Signal to quantization noise in dB: 10 log10(sum a^2 / sum (a - b)^2), a the reference. Positive infinity where no element
/// differs; negative infinity where one is NaN or infinite and the other is not, or where the shapes differ.
/// </param>
/// <param name="MaxError">Greatest |a - b|; infinite as above.</param>
/// <param name="Elements">Elements compared.</param>
public sealed record LayerDifference(string Name, double SqnrDb, double MaxError, long Elements)
{
    /// <summary>How many of them differ.</summary>
    public long Differing { get; init; }

    /// <summary>Frames that gave the value.</summary>
    public int Frames { get; init; }

    /// <summary>Frames in which some element differs.</summary>
    public int DifferingFrames { get; init; }

    /// <summary>Whether the value is an output of the reference.</summary>
    public bool IsOutput { get; init; }

    /// <summary>
    /// Whether looking at the value changed what a build gives, so that it may differ here and not in the build as it runs: it
    /// is no departure then.
    /// </summary>
    public bool IsDisturbed { get; init; }

    /// <summary>Whether it tells of a departure.</summary>
    public bool IsDeparture => !IsEqual && !IsDisturbed;

    /// <summary>Whether no element differs (NaN equals NaN, zeros of either sign are equal).</summary>
    public bool IsEqual => MaxError == 0;
}

/// <summary>Where a build departs from its parent.</summary>
/// <param name="Layers">Differences in the reference's topological order.</param>
public sealed record LayerReport(IReadOnlyList<LayerDifference> Layers)
{
    /// <summary>Whether no layer departs.</summary>
    public bool IsEqual => FirstDeparture is null;

    /// <summary>The first layer that departs; null: none does.</summary>
    public string? FirstDeparture => Layers.FirstOrDefault(layer => layer.IsDeparture)?.Name;

    /// <summary>Whether looking inside a build changed what it gives, so that outputs alone are compared.</summary>
    public bool IsDisturbed => Layers.Any(layer => layer.IsDisturbed);
}
