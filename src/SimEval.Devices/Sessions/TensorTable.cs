using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SimEval.Models;

namespace SimEval.Devices.Sessions;

/// <summary>Where a bound tensor's rows lie: everything that does not depend on a session.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Row">Sizes of one row.</param>
/// <param name="BatchAxis">Where the batch axis goes, or -1.</param>
internal sealed record TensorShape(ElementType Type, IReadOnlyList<int> Row, int BatchAxis)
{
    private const int MostElements = 1 << 27;

    /// <summary>Elements of one row. Throws <see cref="ModelException"/> where they are more than a session holds.</summary>
    public int RowSize { get; } =
        ModelTensor.Elements(Row.Select(size => (long)size)) is var count && count <= MostElements
            ? (int)count
            : throw new ModelException(
                ModelFault.TooLarge,
                $"one row of {ModelTensor.ShapeText(Row)} has {count:N0} elements; at most {MostElements:N0} are held"
            );

    /// <summary>Stretches into which the batch axis cuts a row; 1 when it is the first.</summary>
    public int Outer { get; } =
        BatchAxis <= 0 ? 1 : Row.Take(BatchAxis).Aggregate(1, (product, size) => product * size);

    /// <summary>Bytes of one row in the model's element type.</summary>
    public int RowBytes => RowSize * ElementConversion.SizeOf(Type);

    /// <summary>The tensor's sizes for a batch.</summary>
    public long[] Dims(int batch)
    {
        var sizes = Row.Select(size => (long)size).ToList();
        if (BatchAxis >= 0)
            sizes.Insert(BatchAxis, batch);
        return [.. sizes];
    }
}

/// <summary>
/// One bound tensor of a session: a table with a row for each slot, and a stage in which the rows of a batch lie as the model
/// wants them. Rows that are float32 with a leading batch axis need no stage when the batch is slots 0 to n - 1.
/// </summary>
internal sealed class TensorTable : IDisposable
{
    private readonly TensorShape shape;
    private readonly bool native;
    private readonly int cellBytes;
    private readonly AlignedMemory table;
    private readonly AlignedMemory stage;

    /// <summary>Makes the table.</summary>
    /// <param name="shape">The tensor.</param>
    /// <param name="slots">Rows of the table.</param>
    /// <param name="maximumBatch">Rows of the stage.</param>
    /// <param name="native">Whether table rows hold the model's element type (states); else float32.</param>
    public TensorTable(TensorShape shape, int slots, int maximumBatch, bool native)
    {
        this.shape = shape;
        this.native = native;
        cellBytes = native ? ElementConversion.SizeOf(shape.Type) : sizeof(float);
        IsDirect = (native || shape.Type == ElementType.Float32) && shape.Outer == 1;
        if ((long)maximumBatch * shape.RowBytes > int.MaxValue)
            throw new ModelException(
                ModelFault.TooLarge,
                $"{maximumBatch} rows of {ModelTensor.ShapeText(shape.Row)} have {(long)maximumBatch * shape.RowBytes:N0} bytes; at most {int.MaxValue:N0} are held. A smaller batch has less"
            );
        table = new AlignedMemory((long)slots * shape.RowSize * cellBytes);
        stage = new AlignedMemory((long)maximumBatch * shape.RowBytes);
    }

    /// <summary>What lies in a row.</summary>
    public TensorShape Shape => shape;

    /// <summary>Whether a run may use the table itself.</summary>
    public bool IsDirect { get; }

    /// <summary>A slot's row as float32.</summary>
    public Span<float> Row(int slot) => table.Span<float>((long)slot * shape.RowSize * sizeof(float), shape.RowSize);

    /// <summary>A slot's row as bytes.</summary>
    public Span<byte> RowBytes(int slot) =>
        table.Span<byte>((long)slot * shape.RowSize * cellBytes, shape.RowSize * cellBytes);

    /// <summary>Where the rows of a run begin: the table's first row, or the stage's.</summary>
    /// <param name="inPlace">Whether the batch is slots 0 to n - 1; the table is used where it is direct then.</param>
    public nint Address(bool inPlace) => (inPlace && IsDirect ? table : stage).Address;

    /// <summary>The rows of a run, as the model has them, from <see cref="Address"/> on.</summary>
    public Span<byte> Rows(int batch, bool inPlace) =>
        (inPlace && IsDirect ? table : stage).Span<byte>(0, batch * shape.RowBytes);

    /// <summary>Copies the slots' rows into the stage, in order.</summary>
    public void Gather(ReadOnlySpan<int> slots) => Exchange(slots, stage, toStage: true);

    /// <summary>Copies the stage's rows back to the slots.</summary>
    public void Scatter(ReadOnlySpan<int> slots) => Exchange(slots, stage, toStage: false);

    /// <summary>Copies the stage's rows, which another table's run has written, into this table's slots.</summary>
    public void TakeFrom(TensorTable other, ReadOnlySpan<int> slots) => Exchange(slots, other.stage, toStage: false);

    /// <inheritdoc/>
    public void Dispose()
    {
        table.Dispose();
        stage.Dispose();
    }

    private unsafe void Exchange(ReadOnlySpan<int> slots, AlignedMemory staged, bool toStage)
    {
        if (!IsDirect)
        {
            for (var i = 0; i < slots.Length; i++)
                Exchange(slots[i], i, slots.Length, staged, toStage);
            return;
        }

        // The rows lie in the stage as in the table. Slots have been checked by the session.
        var bytes = (uint)(shape.RowSize * cellBytes);
        var row = (byte*)staged.Address;
        foreach (var slot in slots)
        {
            var own = (byte*)table.Address + (long)slot * bytes;
            Unsafe.CopyBlockUnaligned(toStage ? row : own, toStage ? own : row, bytes);
            row += bytes;
        }
    }

    private void Exchange(int slot, int place, int batch, AlignedMemory memory, bool toStage)
    {
        var width = ElementConversion.SizeOf(shape.Type);
        var inner = shape.RowSize / shape.Outer;
        var row = RowBytes(slot);
        for (var o = 0; o < shape.Outer; o++)
        {
            var cells = row.Slice(o * inner * cellBytes, inner * cellBytes);
            var staged = memory.Span<byte>(((long)o * batch + place) * inner * width, inner * width);
            if (native || shape.Type == ElementType.Float32)
            {
                if (toStage)
                    cells.CopyTo(staged);
                else
                    staged.CopyTo(cells);
            }
            else if (toStage)
                ElementConversion.FromFloat(Floats(cells), staged, shape.Type);
            else
                ElementConversion.ToFloat(staged, Floats(cells), shape.Type);
        }
    }

    private static Span<float> Floats(Span<byte> cells) => MemoryMarshal.Cast<byte, float>(cells);
}
