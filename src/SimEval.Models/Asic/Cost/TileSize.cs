using SimEval.Models.Asic.Boards;

namespace SimEval.Models.Asic.Cost;

/// <summary>A tile of a matrix product: M x K 8-bit activations by K x N 8-bit weights to M x N 32-bit sums.</summary>
/// <param name="M">Rows of activations.</param>
/// <param name="K">Elements that each sum goes over.</param>
/// <param name="N">Columns of weights.</param>
public readonly record struct TileSize(long M, long K, long N)
{
    /// <summary>Bytes of its activations.</summary>
    public long ActivationBytes => M * K;

    /// <summary>Bytes of its weights.</summary>
    public long WeightBytes => K * N;

    /// <summary>Bytes of its sums.</summary>
    public long AccumulatorBytes => 4 * M * N;

    /// <summary>
    /// The smallest tile that fills the array: what stays takes rows by columns, what streams takes one step. Larger tiles
    /// are whole multiples of it, so that no fold of the array is split between two tiles.
    /// </summary>
    public static TileSize Least(SystolicArray array) =>
        array.Dataflow switch
        {
            Dataflow.WeightStationary => new(1, array.Rows, array.Columns),
            Dataflow.InputStationary => new(array.Columns, array.Rows, 1),
            _ => new(array.Rows, 1, array.Columns),
        };
}
