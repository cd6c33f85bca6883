namespace SimEval.Devices.Asic.Kernels;

/// <summary>The kernel without vector instructions: what the others are held against, and what runs anywhere.</summary>
internal sealed class ScalarWeights : PackedWeights
{
    // Column after column.
    private readonly sbyte[] columns;

    /// <inheritdoc/>
    public ScalarWeights(int k, int n)
        : base(IntegerKernel.Scalar, k, n) => columns = new sbyte[checked(k * n)];

    /// <inheritdoc/>
    private protected override void Lay(ReadOnlySpan<sbyte> weights, int rowStride, int columnStride)
    {
        for (var column = 0; column < N; column++)
        {
            for (var row = 0; row < K; row++)
                columns[column * K + row] = weights[row * rowStride + column * columnStride];
        }
    }

    /// <inheritdoc/>
    private protected override void Compute(ReadOnlySpan<byte> activations, int m, Span<int> sums)
    {
        for (var row = 0; row < m; row++)
        {
            var left = activations.Slice(row * K, K);
            for (var column = 0; column < N; column++)
            {
                var right = columns.AsSpan(column * K, K);
                var sum = 0;
                for (var i = 0; i < right.Length; i++)
                    sum += left[i] * right[i];
                sums[row * N + column] = sum;
            }
        }
    }
}
