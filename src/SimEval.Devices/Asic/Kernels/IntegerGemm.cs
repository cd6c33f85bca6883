using System.Runtime.Intrinsics.X86;

namespace SimEval.Devices.Asic.Kernels;

/// <summary>Exact products of unsigned by signed 8-bit integers, by the best kernel of this machine.</summary>
public static class IntegerGemm
{
    /// <summary>The kernels that run here, the fastest first; the scalar one always does.</summary>
    public static IReadOnlyList<IntegerKernel> Available { get; } =
    [
        .. new[]
        {
            (IntegerKernel.NativeVnni512, NativeInt8.Has(NativeInt8.Vnni512)),
            (IntegerKernel.ManagedMadd512, Avx512BW.IsSupported),
            (IntegerKernel.NativeMadd256, NativeInt8.Has(NativeInt8.Madd256)),
            (IntegerKernel.ManagedMadd256, Avx2.IsSupported),
            (IntegerKernel.Scalar, true),
        }
            .Where(kernel => kernel.Item2)
            .Select(kernel => kernel.Item1),
    ];

    /// <summary>Weights laid out for a kernel.</summary>
    /// <param name="weights">K x N, row-major; N x K when transposed.</param>
    /// <param name="k">Elements that each sum goes over.</param>
    /// <param name="n">Columns.</param>
    /// <param name="transposed">Whether a column's weights lie beside each other, as in a Gemm with transB.</param>
    /// <param name="kernel">One of <see cref="Available"/>; the first by default.</param>
    public static PackedWeights Pack(
        ReadOnlySpan<sbyte> weights,
        int k,
        int n,
        bool transposed = false,
        IntegerKernel? kernel = null
    )
    {
        var packed = Allocate(k, n, kernel);
        packed.Load(weights, transposed);
        return packed;
    }

    /// <summary>Weights of zero, to be loaded again and again: for products of two computed values.</summary>
    /// <exception cref="ArgumentException">The kernel does not run here.</exception>
    public static PackedWeights Allocate(int k, int n, IntegerKernel? kernel = null)
    {
        var chosen = kernel ?? Available[0];
        if (!Available.Contains(chosen))
            throw new ArgumentException($"kernel {chosen} does not run here; {string.Join(", ", Available)} do");
        return chosen switch
        {
            IntegerKernel.NativeVnni512 or IntegerKernel.NativeMadd256 => new NativeWeights(chosen, k, n),
            IntegerKernel.Scalar => new ScalarWeights(k, n),
            _ => new ManagedWeights(chosen, k, n),
        };
    }
}
