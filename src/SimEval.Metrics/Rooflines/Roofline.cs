namespace SimEval.Metrics.Rooflines;

/// <summary>What a layer waits for.</summary>
public enum RooflineBound
{
    /// <summary>Arithmetic: the array that multiplies.</summary>
    Compute,

    /// <summary>Arithmetic: the unit for everything that is no product.</summary>
    Vector,

    /// <summary>Bytes to and from memory.</summary>
    Memory,
}

/// <summary>Where one layer stands under its device's roof (Williams, Waterman, Patterson, CACM 52(4), 2009).</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="Operator">Its operator.</param>
/// <param name="Macs">Multiply-adds in a batch.</param>
/// <param name="Bytes">Bytes to and from memory in a batch; 0 where everything is on the chip.</param>
/// <param name="Seconds">The time of a batch.</param>
/// <param name="Bound">What it waits for.</param>
public sealed record RooflineLayer(
    string Name,
    string Operator,
    long Macs,
    long Bytes,
    double Seconds,
    RooflineBound Bound
)
{
    /// <summary>Multiply-adds a byte; infinite where no byte leaves the chip, 0 where nothing is multiplied.</summary>
    public double MacsPerByte => Macs == 0 ? 0 : (double)Macs / Bytes;

    /// <summary>Operations a second, two a multiply-add; 0 where the layer takes no time.</summary>
    public double AttainedOpsPerSecond => Seconds == 0 ? 0 : 2.0 * Macs / Seconds;
}

/// <summary>A model under the roof of one device.</summary>
/// <param name="Device">"asic/g2".</param>
/// <param name="Batch">Frames that pass at once.</param>
/// <param name="PeakOpsPerSecond">The flat part of the roof: operations a second, two a multiply-add.</param>
/// <param name="BytesPerSecond">The sloped part: bytes a second of memory.</param>
/// <param name="Layers">Layers in order.</param>
public sealed record Roofline(
    string Device,
    int Batch,
    double PeakOpsPerSecond,
    double BytesPerSecond,
    IReadOnlyList<RooflineLayer> Layers
)
{
    /// <summary>Multiply-adds a byte where the two parts meet.</summary>
    public double RidgeMacsPerByte => PeakOpsPerSecond / 2 / BytesPerSecond;

    /// <summary>The time of a batch.</summary>
    public double Seconds => Layers.Sum(layer => layer.Seconds);

    /// <summary>The roof above an intensity: the lesser of both parts.</summary>
    public double AttainableOpsPerSecond(double macsPerByte) =>
        Math.Min(PeakOpsPerSecond, 2 * macsPerByte * BytesPerSecond);
}
