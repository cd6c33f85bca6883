namespace SimEval.Models.Compression;

/// <summary>
/// Second moments of a matrix product's inputs, as the original model gives them (x) and as the model does that is pruned up to
/// this layer (z), both with a 1 behind them for the bias: what a least-squares fit of the layer's weights needs, so that
/// z w' comes near x w with what errors came before.
/// </summary>
public sealed class InputMoments
{
    /// <summary>Wider layers are not fitted: the work grows with the cube of the width.</summary>
    public const int Widest = 1024;

    // Against moments that are singular: this share of their mean diagonal is added to it.
    private const double Damping = 1e-3;

    private readonly int width;
    private readonly double[] own;
    private readonly double[] cross;

    /// <summary>No rows yet.</summary>
    /// <param name="width">Inputs of the layer.</param>
    public InputMoments(int width)
    {
        this.width = width;
        (own, cross) = (new double[(width + 1) * (width + 1)], new double[(width + 1) * (width + 1)]);
    }

    /// <summary>Adds rows.</summary>
    /// <param name="pruned">z, row after row.</param>
    /// <param name="original">x of the same rows.</param>
    public void Add(ReadOnlySpan<float> pruned, ReadOnlySpan<float> original)
    {
        for (var row = 0; row < pruned.Length; row += width)
        {
            for (var i = 0; i <= width; i++)
            {
                double z = i < width ? pruned[row + i] : 1;
                if (z == 0)
                    continue;
                var at = i * (width + 1);
                for (var j = 0; j < width; j++)
                {
                    own[at + j] += z * pruned[row + j];
                    cross[at + j] += z * original[row + j];
                }

                own[at + width] += z;
                cross[at + width] += z;
            }
        }
    }

    /// <summary>Root of the sum of squares of an input.</summary>
    public double SizeOf(int input) => Math.Sqrt(own[input * (width + 1) + input]);

    /// <summary>Fits the weights that are not 0, and the bias where there is one, to the original ones.</summary>
    /// <param name="layout">The original weights; a matrix.</param>
    /// <param name="weights">The pruned ones, row-major; changed.</param>
    /// <param name="bias">The bias, changed; null: none.</param>
    public void Fit(WeightLayout layout, float[] weights, float[]? bias)
    {
        var original = layout.Weights.Span<float>();
        var (step, outputs) = (layout.ReductionStep, weights.Length / width);
        var ridge = Damping * Enumerable.Range(0, width).Sum(i => own[i * (width + 1) + i]) / width;
        for (var output = 0; output < outputs; output++)
        {
            // A matrix has its outputs either last (step is their number) or first (step is 1).
            var start = step == 1 ? output * width : output;
            var kept = Enumerable.Range(0, width).Where(i => weights[start + i * step] != 0).ToList();
            if (bias is not null)
                kept.Add(width);
            var wanted = new double[width + 1];
            for (var i = 0; i < width; i++)
                wanted[i] = original[start + i * step];
            wanted[width] = bias?[output] ?? 0;
            var fitted = Solve(kept, wanted, ridge);
            for (var k = 0; k < kept.Count; k++)
            {
                if (kept[k] == width)
                    bias![output] = (float)fitted[k];
                else
                    weights[start + kept[k] * step] = (float)fitted[k];
            }
        }
    }

    /// <summary>
    /// w' with (Z + r I) w' = (C w) + r w over the kept inputs, so that without rows, or with few, the weights stay what they
    /// were; by Cholesky's factors.
    /// </summary>
    private double[] Solve(List<int> kept, double[] wanted, double ridge)
    {
        var n = kept.Count;
        var (factor, solution) = (new double[n, n], new double[n]);
        for (var row = 0; row < n; row++)
        {
            var at = kept[row] * (width + 1);
            var right = ridge * wanted[kept[row]];
            for (var j = 0; j <= width; j++)
                right += cross[at + j] * wanted[j];
            for (var column = 0; column <= row; column++)
            {
                var sum = own[at + kept[column]] + (row == column ? ridge + double.Epsilon : 0);
                for (var k = 0; k < column; k++)
                    sum -= factor[row, k] * factor[column, k];
                factor[row, column] = row == column ? Math.Sqrt(Math.Max(sum, 1e-30)) : sum / factor[column, column];
            }

            for (var k = 0; k < row; k++)
                right -= factor[row, k] * solution[k];
            solution[row] = right / factor[row, row];
        }

        for (var row = n - 1; row >= 0; row--)
        {
            for (var k = row + 1; k < n; k++)
                solution[row] -= factor[k, row] * solution[k];
            solution[row] /= factor[row, row];
        }

        return solution;
    }
}
