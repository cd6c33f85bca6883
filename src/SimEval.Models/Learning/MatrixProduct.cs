using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SimEval.Models.Learning;

/// <summary>A matrix seen through strides, so that a transpose costs nothing.</summary>
/// <param name="Values">The elements.</param>
/// <param name="RowStride">Distance of consecutive rows.</param>
/// <param name="ColumnStride">Distance of consecutive columns.</param>
internal readonly ref struct MatrixView(ReadOnlySpan<float> Values, int RowStride, int ColumnStride)
{
    /// <summary>The elements.</summary>
    public ReadOnlySpan<float> Values { get; } = Values;

    /// <summary>Distance of consecutive rows.</summary>
    public int RowStride { get; } = RowStride;

    /// <summary>Distance of consecutive columns.</summary>
    public int ColumnStride { get; } = ColumnStride;
}

/// <summary>
/// C += A B in float32. Every element of C is one ascending chain of fused multiply-adds, whatever the vector width, so the
/// bits are the same on every processor.
/// </summary>
internal static class MatrixProduct
{
    private const int Rows = 4;

    /// <summary>Accumulates into <paramref name="c"/> (m x n, row-major); b is p x n, row-major.</summary>
    public static void Accumulate(Span<float> c, MatrixView a, ReadOnlySpan<float> b, int m, int n, int p)
    {
        CheckSizes(c, a, b, m, n, p);
        ref var c0 = ref MemoryMarshal.GetReference(c);
        ref var a0 = ref MemoryMarshal.GetReference(a.Values);
        ref var b0 = ref MemoryMarshal.GetReference(b);
        var width = Vector<float>.Count;
        for (var i = 0; i < m; i += Rows)
        {
            var rows = Math.Min(Rows, m - i);
            var j = 0;
            for (; rows == Rows && j + 2 * width <= n; j += 2 * width)
                Block(
                    ref Unsafe.Add(ref c0, i * n + j),
                    ref Unsafe.Add(ref a0, i * a.RowStride),
                    a.RowStride,
                    a.ColumnStride,
                    ref Unsafe.Add(ref b0, j),
                    n,
                    p
                );
            for (var r = i; r < i + rows; r++)
            {
                var column = j;
                for (; column + width <= n; column += width)
                    Strip(
                        ref Unsafe.Add(ref c0, r * n + column),
                        ref Unsafe.Add(ref a0, r * a.RowStride),
                        a.ColumnStride,
                        ref Unsafe.Add(ref b0, column),
                        n,
                        p
                    );
                for (; column < n; column++)
                    Single(
                        ref Unsafe.Add(ref c0, r * n + column),
                        ref Unsafe.Add(ref a0, r * a.RowStride),
                        a.ColumnStride,
                        ref Unsafe.Add(ref b0, column),
                        n,
                        p
                    );
            }
        }
    }

    /// <summary>Four rows by two vectors: eight accumulators in registers.</summary>
    private static void Block(ref float c, ref float a, int rowStride, int columnStride, ref float b, int n, int p)
    {
        var width = Vector<float>.Count;
        Vector<float> c00 = Load(ref c, 0),
            c01 = Load(ref c, width);
        Vector<float> c10 = Load(ref c, n),
            c11 = Load(ref c, n + width);
        Vector<float> c20 = Load(ref c, 2 * n),
            c21 = Load(ref c, 2 * n + width);
        Vector<float> c30 = Load(ref c, 3 * n),
            c31 = Load(ref c, 3 * n + width);
        for (var k = 0; k < p; k++)
        {
            var low = Load(ref b, k * n);
            var high = Load(ref b, k * n + width);
            ref var column = ref Unsafe.Add(ref a, k * columnStride);
            var x = new Vector<float>(column);
            c00 = Vector.FusedMultiplyAdd(x, low, c00);
            c01 = Vector.FusedMultiplyAdd(x, high, c01);
            x = new Vector<float>(Unsafe.Add(ref column, rowStride));
            c10 = Vector.FusedMultiplyAdd(x, low, c10);
            c11 = Vector.FusedMultiplyAdd(x, high, c11);
            x = new Vector<float>(Unsafe.Add(ref column, 2 * rowStride));
            c20 = Vector.FusedMultiplyAdd(x, low, c20);
            c21 = Vector.FusedMultiplyAdd(x, high, c21);
            x = new Vector<float>(Unsafe.Add(ref column, 3 * rowStride));
            c30 = Vector.FusedMultiplyAdd(x, low, c30);
            c31 = Vector.FusedMultiplyAdd(x, high, c31);
        }

        Store(c00, ref c, 0);
        Store(c01, ref c, width);
        Store(c10, ref c, n);
        Store(c11, ref c, n + width);
        Store(c20, ref c, 2 * n);
        Store(c21, ref c, 2 * n + width);
        Store(c30, ref c, 3 * n);
        Store(c31, ref c, 3 * n + width);
    }

    private static void Strip(ref float c, ref float a, int columnStride, ref float b, int n, int p)
    {
        var sum = Load(ref c, 0);
        for (var k = 0; k < p; k++)
            sum = Vector.FusedMultiplyAdd(
                new Vector<float>(Unsafe.Add(ref a, k * columnStride)),
                Load(ref b, k * n),
                sum
            );
        Store(sum, ref c, 0);
    }

    private static void Single(ref float c, ref float a, int columnStride, ref float b, int n, int p)
    {
        var sum = c;
        for (var k = 0; k < p; k++)
            sum = float.FusedMultiplyAdd(Unsafe.Add(ref a, k * columnStride), Unsafe.Add(ref b, k * n), sum);
        c = sum;
    }

    private static Vector<float> Load(ref float start, int offset) =>
        Vector.LoadUnsafe(ref Unsafe.Add(ref start, offset));

    private static void Store(Vector<float> value, ref float start, int offset) =>
        value.StoreUnsafe(ref Unsafe.Add(ref start, offset));

    private static void CheckSizes(Span<float> c, MatrixView a, ReadOnlySpan<float> b, int m, int n, int p)
    {
        if (m == 0 || n == 0 || p == 0)
            return;
        var last = (m - 1) * a.RowStride + (p - 1) * a.ColumnStride;
        if (c.Length < m * n || b.Length < p * n || a.Values.Length <= last)
            throw new ArgumentException($"a product of {m} x {p} and {p} x {n} needs more elements than were given");
    }
}
