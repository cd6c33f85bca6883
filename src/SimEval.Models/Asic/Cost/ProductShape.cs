using SimEval.Models.Asic.Boards;

namespace SimEval.Models.Asic.Cost;

/// <summary>A matrix product, or a tile of one: M x K 8-bit activations by K x N 8-bit weights to M x N 32-bit sums.</summary>
/// <param name="M">Rows of activations, at least 1: frames, or places of a convolution.</param>
/// <param name="K">Elements that each sum goes over, at least 1.</param>
/// <param name="N">Columns of weights, at least 1: output features.</param>
public readonly record struct ProductShape(long M, long K, long N)
{
    /// <summary>Bytes of its activations.</summary>
    public long ActivationBytes => checked(M * K);

    /// <summary>Bytes of its weights.</summary>
    public long WeightBytes => checked(K * N);

    /// <summary>Elements of its result, which are its bytes once they are requantized.</summary>
    public long Outputs => checked(M * N);

    /// <summary>Bytes of its sums.</summary>
    public long AccumulatorBytes => checked(4 * M * N);

    /// <summary>Multiplications, each with its addition.</summary>
    public long Macs => checked(M * K * N);

    /// <summary>
    /// The smallest tile that fills the array: what stays takes rows by columns, what streams takes one step. Larger tiles
    /// are whole multiples of it, so that no fold of the array is split between two tiles.
    /// </summary>
    public static ProductShape LeastTile(SystolicArray array) =>
        array.Dataflow switch
        {
            Dataflow.WeightStationary => new(1, array.Rows, array.Columns),
            Dataflow.InputStationary => new(array.Columns, array.Rows, 1),
            _ => new(array.Rows, 1, array.Columns),
        };

    /// <summary>"64 x 256 x 12": M, K, N.</summary>
    public override string ToString() => FormattableString.Invariant($"{M} x {K} x {N}");
}
