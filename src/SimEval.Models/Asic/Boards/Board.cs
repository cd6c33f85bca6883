namespace SimEval.Models.Asic.Boards;

/// <summary>Which operand of a product stays in the array while the others move through it.</summary>
public enum ArrayDataflow
{
    /// <summary>Weights stay.</summary>
    WeightStationary,

    /// <summary>Activations stay.</summary>
    InputStationary,

    /// <summary>Sums stay.</summary>
    OutputStationary,
}

/// <summary>Energy of single events, in picojoules.</summary>
/// <param name="Mac">One 8-bit multiply-accumulate.</param>
/// <param name="Vector">One operation of the vector unit.</param>
/// <param name="SramByte">One byte to or from on-chip memory.</param>
/// <param name="DramByte">One byte to or from DRAM.</param>
public sealed record EnergyTable(double Mac, double Vector, double SramByte, double DramByte);

/// <summary>A board generation, as its data file describes it.</summary>
public sealed record Board
{
    /// <summary>"g2"; its device class is "asic/g2".</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a line.</summary>
    public required string Title { get; init; }

    /// <summary>Rows of the array: terms of a sum that are added at once (weights stay).</summary>
    public required int Rows { get; init; }

    /// <summary>Columns of the array.</summary>
    public required int Columns { get; init; }

    /// <summary>Dataflows that the array can work in.</summary>
    public required IReadOnlyList<ArrayDataflow> Dataflows { get; init; }

    /// <summary>Cycles per second.</summary>
    public required double ClockHz { get; init; }

    /// <summary>On-chip memory for weights and activations, in bytes.</summary>
    public required long SramBytes { get; init; }

    /// <summary>Bytes to or from DRAM (or the host, where there is none) per second.</summary>
    public required double DramBytesPerSecond { get; init; }

    /// <summary>Whether weights may come from DRAM at each forward; else all stay on the chip.</summary>
    public required bool StreamsWeights { get; init; }

    /// <summary>Operations of the vector unit per cycle.</summary>
    public required int VectorLanes { get; init; }

    /// <summary>Bytes that the move engine moves per cycle.</summary>
    public required int MoveBytesPerCycle { get; init; }

    /// <summary>Energy.</summary>
    public required EnergyTable Energy { get; init; }

    /// <summary>Instructions that it has, by name.</summary>
    public required IReadOnlySet<string> Operators { get; init; }

    /// <summary>"asic/g2".</summary>
    public string DeviceClass => $"asic/{Name}";

    /// <summary>Most multiply-accumulates per second.</summary>
    public double PeakMacs => Rows * (double)Columns * ClockHz;

    /// <summary>Bytes of DRAM per cycle.</summary>
    public double DramBytesPerCycle => DramBytesPerSecond / ClockHz;
}
