namespace SimEval.Scenarios.Numerics;

/// <summary>Arc tangent by a table of eighths and a short polynomial; arc sine and cosine by a polynomial and the half-angle.</summary>
internal static class InverseTrigonometry
{
    private const double Pi = 3.141592653589793,
        PiLow = 1.2246467991473532e-16,
        HalfPi = 1.5707963267948966,
        HalfPiLow = 6.123233995736766e-17;

    private const double TwoTo100 = 1.2676506002282294e30,
        TwoToMinus100 = 1 / TwoTo100;

    // atan(i/8) and what is left of it below the double.
    private static readonly double[] Eighths =
    [
        0,
        0.12435499454676144,
        0.24497866312686414,
        0.35877067027057225,
        0.4636476090008061,
        0.5585993153435624,
        0.6435011087932844,
        0.7188299996216245,
        0.7853981633974483,
    ];

    private static readonly double[] EighthsLow =
    [
        0,
        -3.1253241424539383e-18,
        1.0698755618734451e-17,
        -2.4623815582638635e-17,
        2.2698777452961687e-17,
        -5.4556305485916264e-18,
        1.5834785051444286e-17,
        -2.1478388444456983e-17,
        3.061616997868383e-17,
    ];

    /// <summary>The angle of (x, y).</summary>
    internal static double Angle(double y, double x)
    {
        if (double.IsNaN(x) || double.IsNaN(y))
            return double.NaN;
        var (across, up) = (Math.Abs(x), Math.Abs(y));
        var steep = up > across;
        var (least, most) = steep ? (across, up) : (up, across);
        double angle,
            low;
        if (least == most && (least == 0 || double.IsInfinity(least)))
            (angle, low) = least == 0 ? (0, 0) : (Eighths[8], EighthsLow[8]);
        else
            (angle, low) = Octant(least, most);

        if (steep)
            (angle, low) = Difference(HalfPi, HalfPiLow, angle, low);
        if (double.IsNegative(x))
            (angle, low) = Difference(Pi, PiLow, angle, low);
        return Math.CopySign(angle + low, y);
    }

    /// <summary>Arc sine.</summary>
    internal static double Asin(double x)
    {
        var size = Math.Abs(x);
        if (!(size <= 1))
            return double.NaN;
        if (size < Trigonometry.Linear)
            return x;
        if (size <= 0.5)
            return Math.FusedMultiplyAdd(x, AsinTail(x * x), x);
        var (root, low) = HalfAngle(size);
        var (angle, rest) = Difference(HalfPi, HalfPiLow, 2 * root, 2 * low);
        return Math.CopySign(angle + rest, x);
    }

    /// <summary>Arc cosine.</summary>
    internal static double Acos(double x)
    {
        var size = Math.Abs(x);
        if (!(size <= 1))
            return double.NaN;
        if (size <= 0.5)
        {
            var (angle, rest) = Difference(HalfPi, HalfPiLow, x, x * AsinTail(x * x));
            return angle + rest;
        }

        var (root, low) = HalfAngle(size);
        if (x > 0)
            return 2 * (root + low);
        var (obtuse, obtuseLow) = Difference(Pi, PiLow, 2 * root, 2 * low);
        return obtuse + obtuseLow;
    }

    /// <summary>asin(sqrt((1 - size)/2)), half of acos(size), in two parts; the root's own remainder is in the low one.</summary>
    private static (double Angle, double Low) HalfAngle(double size)
    {
        var z = (1 - size) * 0.5;
        if (z == 0)
            return (0, 0);
        var root = Math.Sqrt(z);
        var rootLow = Math.FusedMultiplyAdd(-root, root, z) / (2 * root);
        return (root, Math.FusedMultiplyAdd(root, AsinTail(z), rootLow));
    }

    /// <summary>asin(r)/r - 1 as z R(z) with z = r^2; R of relative error 2^-59 on [0, 1/4].</summary>
    private static double AsinTail(double z)
    {
        var p = Math.FusedMultiplyAdd(0.032702242660036934, z, -0.021116871797067);
        p = Math.FusedMultiplyAdd(p, z, 0.021790774242404016);
        p = Math.FusedMultiplyAdd(p, z, 0.003672123489517243);
        p = Math.FusedMultiplyAdd(p, z, 0.010789340411590869);
        p = Math.FusedMultiplyAdd(p, z, 0.01139728897846243);
        p = Math.FusedMultiplyAdd(p, z, 0.013981019126308438);
        p = Math.FusedMultiplyAdd(p, z, 0.017351595441455422);
        p = Math.FusedMultiplyAdd(p, z, 0.022372215909799854);
        p = Math.FusedMultiplyAdd(p, z, 0.030381942675113308);
        p = Math.FusedMultiplyAdd(p, z, 0.04464285717529031);
        p = Math.FusedMultiplyAdd(p, z, 0.07499999999970093);
        p = Math.FusedMultiplyAdd(p, z, 0.16666666666666763);
        return z * p;
    }

    /// <summary>
    /// atan(y/x) for 0 &lt;= y &lt;= x, x > 0: atan(c) + atan(u) with c the nearest eighth of y/x and u = (y - c x)/(x + c y), at most
    /// 1/16; atan(u) = u + u^3 P(u^2), P of error 2^-62.
    /// </summary>
    private static (double Angle, double Low) Octant(double y, double x)
    {
        var ratio = y / x;
        if (ratio < Trigonometry.Linear)
            return (ratio, 0);
        if (x > 1e300)
            (x, y) = (x * TwoToMinus100, y * TwoToMinus100);
        else if (x < 1e-280)
            (x, y) = (x * TwoTo100, y * TwoTo100);

        var index = (int)(ratio * 8 + 0.5);
        var c = index * 0.125;
        var numerator = Math.FusedMultiplyAdd(-c, x, y);
        var denominator = Math.FusedMultiplyAdd(c, y, x);
        var denominatorLow = Math.FusedMultiplyAdd(c, y, x - denominator);
        var inverse = 1 / denominator;
        var u = numerator * inverse;
        var remainder = Math.FusedMultiplyAdd(-u, denominator, numerator) - u * denominatorLow;

        var z = u * u;
        var p = Math.FusedMultiplyAdd(-0.09002017355207016, z, 0.11110727351203532);
        p = Math.FusedMultiplyAdd(p, z, -0.1428571353286791);
        p = Math.FusedMultiplyAdd(p, z, 0.19999999999355209);
        p = Math.FusedMultiplyAdd(p, z, -0.33333333333333154);
        var tail = Math.FusedMultiplyAdd(u * z, p, remainder * inverse);

        var angle = Eighths[index] + u;
        return (angle, (Eighths[index] - angle + u) + (EighthsLow[index] + tail));
    }

    /// <summary>(a + aLow) - (b + bLow) for a >= |b|, in two parts.</summary>
    private static (double High, double Low) Difference(double a, double aLow, double b, double bLow)
    {
        var high = a - b;
        return (high, ((a - high) - b) + (aLow - bLow));
    }
}
