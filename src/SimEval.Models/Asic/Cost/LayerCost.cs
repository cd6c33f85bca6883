namespace SimEval.Models.Asic.Cost;

/// <summary>What a layer waits for.</summary>
public enum Bound
{
    /// <summary>The array.</summary>
    Array,

    /// <summary>The vector unit.</summary>
    Vector,

    /// <summary>The memory beside the chip.</summary>
    Memory,
}

/// <summary>
/// What one layer costs on a board, for a whole batch. The next tile is loaded while the last is worked on (double
/// buffering), so a layer takes the longest of its three times, and not their sum.
/// </summary>
public sealed record LayerCost
{
    /// <summary>The layer's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its ONNX operator.</summary>
    public required string Operator { get; init; }

    /// <summary>Multiply-adds.</summary>
    public required long Macs { get; init; }

    /// <summary>Cycles of the array, by <see cref="SystolicCycles"/>.</summary>
    public required long ArrayCycles { get; init; }

    /// <summary>Cycles of the vector unit.</summary>
    public required long VectorCycles { get; init; }

    /// <summary>Cycles that moving <see cref="DramBytes"/> takes.</summary>
    public required long MemoryCycles { get; init; }

    /// <summary>Bytes read from and written to memory on the chip.</summary>
    public required long SramBytes { get; init; }

    /// <summary>Bytes read from and written to memory beside the chip.</summary>
    public required long DramBytes { get; init; }

    /// <summary>Energy of arithmetic and of memory, in picojoules; no leakage and no clock tree.</summary>
    public required decimal EnergyPicojoules { get; init; }

    /// <summary>Share of the array's multiply-adds that do work, over <see cref="Cycles"/>; 0 to 1.</summary>
    public required double Utilisation { get; init; }

    /// <summary>How the product is cut; null where there is none.</summary>
    public Tiling? Tiling { get; init; }

    /// <summary>Cycles that the layer takes.</summary>
    public long Cycles => Math.Max(Math.Max(ArrayCycles, VectorCycles), MemoryCycles);

    /// <summary>What it waits for; of equals the first of array, vector unit, memory.</summary>
    public Bound Bound =>
        ArrayCycles == Cycles ? Bound.Array
        : VectorCycles == Cycles ? Bound.Vector
        : Bound.Memory;
}
