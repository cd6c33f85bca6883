namespace SimEval.Devices.Asic.Kernels;

/// <summary>
/// A matrix of signed 8-bit weights, K x N, laid out once for one kernel, that unsigned 8-bit activations are multiplied by
/// many times. Sums are exact modulo 2^32, hence exact to K = 65,793 (255 x 128 x K below 2^31). One thread at a time loads;
/// any number multiply.
/// </summary>
public abstract class PackedWeights
{
    private readonly int[] columnSums;

    /// <summary>Weights of zero.</summary>
    /// <param name="kernel">What multiplies.</param>
    /// <param name="k">Rows, at least 0: elements that each sum goes over.</param>
    /// <param name="n">Columns, at least 0: output features.</param>
    private protected PackedWeights(IntegerKernel kernel, int k, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        (Kernel, K, N) = (kernel, k, n);
        columnSums = new int[n];
    }

    /// <summary>What multiplies.</summary>
    public IntegerKernel Kernel { get; }

    /// <summary>Rows.</summary>
    public int K { get; }

    /// <summary>Columns.</summary>
    public int N { get; }

    /// <summary>
    /// The sum of each column, N of them: activations with a zero point z are multiplied as they are, and z times these is
    /// taken off afterwards.
    /// </summary>
    public ReadOnlySpan<int> ColumnSums => columnSums;

    /// <summary>Replaces the weights by others of the same sizes.</summary>
    /// <param name="weights">K x N, row-major; N x K when transposed.</param>
    /// <param name="transposed">Whether a column's weights lie beside each other.</param>
    public void Load(ReadOnlySpan<sbyte> weights, bool transposed = false)
    {
        if (weights.Length != (long)K * N)
            throw new ArgumentException($"{weights.Length} weights are no matrix of {K} x {N}");
        var (rowStride, columnStride) = transposed ? (1, K) : (N, 1);
        for (var column = 0; column < N; column++)
        {
            var sum = 0;
            for (var row = 0; row < K; row++)
                sum += weights[row * rowStride + column * columnStride];
            columnSums[column] = sum;
        }
        Lay(weights, rowStride, columnStride);
    }

    /// <summary>Multiplies.</summary>
    /// <param name="activations">M x K, row-major.</param>
    /// <param name="m">Rows of activations.</param>
    /// <param name="sums">M x N, row-major; replaced.</param>
    public void Multiply(ReadOnlySpan<byte> activations, int m, Span<int> sums)
    {
        if (activations.Length != (long)m * K)
            throw new ArgumentException($"{activations.Length} activations are no matrix of {m} x {K}");
        if (sums.Length != (long)m * N)
            throw new ArgumentException($"{sums.Length} sums are no matrix of {m} x {N}");
        if (sums.IsEmpty)
            return;
        if (K == 0)
            sums.Clear();
        else
            Compute(activations, m, sums);
    }

    /// <summary>Lays the weights out; element (row, column) is at row x rowStride + column x columnStride.</summary>
    private protected abstract void Lay(ReadOnlySpan<sbyte> weights, int rowStride, int columnStride);

    /// <summary>Multiplies; nothing is empty, and lengths are right.</summary>
    private protected abstract void Compute(ReadOnlySpan<byte> activations, int m, Span<int> sums);

    /// <summary>Zeroed memory that does not move, and where in it a multiple of 64 bytes begins.</summary>
    private protected static unsafe (byte[] Memory, nint Start) Aligned(long bytes)
    {
        var memory = GC.AllocateArray<byte>(checked((int)(bytes + 64)), pinned: true);
        fixed (byte* first = memory)
            return (memory, ((nint)first + 63) & ~63);
    }
}
