using System.Collections.Immutable;

namespace SimEval.Models.Asic.Boards;

/// <summary>Which operand of a matrix product stays in the array while the others stream through it.</summary>
public enum Dataflow
{
    /// <summary>A tile of weights stays; rows of activations stream.</summary>
    WeightStationary,

    /// <summary>A tile of activations stays; columns of weights stream.</summary>
    InputStationary,

    /// <summary>A tile of sums stays; activations and weights stream.</summary>
    OutputStationary,
}

/// <summary>The systolic array: one 8-bit multiplication with a 32-bit addition a cell and cycle.</summary>
/// <param name="Rows">Rows of cells, 1 to 1024.</param>
/// <param name="Columns">Columns of cells, 1 to 1024.</param>
/// <param name="Dataflow">What stays in it.</param>
public sealed record SystolicArray(int Rows, int Columns, Dataflow Dataflow)
{
    /// <summary>Multiplications and additions that it can do a cycle.</summary>
    public int Cells => Rows * Columns;
}

/// <summary>The memory on the chip, in bytes. Each buffer works as two halves: one is filled while the other is used.</summary>
/// <param name="Weights">For weights and biases.</param>
/// <param name="Activations">For what enters and leaves a layer.</param>
/// <param name="Accumulators">For 32-bit sums.</param>
public sealed record OnChipMemory(long Weights, long Activations, long Accumulators);

/// <summary>The memory beside the chip.</summary>
/// <param name="Bytes">Its size: a model's weights must fit in it.</param>
/// <param name="BytesPerSecond">Its bandwidth, read and write together.</param>
public sealed record BoardMemory(long Bytes, long BytesPerSecond);

/// <summary>Energy of one step of each kind, in picojoules; decimal, so that a sum is exact and the same everywhere.</summary>
/// <param name="MultiplyAdd">An 8-bit multiplication and a 32-bit addition.</param>
/// <param name="VectorElement">One element through the vector unit: a float multiplication and an addition.</param>
/// <param name="SramByte">A byte read from or written to memory on the chip.</param>
/// <param name="DramByte">A byte read from or written to memory beside the chip.</param>
public sealed record EnergyTable(decimal MultiplyAdd, decimal VectorElement, decimal SramByte, decimal DramByte);

/// <summary>
/// What a compiler and an emulator must know of one generation of boards. A generation is a data file beside this one, read
/// by <see cref="BoardReader"/>; docs/devices/boards.md says how to add one and where the numbers come from.
/// </summary>
public sealed record BoardGeneration
{
    /// <summary>"g2": what follows "asic/" in a device class.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Summary { get; init; }

    /// <summary>The array.</summary>
    public required SystolicArray Array { get; init; }

    /// <summary>Cycles a second.</summary>
    public required long ClockHz { get; init; }

    /// <summary>Memory on the chip.</summary>
    public required OnChipMemory Sram { get; init; }

    /// <summary>Memory beside the chip.</summary>
    public required BoardMemory Dram { get; init; }

    /// <summary>Elements a cycle of the vector unit: tables, elementwise operations, reductions, moves.</summary>
    public required int VectorWidth { get; init; }

    /// <summary>Whether both operands of a product may be computed (attention), or one must be a constant.</summary>
    public required bool MultipliesActivations { get; init; }

    /// <summary>ONNX operators that it runs, by name.</summary>
    public required ImmutableSortedSet<string> Operators { get; init; }

    /// <summary>Energy of each kind of step.</summary>
    public required EnergyTable Energy { get; init; }

    /// <summary>Bytes a second on which memory and array take the same time: 8-bit multiply-adds a byte at the roofline's ridge.</summary>
    public double RidgeMacsPerByte => (double)Array.Cells * ClockHz / Dram.BytesPerSecond;

    /// <summary>Whether it runs the operator.</summary>
    public bool Supports(string onnxOperator) => Operators.Contains(onnxOperator);

    /// <summary>Cycles that moving so many bytes to or from <see cref="Dram"/> takes, rounded up.</summary>
    public long DramCycles(long bytes)
    {
        var cycles = ((Int128)bytes * ClockHz + Dram.BytesPerSecond - 1) / Dram.BytesPerSecond;
        return checked((long)cycles);
    }

    /// <summary>The time that cycles take, in seconds.</summary>
    public double Seconds(long cycles) => (double)cycles / ClockHz;
}
