using SimEval.Models.Asic.Programs;

namespace SimEval.Devices.Asic;

/// <summary>
/// Exact products by the native library: AVX-512 VNNI's vpdpbusd, which .NET 10 cannot emit, or AVX2's vpmaddwd. What the
/// layouts are is told in src/native/kernels-int8.
/// </summary>
public sealed unsafe class NativeProduct : IInt8Product
{
    // The layouts are read by whole cache lines.
    private const int Alignment = 64;

    private readonly int instructions;

    private NativeProduct(int instructions, string name) => (this.instructions, Name) = (instructions, name);

    /// <summary>The one by vpdpbusd; null where the library or the instruction is absent.</summary>
    public static IInt8Product? Vnni { get; } = Of(NativeInt8.Vnni512, "native avx512 vpdpbusd");

    /// <summary>The one by AVX2's vpmaddwd; null where the library or the instruction is absent.</summary>
    public static IInt8Product? Narrow { get; } = Of(NativeInt8.Madd256, "native avx2 vpmaddwd");

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public PackedWeights Allocate(int k, int n) =>
        new(
            k,
            n,
            GC.AllocateArray<byte>(
                checked((int)(NativeInt8.PackedBytes(instructions, k, n) + Alignment - 1)),
                pinned: true
            )
        );

    /// <inheritdoc/>
    public void Pack(ReadOnlySpan<sbyte> weights, PackedWeights packed)
    {
        if (weights.Length != (long)packed.K * packed.N)
            throw new ArgumentException($"{weights.Length} weights are no matrix of {packed.K} x {packed.N}");
        fixed (sbyte* from = weights)
        fixed (byte* to = packed.Data)
            NativeInt8.Pack(instructions, from, packed.K, packed.N, Aligned(to));
    }

    /// <inheritdoc/>
    public void Multiply(ReadOnlySpan<byte> x, int rows, PackedWeights weights, Span<int> sums)
    {
        weights.Require(rows, x, sums);
        fixed (byte* from = x)
        fixed (byte* packed = weights.Data)
        fixed (int* to = sums)
            NativeInt8.Multiply(instructions, from, Aligned(packed), rows, weights.K, weights.N, to);
    }

    private static NativeProduct? Of(int instructions, string name) =>
        NativeInt8.Has(instructions) ? new NativeProduct(instructions, name) : null;

    private static byte* Aligned(byte* data) => (byte*)(((nint)data + Alignment - 1) & ~(Alignment - 1));
}
