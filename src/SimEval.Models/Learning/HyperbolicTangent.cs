namespace SimEval.Models.Learning;

/// <summary>
/// tanh from +, -, * and / alone, so that its bits are the same on every processor: (e^2x - 1) / (e^2x + 1), with e^y as
/// 2^k e^r, |r| at most ln 2 / 2, and a Taylor polynomial of degree 13 for e^r (error below 1e-17 of it).
/// </summary>
internal static class HyperbolicTangent
{
    private const double Ln2 = 0.69314718055994530942;

    /// <summary>tanh x.</summary>
    public static double Of(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (Math.Abs(x) < 1e-4)
            return x - x * x * x / 3;
        if (Math.Abs(x) > 20)
            return Math.Sign(x);
        var y = 2 * x;
        var k = Math.Round(y / Ln2);
        var r = y - k * Ln2;
        var power = 1.0;
        for (var n = 13; n >= 1; n--)
            power = 1 + power * r / n;
        var e = Math.ScaleB(power, (int)k);
        return (e - 1) / (e + 1);
    }
}
