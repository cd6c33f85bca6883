using System.Runtime.CompilerServices;

namespace SimEval.Scenarios.Numerics;

/// <summary>
/// Sine, cosine and tangent near zero, and the reduction that brings every angle there: x = quadrant * pi/2 + r + rest
/// with |r| at most a little over pi/4, exact to far below an ulp of the result.
/// </summary>
internal static class Trigonometry
{
    /// <summary>Below 2^-27, x is the double nearest to sin x and tan x (x^3/6 is under half an ulp), and 1 to cos x.</summary>
    internal const double Linear = 7.450580596923828e-09;

    private const double QuarterPi = 0.7853981633974483;
    private const double TwoOverPi = 0.6366197723675814;

    // pi/2 as the unevaluated sum of three doubles.
    private const double HalfPi1 = 1.5707963267948966,
        HalfPi2 = 6.123233995736766e-17,
        HalfPi3 = -1.4973849048591698e-33;

    // Adding it to a number below 2^51 rounds that to an integer, which then lies in the low bits.
    private const double Rounder = 6755399441055744.0;

    // Up to here quadrant * pi/2 keeps 113 good bits in three parts; the nearest a double below it comes to a multiple of
    // pi/2 is about 2^-58.
    private const double ThreePartLimit = 1L << 40;

    /// <summary>
    /// Cody and Waite's reduction, whose first step is exact under a fused multiply-add (both terms are multiples of 2^-53 and
    /// their difference is below one). Returns the quadrant, of which only the two low bits mean anything.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Reduce(double x, out double r, out double rest)
    {
        var size = Math.Abs(x);
        if (size <= QuarterPi)
        {
            r = x;
            rest = 0;
            return 0;
        }

        if (!(size < ThreePartLimit))
            return LargeAngles.Reduce(x, out r, out rest);

        var shifted = Math.FusedMultiplyAdd(x, TwoOverPi, Rounder);
        var n = shifted - Rounder;
        var first = Math.FusedMultiplyAdd(-n, HalfPi1, x);
        var second = n * HalfPi2;
        var secondLow = Math.FusedMultiplyAdd(n, HalfPi2, -second);
        var sum = first - second;
        var back = sum - first;
        var sumLow = (first - (sum - back)) - (second + back);
        var low = sumLow - Math.FusedMultiplyAdd(n, HalfPi3, secondLow);
        r = sum + low;
        rest = (sum - r) + low;
        return (int)BitConverter.DoubleToInt64Bits(shifted);
    }

    /// <summary>sin(r + rest) = r + r^3 P(r^2), P of relative error 2^-58 on [0, (pi/4 + 2^-10)^2].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double SinNear(double r, double rest) => r + SinTail(r, rest);

    /// <summary>cos(r + rest) = 1 - r^2/2 + r^4 Q(r^2), Q of error 2^-64 on the same interval.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double CosNear(double r, double rest)
    {
        var z = r * r;
        var head = Math.FusedMultiplyAdd(-0.5, z, 1);
        return head + CosTail(r, rest, z, head);
    }

    /// <summary>The tangent of r + rest, or of that plus pi/2: a quotient whose operands and remainder keep their low parts.</summary>
    internal static double TanNear(double r, double rest, bool odd)
    {
        var sinTail = SinTail(r, rest);
        var sin = r + sinTail;
        var sinLow = (r - sin) + sinTail;
        var z = r * r;
        var head = Math.FusedMultiplyAdd(-0.5, z, 1);
        var cosTail = CosTail(r, rest, z, head);
        var cos = head + cosTail;
        var cosLow = (head - cos) + cosTail;
        if (odd)
            (sin, sinLow, cos, cosLow) = (-cos, -cosLow, sin, sinLow);
        var quotient = sin / cos;
        var remainder = Math.FusedMultiplyAdd(-quotient, cos, sin) + Math.FusedMultiplyAdd(-quotient, cosLow, sinLow);
        return double.IsFinite(quotient) ? quotient + remainder / cos : quotient;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double SinTail(double r, double rest)
    {
        const double s0 = -0.16666666666666632,
            s1 = 0.008333333333322288,
            s2 = -0.00019841269829702914,
            s3 = 2.7557313653995585e-06,
            s4 = -2.5050751955084732e-08,
            s5 = 1.5896426508849433e-10;
        var z = r * r;
        var zz = z * z;
        var p45 = Math.FusedMultiplyAdd(s5, z, s4);
        var p23 = Math.FusedMultiplyAdd(s3, z, s2);
        var p01 = Math.FusedMultiplyAdd(s1, z, s0);
        var p = Math.FusedMultiplyAdd(Math.FusedMultiplyAdd(p45, zz, p23), zz, p01);
        return Math.FusedMultiplyAdd(r * z, p, rest * Math.FusedMultiplyAdd(-0.5, z, 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double CosTail(double r, double rest, double z, double head)
    {
        const double c0 = 0.0416666666666666,
            c1 = -0.0013888888888873956,
            c2 = 2.4801587289371257e-05,
            c3 = -2.755731431888713e-07,
            c4 = 2.087571854927965e-09,
            c5 = -1.1359394564452538e-11;
        var zz = z * z;
        var q45 = Math.FusedMultiplyAdd(c5, z, c4);
        var q23 = Math.FusedMultiplyAdd(c3, z, c2);
        var q01 = Math.FusedMultiplyAdd(c1, z, c0);
        var q = Math.FusedMultiplyAdd(Math.FusedMultiplyAdd(q45, zz, q23), zz, q01);
        var headLow = Math.FusedMultiplyAdd(-0.5, z, 1 - head);
        return headLow + Math.FusedMultiplyAdd(zz, q, -r * rest);
    }
}
