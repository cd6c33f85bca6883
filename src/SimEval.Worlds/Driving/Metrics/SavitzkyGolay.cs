using System.Numerics;
using System.Runtime.InteropServices;

namespace SimEval.Worlds.Driving.Metrics;

/// <summary>
/// The Savitzky-Golay filter (Savitzky and Golay 1964): a polynomial fitted to a sliding window by least squares, and its
/// value or derivative at the middle. The first and last half windows take the fit of the first and last whole window. An
/// even window of w samples ends w/2 samples ahead and is evaluated half a sample ahead, as SciPy's savgol_filter does, which the
/// published comfort limits were set with.
/// </summary>
internal sealed class SavitzkyGolay
{
    private readonly int window,
        order;

    // weights[row * window + j]: row 0 is the middle of the window; rows 1..window are its samples, for the edges.
    private readonly double[] weights;

    /// <summary>A filter of <paramref name="window"/> samples one unit apart; the order is below it.</summary>
    public SavitzkyGolay(int window, int order, int derivative)
    {
        if (order >= window || derivative > order)
            throw new ArgumentOutOfRangeException(nameof(order), "The order must be below the window's samples.");
        this.window = window;
        this.order = order;
        weights = new double[(window + 1) * window];
        var middle = (window - 1) / 2.0;
        var moments = Moments(middle);
        for (var row = 0; row <= window; row++)
            Row(row, row == 0 ? 0 : row - 1 - middle, middle, derivative, (double[,])moments.Clone());
    }

    /// <summary>Least number of samples it takes.</summary>
    public int Window => window;

    /// <summary>
    /// Filters <paramref name="input"/> (at least a window long) into <paramref name="output"/>, another array; a derivative of
    /// order d over a sampling step h takes the scale 1/h^d.
    /// </summary>
    public void Apply(ReadOnlySpan<double> input, Span<double> output, double scale)
    {
        var n = input.Length;
        var half = window / 2;
        for (var i = 0; i < half; i++)
        {
            output[i] = Edge(i + 1, input[..window]) * scale;
            output[n - 1 - i] = Edge(window - i, input[(n - window)..]) * scale;
        }

        // Every output sums its window in the same order, whatever the width of a vector.
        var middle = output[half..(n - half)];
        var behind = (window - 1) / 2;
        middle.Clear();
        for (var j = 0; j < window; j++)
        {
            var x = input.Slice(half - behind + j, middle.Length);
            var weight = weights[j];
            var wide = MemoryMarshal.Cast<double, Vector<double>>(middle);
            var source = MemoryMarshal.Cast<double, Vector<double>>(x);
            for (var k = 0; k < wide.Length; k++)
                wide[k] += source[k] * weight;
            for (var k = wide.Length * Vector<double>.Count; k < middle.Length; k++)
                middle[k] += x[k] * weight;
        }

        for (var k = 0; k < middle.Length; k++)
            middle[k] *= scale;
    }

    private double Edge(int row, ReadOnlySpan<double> x)
    {
        var w = weights.AsSpan(row * window, window);
        var sum = 0.0;
        for (var j = 0; j < w.Length; j++)
            sum += w[j] * x[j];
        return sum;
    }

    private double[,] Moments(double middle)
    {
        var m = new double[order + 1, order + 1];
        for (var a = 0; a <= order; a++)
        {
            for (var b = 0; b <= order; b++)
            {
                for (var j = 0; j < window; j++)
                    m[a, b] += Power(j - middle, a + b);
            }
        }

        return m;
    }

    // Weight of sample j in the derivative at x: sum_a c_a x_j^a with M c = d^derivative/dx of (1, x, x^2, ...).
    private void Row(int row, double at, double middle, int derivative, double[,] moments)
    {
        var right = new double[order + 1];
        for (var a = derivative; a <= order; a++)
        {
            var factor = 1.0;
            for (var d = 0; d < derivative; d++)
                factor *= a - d;
            right[a] = factor * Power(at, a - derivative);
        }

        Solve(moments, right);
        for (var j = 0; j < window; j++)
        {
            for (var a = 0; a <= order; a++)
                weights[(row * window) + j] += right[a] * Power(j - middle, a);
        }
    }

    // Gauss with partial pivoting; the matrix is at most 4 by 4.
    private static void Solve(double[,] m, double[] b)
    {
        var n = b.Length;
        for (var k = 0; k < n; k++)
        {
            var pivot = k;
            for (var i = k + 1; i < n; i++)
            {
                if (Math.Abs(m[i, k]) > Math.Abs(m[pivot, k]))
                    pivot = i;
            }

            for (var j = 0; j < n; j++)
                (m[k, j], m[pivot, j]) = (m[pivot, j], m[k, j]);
            (b[k], b[pivot]) = (b[pivot], b[k]);
            for (var i = k + 1; i < n; i++)
            {
                var f = m[i, k] / m[k, k];
                for (var j = k; j < n; j++)
                    m[i, j] -= f * m[k, j];
                b[i] -= f * b[k];
            }
        }

        for (var k = n - 1; k >= 0; k--)
        {
            for (var j = k + 1; j < n; j++)
                b[k] -= m[k, j] * b[j];
            b[k] /= m[k, k];
        }
    }

    private static double Power(double x, int exponent)
    {
        var product = 1.0;
        for (var i = 0; i < exponent; i++)
            product *= x;
        return product;
    }
}
