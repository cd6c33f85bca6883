namespace SimEval.Devices.Asic.Kernels;

/// <summary>The kernels of the native library.</summary>
internal sealed unsafe class NativeWeights : PackedWeights
{
    private readonly int instructions;
    private readonly byte[] memory;
    private readonly nint start;

    /// <inheritdoc/>
    public NativeWeights(IntegerKernel kernel, int k, int n)
        : base(kernel, k, n)
    {
        instructions = kernel == IntegerKernel.NativeVnni512 ? NativeInt8.Vnni512 : NativeInt8.Madd256;
        (memory, start) = Aligned(NativeInt8.PackedBytes(instructions, k, n));
    }

    /// <inheritdoc/>
    private protected override void Lay(ReadOnlySpan<sbyte> weights, int rowStride, int columnStride)
    {
        fixed (sbyte* from = weights)
            NativeInt8.Pack(instructions, from, rowStride, columnStride, K, N, (void*)start);
        GC.KeepAlive(memory);
    }

    /// <inheritdoc/>
    private protected override void Compute(ReadOnlySpan<byte> activations, int m, Span<int> sums)
    {
        fixed (byte* from = activations)
        fixed (int* to = sums)
            NativeInt8.Multiply(instructions, from, (void*)start, m, K, N, to);
        GC.KeepAlive(memory);
    }
}
