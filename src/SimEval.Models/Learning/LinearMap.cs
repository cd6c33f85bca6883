namespace SimEval.Models.Learning;

/// <summary>An affine map y = x W + b: what of a policy needs no hidden layer.</summary>
public sealed class LinearMap
{
    private LinearMap(int inputs, int outputs) => (Weights, Biases) = (new float[inputs * outputs], new float[outputs]);

    /// <summary>(in, out), row-major.</summary>
    public float[] Weights { get; }

    /// <summary>(out).</summary>
    public float[] Biases { get; }

    /// <summary>
    /// Least squares with a ridge (Hoerl and Kennard 1970), solved by Cholesky's factorisation of the normal equations.
    /// </summary>
    /// <param name="x">(rows, in), of scale about 1.</param>
    /// <param name="y">(rows, out).</param>
    /// <param name="inputs">Elements of a row of x.</param>
    /// <param name="outputs">Elements of a row of y.</param>
    /// <param name="ridge">Penalty on squared weights for each row.</param>
    public static LinearMap Fit(ReadOnlySpan<float> x, ReadOnlySpan<float> y, int inputs, int outputs, double ridge)
    {
        var rows = x.Length / inputs;
        var size = inputs + 1;
        var normal = new double[size * size];
        var right = new double[size * outputs];
        var row = new double[size];
        row[inputs] = 1;
        for (var r = 0; r < rows; r++)
        {
            for (var i = 0; i < inputs; i++)
                row[i] = x[r * inputs + i];
            for (var i = 0; i < size; i++)
            {
                if (row[i] == 0)
                    continue;
                for (var j = 0; j <= i; j++)
                    normal[i * size + j] += row[i] * row[j];
                for (var o = 0; o < outputs; o++)
                    right[i * outputs + o] += row[i] * y[r * outputs + o];
            }
        }

        for (var i = 0; i < size; i++)
            normal[i * size + i] += ridge * Math.Max(rows, 1);
        Factor(normal, size);
        Solve(normal, right, size, outputs);
        var map = new LinearMap(inputs, outputs);
        for (var i = 0; i < map.Weights.Length; i++)
            map.Weights[i] = (float)right[i];
        for (var o = 0; o < outputs; o++)
            map.Biases[o] = (float)right[inputs * outputs + o];
        return map;
    }

    /// <summary>Writes x W + b for every row.</summary>
    public void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        var (outputs, inputs) = (Biases.Length, Weights.Length / Biases.Length);
        var rows = x.Length / inputs;
        for (var row = 0; row < rows; row++)
            Biases.CopyTo(y[(row * outputs)..]);
        MatrixProduct.Accumulate(y, new MatrixView(x, inputs, 1), Weights, rows, outputs, inputs);
    }

    /// <summary>Replaces the lower triangle of a positive definite matrix by its Cholesky factor.</summary>
    private static void Factor(double[] a, int size)
    {
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i * size + j];
                for (var k = 0; k < j; k++)
                    sum -= a[i * size + k] * a[j * size + k];
                a[i * size + j] = i == j ? Math.Sqrt(sum) : sum / a[j * size + j];
            }
        }
    }

    /// <summary>Forward, then backward substitution, in place.</summary>
    private static void Solve(double[] factor, double[] right, int size, int columns)
    {
        for (var c = 0; c < columns; c++)
        {
            for (var i = 0; i < size; i++)
            {
                var sum = right[i * columns + c];
                for (var k = 0; k < i; k++)
                    sum -= factor[i * size + k] * right[k * columns + c];
                right[i * columns + c] = sum / factor[i * size + i];
            }

            for (var i = size - 1; i >= 0; i--)
            {
                var sum = right[i * columns + c];
                for (var k = i + 1; k < size; k++)
                    sum -= factor[k * size + i] * right[k * columns + c];
                right[i * columns + c] = sum / factor[i * size + i];
            }
        }
    }
}
