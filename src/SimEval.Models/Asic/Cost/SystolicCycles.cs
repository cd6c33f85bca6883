using SimEval.Models.Asic.Boards;

namespace SimEval.Models.Asic.Cost;

/// <summary>
/// Cycles of a matrix product on a systolic array of R rows and C columns: the formulas of SCALE-Sim v3 (Samajdar et al.,
/// "A systematic methodology for characterizing scalability of DNN accelerators using SCALE-Sim", ISPASS 2020), in which
/// a fold fills the array, streams, and drains before the next begins:
/// weights stay: ceil(K/R) ceil(N/C) (2R + C + M - 2) - 1;
/// inputs stay: ceil(K/R) ceil(M/C) (2R + C + N - 2) - 1;
/// sums stay: ceil(M/R) ceil(N/C) (R + C + K - 2) - 1.
/// </summary>
public static class SystolicCycles
{
    /// <summary>Cycles of a product.</summary>
    public static long Of(SystolicArray array, ProductShape shape) => Of(array, shape, 1);

    /// <summary>Cycles of a product whose streaming side is cut into pieces: each fold fills and drains once a piece.</summary>
    /// <param name="array">The array.</param>
    /// <param name="shape">The product.</param>
    /// <param name="pieces">Pieces of the streaming side, at least 1; with 1 this is the published formula.</param>
    public static long Of(SystolicArray array, ProductShape shape, long pieces)
    {
        checked
        {
            var (overhead, streamed) = array.Dataflow switch
            {
                Dataflow.WeightStationary => (2L * array.Rows + array.Columns - 2, shape.M),
                Dataflow.InputStationary => (2L * array.Rows + array.Columns - 2, shape.N),
                _ => ((long)array.Rows + array.Columns - 2, shape.K),
            };
            return Folds(array, shape) * (pieces * overhead + streamed) - 1;
        }
    }

    /// <summary>How many times the array is filled anew with what stays.</summary>
    public static long Folds(SystolicArray array, ProductShape shape)
    {
        var (first, second) = array.Dataflow switch
        {
            Dataflow.WeightStationary => (shape.K, shape.N),
            Dataflow.InputStationary => (shape.K, shape.M),
            _ => (shape.M, shape.N),
        };
        return checked(Pieces(first, array.Rows) * Pieces(second, array.Columns));
    }

    /// <summary>ceil(length / piece).</summary>
    internal static long Pieces(long length, long piece) => (length + piece - 1) / piece;
}
