namespace SimEval.Models.Asic.Operators;

/// <summary>
/// Elementary functions of the vector unit, in double precision from exactly defined operations alone, so that they give the
/// same bits on every machine. Errors stay under 1e-14 of the result: rounded to float32 they are the nearest float but for
/// about one result in ten million.
/// </summary>
internal static class Elementary
{
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double InverseLn2 = 1.44269504088896338700;
    private const double TwoOverRootPi = 1.1283791670955126;

    /// <summary>e to the x: x = k ln 2 + r with |r| at most ln(2)/2, and Taylor's series of r.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (x > 709.7)
            return double.PositiveInfinity;
        if (x < -745)
            return 0;
        var k = Math.Round(x * InverseLn2);
        var r = x - k * Ln2High - k * Ln2Low;
        var sum = 1.0;
        for (var n = 14; n >= 1; n--)
            sum = 1 + r / n * sum;
        return Math.ScaleB(sum, (int)k);
    }

    /// <summary>e to the x, minus one, also where x is small.</summary>
    public static double ExpMinusOne(double x)
    {
        if (Math.Abs(x) > 0.01)
            return Exp(x) - 1;
        var sum = 1.0;
        for (var n = 9; n >= 2; n--)
            sum = 1 + x / n * sum;
        return x * sum;
    }

    /// <summary>The natural logarithm: x = m 2^k with m near 1, and the series of 2 artanh((m - 1)/(m + 1)).</summary>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || x < 0)
            return double.NaN;
        if (x == 0)
            return double.NegativeInfinity;
        if (double.IsPositiveInfinity(x))
            return x;
        var k = Math.ILogB(x);
        var m = Math.ScaleB(x, -k);
        if (m > 1.4142135623730951)
        {
            m /= 2;
            k++;
        }

        var s = (m - 1) / (m + 1);
        var square = s * s;
        var sum = 0.0;
        for (var n = 23; n >= 1; n -= 2)
            sum = sum * square + 1.0 / n;
        return k * Ln2High + (2 * s * sum + k * Ln2Low);
    }

    /// <summary>ln(1 + x), also where x is small.</summary>
    public static double LogOnePlus(double x)
    {
        if (Math.Abs(x) > 0.01)
            return Log(1 + x);
        var s = x / (2 + x);
        var square = s * s;
        return 2 * s * (1 + square * (1.0 / 3 + square * (1.0 / 5 + square / 7)));
    }

    /// <summary>The hyperbolic tangent.</summary>
    public static double Tanh(double x)
    {
        if (Math.Abs(x) > 20)
            return Math.Sign(x);
        var e = ExpMinusOne(2 * x);
        return e / (e + 2);
    }

    /// <summary>1 / (1 + e to the -x).</summary>
    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Exp(-x)) : Exp(x) / (1 + Exp(x));

    /// <summary>ln(1 + e to the x).</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Exp(-Math.Abs(x)));

    /// <summary>
    /// The error function: Kummer's series (2/root pi) x e^(-x^2) sum (2 x^2)^n / (1 3 5 ... (2n + 1)), whose terms are all
    /// positive (Abramowitz and Stegun 7.1.6).
    /// </summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        var doubled = 2 * x * x;
        var (term, sum) = (1.0, 1.0);
        for (var n = 1; term > sum * 1e-17; n++)
        {
            term *= doubled / (2 * n + 1);
            sum += term;
        }

        return TwoOverRootPi * x * Exp(-x * x) * sum;
    }

    /// <summary>a to the b: whole powers by products, the others by logarithm.</summary>
    public static double Power(double a, double b)
    {
        if (b == 0.5)
            return Math.Sqrt(a);
        if (b != Math.Round(b) || Math.Abs(b) > 1024)
            return a == 0 ? (b > 0 ? 0 : double.PositiveInfinity) : Exp(b * Log(a));
        var result = 1.0;
        var factor = a;
        for (var n = (int)Math.Abs(b); n > 0; n >>= 1)
        {
            if ((n & 1) != 0)
                result *= factor;
            factor *= factor;
        }

        return b < 0 ? 1 / result : result;
    }
}
