using System.Runtime.InteropServices;

namespace SimEval.Models.Asic.Programs;

/// <summary>
/// Exact products of unsigned activations and signed weights: sums[r, n] = sum over k of x[r, k] * w[k, n], in 32 bits. How they
/// are computed is the machine's matter; the sums are the same everywhere. Thread-safe.
/// </summary>
public interface IInt8Product
{
    /// <summary>The instructions used: "avx512-vnni", "avx2".</summary>
    string Name { get; }

    /// <summary>Memory for weights.</summary>
    /// <param name="k">Rows, at least 1.</param>
    /// <param name="n">Columns, at least 1.</param>
    PackedWeights Allocate(int k, int n);

    /// <summary>Lays weights out as <see cref="Multiply"/> wants them.</summary>
    /// <param name="weights">K rows of N columns.</param>
    /// <param name="packed">From <see cref="Allocate"/>.</param>
    void Pack(ReadOnlySpan<sbyte> weights, PackedWeights packed);

    /// <summary>Multiplies.</summary>
    /// <param name="x">Rows of K bytes, one after another.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="weights">Packed weights.</param>
    /// <param name="sums">Rows of N sums, one after another.</param>
    void Multiply(ReadOnlySpan<byte> x, int rows, PackedWeights weights, Span<int> sums);
}

/// <summary>Weights in the layout of one <see cref="IInt8Product"/>.</summary>
/// <param name="K">Rows.</param>
/// <param name="N">Columns.</param>
/// <param name="Data">The layout's bytes, at an address that does not change.</param>
public sealed record PackedWeights(int K, int N, byte[] Data)
{
    /// <summary>
    /// Throws <see cref="ArgumentException"/> where activations or sums are too few for so many rows: kernels that work on
    /// addresses would read or write past their end.
    /// </summary>
    public void Require(int rows, ReadOnlySpan<byte> x, Span<int> sums)
    {
        if (x.Length < (long)rows * K || sums.Length < (long)rows * N)
            throw new ArgumentException(
                $"{x.Length} activations and {sums.Length} sums are too few for {rows} x {K} x {N}"
            );
    }
}

/// <summary>The sums as they are defined: a loop. For constants, for costs, and to test others against.</summary>
public sealed class PlainProduct : IInt8Product
{
    /// <summary>The one there is.</summary>
    public static PlainProduct Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "plain";

    /// <inheritdoc/>
    public PackedWeights Allocate(int k, int n) => new(k, n, new byte[checked(k * n)]);

    /// <inheritdoc/>
    public void Pack(ReadOnlySpan<sbyte> weights, PackedWeights packed) =>
        MemoryMarshal.AsBytes(weights).CopyTo(packed.Data);

    /// <inheritdoc/>
    public void Multiply(ReadOnlySpan<byte> x, int rows, PackedWeights weights, Span<int> sums)
    {
        var (k, n) = (weights.K, weights.N);
        var w = MemoryMarshal.Cast<byte, sbyte>(weights.Data.AsSpan());
        for (var row = 0; row < rows; row++)
        {
            var target = sums.Slice(row * n, n);
            target.Clear();
            for (var i = 0; i < k; i++)
            {
                int value = x[row * k + i];
                var line = w.Slice(i * n, n);
                for (var column = 0; column < n; column++)
                    target[column] += value * line[column];
            }
        }
    }
}
