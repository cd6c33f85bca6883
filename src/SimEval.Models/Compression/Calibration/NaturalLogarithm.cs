namespace SimEval.Models.Compression.Calibration;

/// <summary>
/// ln from +, -, * and / alone, so that its bits are the same on every processor: x = 2^k m with m within a factor of sqrt 2 of
/// 1, and ln m = 2 artanh((m - 1) / (m + 1)) as a series whose terms beyond the 23rd power are below 1e-18.
/// </summary>
internal static class NaturalLogarithm
{
    private const double Ln2 = 0.69314718055994530942;
    private const double Sqrt2 = 1.41421356237309504880;

    /// <summary>ln x for a positive, finite, normal x.</summary>
    public static double Of(double x)
    {
        var k = Math.ILogB(x);
        var m = Math.ScaleB(x, -k);
        if (m > Sqrt2)
            (m, k) = (m / 2, k + 1);
        var t = (m - 1) / (m + 1);
        var square = t * t;
        var sum = 0.0;
        for (var n = 23; n >= 1; n -= 2)
            sum = sum * square + 1.0 / n;
        return k * Ln2 + 2 * t * sum;
    }
}
