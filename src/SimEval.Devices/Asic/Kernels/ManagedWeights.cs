using System.Buffers;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimEval.Devices.Asic.Kernels;

/// <summary>
/// The kernels in C#: vpmaddwd multiplies 16-bit integers and adds neighbours to 32 bits. Both operands are widened, so that
/// nothing can saturate (vpmaddubsw on 8 bits would). Weights are panels of two vectors of columns; in each, for every two
/// rows, each column's pair. Columns and rows beyond the matrix are zero.
/// </summary>
internal sealed unsafe class ManagedWeights : PackedWeights
{
    // Widened activations in one go, at most: what a second-level cache holds beside the weights.
    private const int WidenedElements = 1 << 17;

    private readonly byte[] memory;
    private readonly nint start;
    private readonly int panelColumns;
    private readonly int pairs;

    /// <inheritdoc/>
    public ManagedWeights(IntegerKernel kernel, int k, int n)
        : base(kernel, k, n)
    {
        panelColumns = kernel == IntegerKernel.ManagedMadd512 ? MaddTile512.Columns : MaddTile256.Columns;
        pairs = (k + 1) / 2;
        (memory, start) = Aligned((long)Panels * PanelElements * sizeof(short));
    }

    private int Panels => (N + panelColumns - 1) / panelColumns;

    private int PanelElements => pairs * 2 * panelColumns;

    /// <inheritdoc/>
    private protected override void Lay(ReadOnlySpan<sbyte> weights, int rowStride, int columnStride)
    {
        var to = (short*)start;
        for (var first = 0; first < N; first += panelColumns)
        {
            var columns = Math.Min(panelColumns, N - first);
            for (var row = 0; row < K; row++)
            {
                var pair = to + row / 2 * 2 * panelColumns + (row & 1);
                for (var column = 0; column < columns; column++)
                    pair[2 * column] = weights[row * rowStride + (first + column) * columnStride];
            }
            to += PanelElements;
        }
        GC.KeepAlive(memory);
    }

    /// <inheritdoc/>
    private protected override void Compute(ReadOnlySpan<byte> activations, int m, Span<int> sums)
    {
        var rowsAtOnce = Math.Min(m, Math.Max(4, WidenedElements / (2 * pairs) / 4 * 4));
        var rented = ArrayPool<short>.Shared.Rent(rowsAtOnce * 2 * pairs);
        fixed (byte* from = activations)
        fixed (int* to = sums)
        fixed (short* wide = rented)
        {
            for (var row = 0; row < m; row += rowsAtOnce)
            {
                var rows = Math.Min(rowsAtOnce, m - row);
                for (var i = 0; i < rows; i++)
                    Widen(from + (long)(row + i) * K, K, wide + i * 2 * pairs);
                MultiplyRows(wide, rows, to + (long)row * N);
            }
        }
        ArrayPool<short>.Shared.Return(rented);
        GC.KeepAlive(memory);
    }

    private void MultiplyRows(short* wide, int rows, int* sums)
    {
        var narrow = stackalloc int[4 * panelColumns];
        var panel = (short*)start;
        for (var first = 0; first < N; first += panelColumns, panel += PanelElements)
        {
            var columns = Math.Min(panelColumns, N - first);
            for (var row = 0; row < rows; )
            {
                var count = rows - row >= 4 ? 4 : 1;
                var to = sums + (long)row * N + first;
                if (columns == panelColumns)
                {
                    Tile(count, wide + row * 2 * pairs, panel, to, N);
                }
                else
                {
                    Tile(count, wide + row * 2 * pairs, panel, narrow, panelColumns);
                    for (var i = 0; i < count; i++)
                        new Span<int>(narrow + i * panelColumns, columns).CopyTo(
                            new Span<int>(to + (long)i * N, columns)
                        );
                }
                row += count;
            }
        }
    }

    private void Tile(int rows, short* wide, short* panel, int* sums, int stride)
    {
        if (Kernel == IntegerKernel.ManagedMadd512)
        {
            if (rows == 4)
                MaddTile512.FourRows(wide, panel, pairs, sums, stride);
            else
                MaddTile512.OneRow(wide, panel, pairs, sums);
        }
        else if (rows == 4)
        {
            MaddTile256.FourRows(wide, panel, pairs, sums, stride);
        }
        else
        {
            MaddTile256.OneRow(wide, panel, pairs, sums);
        }
    }

    // A last odd element is followed by a zero.
    private static void Widen(byte* from, int count, short* to)
    {
        var i = 0;
        for (; i + 16 <= count; i += 16)
            Avx2.ConvertToVector256Int16(Vector128.Load(from + i)).Store(to + i);
        for (; i < count; i++)
            to[i] = from[i];
        if (count % 2 != 0)
            to[count] = 0;
    }
}
