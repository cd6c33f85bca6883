namespace SimEval.Metrics.Layers;

/// <summary>Where a variant of a run departs from another that it is a build of, over recorded frames of that run.</summary>
/// <param name="Variant">The build.</param>
/// <param name="Parent">What it is compared with; the frames are of this variant's rollouts.</param>
/// <param name="SameFile">Whether both run the same file: then only the device or its options differ.</param>
public sealed record BuildDeparture(string Variant, string Parent, bool SameFile)
{
    /// <summary>Frames compared.</summary>
    public int Frames { get; init; }

    /// <summary>Rollouts that they are from.</summary>
    public int Rollouts { get; init; }

    /// <summary>Whether values inside both models were compared, and not only what they give.</summary>
    public bool HasInnerLayers { get; init; }

    /// <summary>The differences; null where nothing could be compared.</summary>
    public LayerReport? Report { get; init; }

    /// <summary>Why nothing could be compared; null where it was.</summary>
    public string? Reason { get; init; }
}
