namespace SimEval.Metrics.Rooflines;

/// <summary>What a layer runs into.</summary>
public enum RoofKind
{
    /// <summary>The unit's operations per second.</summary>
    Compute,

    /// <summary>Bytes per second.</summary>
    Memory,
}

/// <summary>Where one layer stands (Williams, Waterman and Patterson, 2009).</summary>
/// <param name="Name">The layer.</param>
/// <param name="Unit">The unit it runs on: "array", "vector".</param>
/// <param name="Operations">Operations: multiply-accumulates of the array, scalar operations of the vector unit.</param>
/// <param name="Bytes">Bytes to and from memory outside the chip.</param>
/// <param name="Attained">Operations per second that it attains.</param>
/// <param name="Peak">Most operations per second of its unit.</param>
/// <param name="BytesPerSecond">Most bytes per second.</param>
public sealed record RooflinePoint(
    string Name,
    string Unit,
    double Operations,
    double Bytes,
    double Attained,
    double Peak,
    double BytesPerSecond
)
{
    /// <summary>Operations per byte; infinite for a layer that stays on the chip.</summary>
    public double Intensity => Bytes > 0 ? Operations / Bytes : double.PositiveInfinity;

    /// <summary>Most operations per second that its intensity allows.</summary>
    public double Roof => Math.Min(Peak, Intensity * BytesPerSecond);

    /// <summary>What the roof is made of.</summary>
    public RoofKind Kind => Intensity * BytesPerSecond < Peak ? RoofKind.Memory : RoofKind.Compute;

    /// <summary>Share of the roof that it attains, 0 to 1.</summary>
    public double Share => Roof > 0 ? Attained / Roof : 0;
}

/// <summary>The layers of a model on a device, in order.</summary>
/// <param name="Device">The device class.</param>
/// <param name="Peak">Most multiply-accumulates per second.</param>
/// <param name="BytesPerSecond">Most bytes per second.</param>
/// <param name="Points">Layers that compute.</param>
public sealed record Roofline(string Device, double Peak, double BytesPerSecond, IReadOnlyList<RooflinePoint> Points)
{
    /// <summary>Operations per byte from which on the array, not the memory, is the roof.</summary>
    public double Ridge => Peak / BytesPerSecond;
}
