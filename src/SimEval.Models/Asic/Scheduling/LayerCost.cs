using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Programs;

namespace SimEval.Models.Asic.Scheduling;

/// <summary>How a product is cut so that its parts fit on-chip memory.</summary>
/// <param name="M">Rows of activations of one part.</param>
/// <param name="K">Terms of one part.</param>
/// <param name="N">Columns of one part.</param>
public sealed record Tile(long M, long K, long N);

/// <summary>One instruction in a schedule.</summary>
public sealed record LayerCost
{
    /// <summary>Name of what it gives.</summary>
    public required string Name { get; init; }

    /// <summary>The instruction: "asic.MatMul".</summary>
    public required string Operator { get; init; }

    /// <summary>The unit it runs on.</summary>
    public required Unit Unit { get; init; }

    /// <summary>Its products; null when it has none.</summary>
    public MatrixWork? Product { get; init; }

    /// <summary>The dataflow chosen for them.</summary>
    public ArrayDataflow? Flow { get; init; }

    /// <summary>How they are cut.</summary>
    public Tile? Tile { get; init; }

    /// <summary>Scalar operations of the vector unit.</summary>
    public long Operations { get; init; }

    /// <summary>Cycles of its unit.</summary>
    public required long ComputeCycles { get; init; }

    /// <summary>Bytes to and from on-chip memory.</summary>
    public required long SramBytes { get; init; }

    /// <summary>Bytes to and from DRAM or the host.</summary>
    public required long DramBytes { get; init; }

    /// <summary>Cycles until it has ended: those of its unit or those of its DRAM traffic, which run at the same time.</summary>
    public required long Cycles { get; init; }

    /// <summary>Energy in picojoules.</summary>
    public required double EnergyPj { get; init; }

    /// <summary>Multiply-accumulates.</summary>
    public long Macs => Product?.Macs ?? 0;
}

/// <summary>What one forward of a program costs a board.</summary>
/// <param name="Board">The board.</param>
/// <param name="Batch">Frames of the forward.</param>
/// <param name="Layers">Instructions in order; they run one after another.</param>
/// <param name="WeightBytes">Bytes of all constants.</param>
/// <param name="PeakActivationBytes">Most bytes of values that are needed at the same time.</param>
/// <param name="WeightsResident">Whether all constants stay on the chip between forwards.</param>
public sealed record Schedule(
    Board Board,
    int Batch,
    IReadOnlyList<LayerCost> Layers,
    long WeightBytes,
    long PeakActivationBytes,
    bool WeightsResident
)
{
    /// <summary>Cycles of the forward.</summary>
    public long Cycles => Layers.Sum(layer => layer.Cycles);

    /// <summary>Seconds of the forward.</summary>
    public double Seconds => Cycles / Board.ClockHz;

    /// <summary>Energy of the forward in picojoules.</summary>
    public double EnergyPj => Layers.Sum(layer => layer.EnergyPj);

    /// <summary>Multiply-accumulates of the forward.</summary>
    public long Macs => Layers.Sum(layer => layer.Macs);

    /// <summary>Bytes to and from DRAM or the host.</summary>
    public long DramBytes => Layers.Sum(layer => layer.DramBytes);

    /// <summary>Share of the array's multiply-accumulates that were used, of all cycles.</summary>
    public double Utilisation => Cycles == 0 ? 0 : Macs / ((double)Cycles * Board.Rows * Board.Columns);
}
