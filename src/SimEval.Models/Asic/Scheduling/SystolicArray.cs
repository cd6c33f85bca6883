using SimEval.Models.Asic.Boards;

namespace SimEval.Models.Asic.Scheduling;

/// <summary>
/// Cycles of a systolic array of R rows and C columns for a product of M rows, K terms and N columns: the closed forms of
/// SCALE-Sim (Samajdar et al., 2018 and 2020), which version 3 of its simulator gives for every size tried. Every fold fills,
/// streams and drains; weights are not loaded behind the fold before.
/// </summary>
public static class SystolicArray
{
    /// <summary>Cycles until the last sum has left the array.</summary>
    /// <param name="flow">What stays in the array.</param>
    /// <param name="m">Rows of the activations.</param>
    /// <param name="k">Terms.</param>
    /// <param name="n">Columns of the weights.</param>
    /// <param name="rows">Rows of the array.</param>
    /// <param name="columns">Columns of the array.</param>
    public static long Cycles(ArrayDataflow flow, long m, long k, long n, int rows, int columns) =>
        flow switch
        {
            ArrayDataflow.WeightStationary => Folds(k, rows) * Folds(n, columns) * (2L * rows + columns + m - 2) - 1,
            ArrayDataflow.InputStationary => Folds(k, rows) * Folds(m, columns) * (2L * rows + columns + n - 2) - 1,
            _ => Folds(m, rows) * Folds(n, columns) * (rows + columns + k - 2) - 1,
        };

    private static long Folds(long size, int array) => (size + array - 1) / array;
}
