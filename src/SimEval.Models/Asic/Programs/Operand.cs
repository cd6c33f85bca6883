using System.Runtime.InteropServices;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Programs;

/// <summary>A value of a program that is laid out: its type, its sizes, and its elements where they are known before a run.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Dims">Sizes, outermost first.</param>
/// <param name="Known">Its elements, for constants and for what only constants and sizes make; null: a run gives them.</param>
public sealed record Operand(ElementType Type, int[] Dims, Tensor? Known = null)
{
    /// <summary>Number of elements.</summary>
    public int Count { get; } = Size(Dims);

    /// <summary>Bytes of its elements.</summary>
    public int Bytes => checked((int)Tensor.BytesOf(Type, Count));

    /// <summary>A constant.</summary>
    public static Operand Of(Tensor tensor) =>
        new(tensor.Type, [.. tensor.Dims.Select(size => checked((int)size))], tensor);

    /// <summary>The product of sizes.</summary>
    public static int Size(ReadOnlySpan<int> dims)
    {
        var product = 1L;
        foreach (var size in dims)
            product = checked(product * size);
        return product <= MostElements
            ? (int)product
            : throw new CompileException($"a value of {product:N0} elements is larger than a board's address space");
    }

    /// <summary>"uint8[1,48]".</summary>
    public override string ToString() => $"{Type.Name()}[{string.Join(",", Dims)}]";

    private const long MostElements = 1 << 26;
}

/// <summary>Where the inputs and outputs of one step lie.</summary>
/// <param name="inputs">Inputs, in the instruction's order; empty for one left out.</param>
/// <param name="outputs">Outputs.</param>
public sealed class Buffers(ReadOnlyMemory<byte>[] inputs, Memory<byte>[] outputs)
{
    /// <summary>An input's elements.</summary>
    public ReadOnlySpan<T> In<T>(int input)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(inputs[input].Span);

    /// <summary>An output's elements, to be written, all of them.</summary>
    public Span<T> Out<T>(int output)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(outputs[output].Span);
}

/// <summary>Runs a step once its inputs are filled.</summary>
public delegate void Kernel(Buffers buffers);

/// <summary>What one step asks of the board.</summary>
/// <param name="Unit">Where it runs.</param>
/// <param name="Product">Its matrix products; null when it is none.</param>
/// <param name="Operations">Scalar operations of the vector unit, or elements moved.</param>
public sealed record Work(Unit Unit, MatrixWork? Product, long Operations)
{
    /// <summary>A step of the vector unit.</summary>
    public static Work Vector(long operations) => new(Unit.Vector, null, operations);

    /// <summary>A step that moves elements.</summary>
    public static Work Move(long elements) => new(Unit.Move, null, elements);
}

/// <summary>Matrix products of M rows, K terms and N columns, so many of them one after another.</summary>
/// <param name="M">Rows of the activations.</param>
/// <param name="K">Terms of a sum.</param>
/// <param name="N">Columns of the weights.</param>
/// <param name="Count">Products: groups of a convolution, matrices of a batch.</param>
public sealed record MatrixWork(long M, long K, long N, long Count)
{
    /// <summary>Multiply-accumulates.</summary>
    public long Macs => M * K * N * Count;
}

/// <summary>Units of a board.</summary>
public enum Unit
{
    /// <summary>The systolic array with its accumulators and requantizer.</summary>
    Array,

    /// <summary>The vector unit: tables, elementwise, reductions.</summary>
    Vector,

    /// <summary>The engine that moves data without changing it.</summary>
    Move,
}

/// <summary>An instruction that is laid out.</summary>
/// <param name="Outputs">Its outputs.</param>
/// <param name="Run">Runs it.</param>
/// <param name="Work">What it asks of the board.</param>
public sealed record Step(IReadOnlyList<Operand> Outputs, Kernel Run, Work Work);
