using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SimEval.Devices.Asic.Kernels;

/// <summary>
/// Tiles of two vectors of 256 bits: a step multiplies a pair of each row's activations, broadcast, by a pair of each column's
/// weights. Four rows by two vectors: six loads for eight products, which leaves the multipliers the bottleneck.
/// </summary>
internal static unsafe class MaddTile256
{
    private const int Lanes = 8;

    /// <summary>Columns of a tile.</summary>
    public const int Columns = 2 * Lanes;

    /// <summary>Four rows of widened activations, each of so many pairs, by one panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FourRows(short* wide, short* panel, int pairs, int* sums, int stride)
    {
        var a = (int*)wide;
        int* b = a + pairs,
            c = b + pairs,
            d = c + pairs;
        Vector256<int> a0 = default,
            a1 = default,
            b0 = default,
            b1 = default,
            c0 = default,
            c1 = default,
            d0 = default,
            d1 = default;
        for (nint i = 0; i < pairs; i++, panel += 2 * Columns)
        {
            var (left, right) = (Vector256.LoadAligned(panel), Vector256.LoadAligned(panel + Columns));
            var x = Vector256.Create(a[i]).AsInt16();
            a0 += MultiplyAdd(x, left);
            a1 += MultiplyAdd(x, right);
            x = Vector256.Create(b[i]).AsInt16();
            b0 += MultiplyAdd(x, left);
            b1 += MultiplyAdd(x, right);
            x = Vector256.Create(c[i]).AsInt16();
            c0 += MultiplyAdd(x, left);
            c1 += MultiplyAdd(x, right);
            x = Vector256.Create(d[i]).AsInt16();
            d0 += MultiplyAdd(x, left);
            d1 += MultiplyAdd(x, right);
        }
        Store(sums, a0, a1);
        Store(sums + (nint)stride, b0, b1);
        Store(sums + 2 * (nint)stride, c0, c1);
        Store(sums + 3 * (nint)stride, d0, d1);
    }

    /// <summary>One row of widened activations by one panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OneRow(short* wide, short* panel, int pairs, int* sums)
    {
        var a = (int*)wide;
        Vector256<int> a0 = default,
            a1 = default;
        for (nint i = 0; i < pairs; i++, panel += 2 * Columns)
        {
            var x = Vector256.Create(a[i]).AsInt16();
            a0 += MultiplyAdd(x, Vector256.LoadAligned(panel));
            a1 += MultiplyAdd(x, Vector256.LoadAligned(panel + Columns));
        }
        Store(sums, a0, a1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> MultiplyAdd(Vector256<short> x, Vector256<short> weights) =>
        Avx2.MultiplyAddAdjacent(x, weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(int* sums, Vector256<int> left, Vector256<int> right)
    {
        left.Store(sums);
        right.Store(sums + Lanes);
    }
}
