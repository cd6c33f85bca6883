using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SimEval.Models.Asic.Programs;

namespace SimEval.Devices.Asic;

/// <summary>
/// Exact products by vpmaddwd: operands widened to 16 bits, pairs of terms multiplied and added into 32 bits, which no pair of
/// 8-bit operands can overflow (vpmaddubsw, on bytes, saturates). A block of four rows and of four vectors of columns stays in
/// registers over all terms.
/// </summary>
public sealed unsafe class ManagedProduct : IInt8Product
{
    private const int Rows = 4;
    private readonly int columns;

    [ThreadStatic]
    private static short[]? widened;

    private ManagedProduct(int columns, string name) => (this.columns, Name) = (columns, name);

    /// <summary>Whether <see cref="Instance"/> works on 512 bits, which beats a native kernel on 256.</summary>
    public static bool IsWide => Avx512BW.IsSupported;

    /// <summary>The widest that this processor has; null when it has neither AVX-512 nor AVX2.</summary>
    public static IInt8Product? Instance { get; } =
        Avx512BW.IsSupported ? new ManagedProduct(64, "avx512 vpmaddwd")
        : Avx2.IsSupported ? new ManagedProduct(16, "avx2 vpmaddwd")
        : null;

    /// <summary>The one for processors without AVX-512, where this one can run it.</summary>
    public static IInt8Product? Narrow { get; } =
        Avx512BW.IsSupported && Avx2.IsSupported ? new ManagedProduct(16, "avx2 vpmaddwd") : Instance;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public PackedWeights Allocate(int k, int n) =>
        new(k, n, GC.AllocateArray<byte>(checked(Blocks(n) * Pairs(k) * columns * 2 * sizeof(short)), pinned: true));

    /// <inheritdoc/>
    public void Pack(ReadOnlySpan<sbyte> weights, PackedWeights packed)
    {
        var (k, n) = (packed.K, packed.N);
        var target = MemoryMarshal.Cast<byte, short>(packed.Data.AsSpan());
        target.Clear();
        for (var column = 0; column < n; column++)
        {
            var block = target[(column / columns * Pairs(k) * columns * 2)..];
            for (var i = 0; i < k; i++)
                block[(i / 2 * columns + column % columns) * 2 + i % 2] = weights[i * n + column];
        }
    }

    /// <inheritdoc/>
    public void Multiply(ReadOnlySpan<byte> x, int rows, PackedWeights weights, Span<int> sums)
    {
        weights.Require(rows, x, sums);
        var (k, n) = (weights.K, weights.N);
        var pairs = Pairs(k);
        if (widened is null || widened.Length < rows * pairs * 2)
            widened = GC.AllocateUninitializedArray<short>(rows * pairs * 2, pinned: true);
        Widen(x, rows, k, pairs * 2);
        var edge = stackalloc int[Rows * 64];
        fixed (short* a = widened)
        fixed (byte* b = weights.Data)
        fixed (int* c = sums)
        {
            for (var column = 0; column < n; column += columns)
            {
                var block = (short*)b + (long)column * pairs * 2;
                var whole = column + columns <= n;
                for (var row = 0; row < rows; row += Rows)
                {
                    var count = Math.Min(Rows, rows - row);
                    var lines = (int*)a + (long)row * pairs;
                    var target = c + (long)row * n + column;
                    Block(lines, pairs, count, block, whole ? target : edge, whole ? n : columns);
                    if (whole)
                        continue;
                    for (var i = 0; i < count; i++)
                        new ReadOnlySpan<int>(edge + i * columns, n - column).CopyTo(
                            new Span<int>(target + (long)i * n, n - column)
                        );
                }
            }
        }
    }

    private int Blocks(int n) => (n + columns - 1) / columns;

    private static int Pairs(int k) => (k + 1) / 2;

    private static void Widen(ReadOnlySpan<byte> x, int rows, int k, int stride)
    {
        for (var row = 0; row < rows; row++)
        {
            var source = x.Slice(row * k, k);
            var target = widened.AsSpan(row * stride, stride);
            var i = 0;
            for (; i + 32 <= k; i += 32)
            {
                var (low, high) = Vector256.Widen(
                    Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(source), (nuint)i)
                );
                low.AsInt16().StoreUnsafe(ref MemoryMarshal.GetReference(target), (nuint)i);
                high.AsInt16().StoreUnsafe(ref MemoryMarshal.GetReference(target), (nuint)i + 16);
            }

            for (; i < k; i++)
                target[i] = source[i];
            if (k < stride)
                target[k] = 0;
        }
    }

    private void Block(int* x, int pairs, int rows, short* w, int* sums, int stride)
    {
        if (columns == 64 && rows == Rows)
            Wide4(x, pairs, w, sums, stride);
        else if (columns == 64)
        {
            for (var row = 0; row < rows; row++)
                Wide1(x + (long)row * pairs, pairs, w, sums + (long)row * stride);
        }
        else if (rows == Rows)
            Narrow4(x, pairs, w, sums, stride);
        else
        {
            for (var row = 0; row < rows; row++)
                Narrow1(x + (long)row * pairs, pairs, w, sums + (long)row * stride);
        }
    }

    [SkipLocalsInit]
    private static void Wide4(int* x, int pairs, short* w, int* sums, int stride)
    {
        Vector512<int> a0,
            a1,
            a2,
            a3,
            b0,
            b1,
            b2,
            b3,
            c0,
            c1,
            c2,
            c3,
            d0,
            d1,
            d2,
            d3;
        a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = c0 = c1 = c2 = c3 = d0 = d1 = d2 = d3 = default;
        int* x1 = x + pairs,
            x2 = x1 + pairs,
            x3 = x2 + pairs;
        for (var i = 0; i < pairs; i++, w += 128)
        {
            var (w0, w1, w2, w3) = (
                Vector512.Load(w),
                Vector512.Load(w + 32),
                Vector512.Load(w + 64),
                Vector512.Load(w + 96)
            );
            var v = Vector512.Create(x[i]).AsInt16();
            a0 += Avx512BW.MultiplyAddAdjacent(v, w0);
            a1 += Avx512BW.MultiplyAddAdjacent(v, w1);
            a2 += Avx512BW.MultiplyAddAdjacent(v, w2);
            a3 += Avx512BW.MultiplyAddAdjacent(v, w3);
            v = Vector512.Create(x1[i]).AsInt16();
            b0 += Avx512BW.MultiplyAddAdjacent(v, w0);
            b1 += Avx512BW.MultiplyAddAdjacent(v, w1);
            b2 += Avx512BW.MultiplyAddAdjacent(v, w2);
            b3 += Avx512BW.MultiplyAddAdjacent(v, w3);
            v = Vector512.Create(x2[i]).AsInt16();
            c0 += Avx512BW.MultiplyAddAdjacent(v, w0);
            c1 += Avx512BW.MultiplyAddAdjacent(v, w1);
            c2 += Avx512BW.MultiplyAddAdjacent(v, w2);
            c3 += Avx512BW.MultiplyAddAdjacent(v, w3);
            v = Vector512.Create(x3[i]).AsInt16();
            d0 += Avx512BW.MultiplyAddAdjacent(v, w0);
            d1 += Avx512BW.MultiplyAddAdjacent(v, w1);
            d2 += Avx512BW.MultiplyAddAdjacent(v, w2);
            d3 += Avx512BW.MultiplyAddAdjacent(v, w3);
        }

        Store(sums, a0, a1, a2, a3);
        Store(sums + stride, b0, b1, b2, b3);
        Store(sums + 2L * stride, c0, c1, c2, c3);
        Store(sums + 3L * stride, d0, d1, d2, d3);
    }

    private static void Wide1(int* x, int pairs, short* w, int* sums)
    {
        Vector512<int> a0,
            a1,
            a2,
            a3;
        a0 = a1 = a2 = a3 = default;
        for (var i = 0; i < pairs; i++, w += 128)
        {
            var v = Vector512.Create(x[i]).AsInt16();
            a0 += Avx512BW.MultiplyAddAdjacent(v, Vector512.Load(w));
            a1 += Avx512BW.MultiplyAddAdjacent(v, Vector512.Load(w + 32));
            a2 += Avx512BW.MultiplyAddAdjacent(v, Vector512.Load(w + 64));
            a3 += Avx512BW.MultiplyAddAdjacent(v, Vector512.Load(w + 96));
        }

        Store(sums, a0, a1, a2, a3);
    }

    private static void Store(int* sums, Vector512<int> v0, Vector512<int> v1, Vector512<int> v2, Vector512<int> v3)
    {
        v0.Store(sums);
        v1.Store(sums + 16);
        v2.Store(sums + 32);
        v3.Store(sums + 48);
    }

    [SkipLocalsInit]
    private static void Narrow4(int* x, int pairs, short* w, int* sums, int stride)
    {
        Vector256<int> a0,
            a1,
            b0,
            b1,
            c0,
            c1,
            d0,
            d1;
        a0 = a1 = b0 = b1 = c0 = c1 = d0 = d1 = default;
        int* x1 = x + pairs,
            x2 = x1 + pairs,
            x3 = x2 + pairs;
        for (var i = 0; i < pairs; i++, w += 32)
        {
            var (w0, w1) = (Vector256.Load(w), Vector256.Load(w + 16));
            var v = Vector256.Create(x[i]).AsInt16();
            a0 += Avx2.MultiplyAddAdjacent(v, w0);
            a1 += Avx2.MultiplyAddAdjacent(v, w1);
            v = Vector256.Create(x1[i]).AsInt16();
            b0 += Avx2.MultiplyAddAdjacent(v, w0);
            b1 += Avx2.MultiplyAddAdjacent(v, w1);
            v = Vector256.Create(x2[i]).AsInt16();
            c0 += Avx2.MultiplyAddAdjacent(v, w0);
            c1 += Avx2.MultiplyAddAdjacent(v, w1);
            v = Vector256.Create(x3[i]).AsInt16();
            d0 += Avx2.MultiplyAddAdjacent(v, w0);
            d1 += Avx2.MultiplyAddAdjacent(v, w1);
        }

        a0.Store(sums);
        a1.Store(sums + 8);
        b0.Store(sums + stride);
        b1.Store(sums + stride + 8);
        c0.Store(sums + 2L * stride);
        c1.Store(sums + 2L * stride + 8);
        d0.Store(sums + 3L * stride);
        d1.Store(sums + 3L * stride + 8);
    }

    private static void Narrow1(int* x, int pairs, short* w, int* sums)
    {
        Vector256<int> a0,
            a1;
        a0 = a1 = default;
        for (var i = 0; i < pairs; i++, w += 32)
        {
            var v = Vector256.Create(x[i]).AsInt16();
            a0 += Avx2.MultiplyAddAdjacent(v, Vector256.Load(w));
            a1 += Avx2.MultiplyAddAdjacent(v, Vector256.Load(w + 16));
        }

        a0.Store(sums);
        a1.Store(sums + 8);
    }
}
