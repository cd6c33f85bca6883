namespace SimEval.Scenarios.Numerics;

/// <summary>Exponential, logarithm and what is made of them.</summary>
internal static class Exponentials
{
    private const double Ln2 = 0.6931471805599453,
        Ln2Low = 2.3190468138462996e-17,
        InverseLn2 = 1.4426950408889634,
        RootHalf = 0.7071067811865476;

    private const double Rounder = 6755399441055744.0;

    /// <summary>
    /// e^(x + low): x = k ln 2 + r (exact under a fused multiply-add, since both are multiples of 2^-54), then
    /// e^r = 1 + r + r^2 P(r), P of error 2^-58 on |r| &lt;= ln(2)/2.
    /// </summary>
    internal static double Exp(double x, double low)
    {
        if (double.IsNaN(x))
            return double.NaN;
        if (x > 709.8)
            return double.PositiveInfinity;
        if (x < -745.2)
            return 0;

        var k = Math.FusedMultiplyAdd(x, InverseLn2, Rounder) - Rounder;
        var r = Math.FusedMultiplyAdd(-k, Ln2, x);
        var rest = Math.FusedMultiplyAdd(-k, Ln2Low, low);
        var p = Math.FusedMultiplyAdd(2.5117941069194798e-08, r, 2.763136953428777e-07);
        p = Math.FusedMultiplyAdd(p, r, 2.7557216051627604e-06);
        p = Math.FusedMultiplyAdd(p, r, 2.4801489707495585e-05);
        p = Math.FusedMultiplyAdd(p, r, 0.00019841269917657858);
        p = Math.FusedMultiplyAdd(p, r, 0.0013888888947226029);
        p = Math.FusedMultiplyAdd(p, r, 0.00833333333330708);
        p = Math.FusedMultiplyAdd(p, r, 0.04166666666651469);
        p = Math.FusedMultiplyAdd(p, r, 0.166666666666667);
        p = Math.FusedMultiplyAdd(p, r, 0.5000000000000013);
        var tail = r * r * p;
        var head = 1 + r;
        var headLow = r - (head - 1);
        return Scale(head + (headLow + Math.FusedMultiplyAdd(rest, head + tail, tail)), (int)k);
    }

    /// <summary>
    /// Natural logarithm: x = 2^k m with m in [sqrt(1/2), sqrt(2)), s = (m-1)/(m+1), log m = 2s + s^3 P(s^2), P of error 2^-58.
    /// </summary>
    internal static double Log(double x)
    {
        if (!(x > 0) || double.IsPositiveInfinity(x))
            return LogSpecial(x);
        var (k, m) = Split(x);
        var f = m - 1;
        var (s, sLow) = HalfRatio(f);
        var z = s * s;
        var p = Math.FusedMultiplyAdd(0.1479610463708204, z, 0.15314035926270983);
        p = Math.FusedMultiplyAdd(p, z, 0.18183564862737678);
        p = Math.FusedMultiplyAdd(p, z, 0.22222198563570503);
        p = Math.FusedMultiplyAdd(p, z, 0.2857142874247384);
        p = Math.FusedMultiplyAdd(p, z, 0.39999999999414326);
        p = Math.FusedMultiplyAdd(p, z, 0.6666666666666734);
        var tail = Math.FusedMultiplyAdd(s * z, p, 2 * sLow);
        var (sum, low) = AddLn2(k, 2 * s, tail);
        return sum + low;
    }

    /// <summary>x^y through a logarithm of 66 good bits, so that the exponential's argument carries no error worth an ulp.</summary>
    internal static double Pow(double x, double y)
    {
        if (y == 0 || x == 1)
            return 1;
        if (double.IsNaN(x) || double.IsNaN(y))
            return double.NaN;
        var size = Math.Abs(x);
        var integer = Math.Floor(y) == y;
        // From 2^53 on every double is even.
        var odd = integer && Math.Abs(y) < 9007199254740992.0 && ((long)y & 1) != 0;
        if (double.IsInfinity(y))
        {
            if (size == 1)
                return 1;
            return size > 1 == y > 0 ? double.PositiveInfinity : 0;
        }

        var sign = double.IsNegative(x) && odd ? -1.0 : 1.0;
        if (size == 0)
            return y > 0 ? sign * 0.0 : sign * double.PositiveInfinity;
        if (double.IsInfinity(size))
            return y > 0 ? sign * double.PositiveInfinity : sign * 0.0;
        if (x < 0 && !integer)
            return double.NaN;

        var (log, logLow) = LogInTwo(size);
        var high = y * log;
        if (!(Math.Abs(high) < 1e4))
            return sign * (high > 0 ? double.PositiveInfinity : 0.0);
        var low = Math.FusedMultiplyAdd(y, log, -high) + y * logLow;
        return sign * Exp(high, low);
    }

    /// <summary>Hyperbolic tangent: a polynomial below 0.55 (error 2^-60), 1 - 2/(e^2x + 1) above.</summary>
    internal static double Tanh(double x)
    {
        var size = Math.Abs(x);
        if (double.IsNaN(x))
            return double.NaN;
        if (size < Trigonometry.Linear)
            return x;
        if (size > 22)
            return Math.CopySign(1, x);
        if (size >= 0.55)
            return Math.CopySign(1 - 2 / (Exp(2 * size, 0) + 1), x);
        var z = x * x;
        var p = Math.FusedMultiplyAdd(-1.9516725507774857e-05, z, 8.335328145126736e-05);
        p = Math.FusedMultiplyAdd(p, z, -0.00023340812026696013);
        p = Math.FusedMultiplyAdd(p, z, 0.0005884552886300116);
        p = Math.FusedMultiplyAdd(p, z, -0.0014555455686450659);
        p = Math.FusedMultiplyAdd(p, z, 0.0035920924699781474);
        p = Math.FusedMultiplyAdd(p, z, -0.008863232646791222);
        p = Math.FusedMultiplyAdd(p, z, 0.02186948838874949);
        p = Math.FusedMultiplyAdd(p, z, -0.053968253963866696);
        p = Math.FusedMultiplyAdd(p, z, 0.13333333333326813);
        p = Math.FusedMultiplyAdd(p, z, -0.333333333333333);
        return Math.FusedMultiplyAdd(x * z, p, x);
    }

    /// <summary>log x in two parts, relative error about 2^-66: the series 2s (1 + z/3 + z^2/5 + z^3 T(z)), all but T in two parts.</summary>
    private static (double High, double Low) LogInTwo(double x)
    {
        const double third = 0.3333333333333333,
            thirdLow = 1.850371707708594e-17,
            fifth = 0.2,
            fifthLow = -1.1102230246251566e-17;
        var (k, m) = Split(x);
        var (s, sLow) = HalfRatio(m - 1);
        var z = s * s;
        var zLow = Math.FusedMultiplyAdd(s, s, -z) + 2 * s * sLow;
        var t = Math.FusedMultiplyAdd(0.0595543478397548, z, 0.05842526771920192);
        t = Math.FusedMultiplyAdd(t, z, 0.06667881292894193);
        t = Math.FusedMultiplyAdd(t, z, 0.07692286455610307);
        t = Math.FusedMultiplyAdd(t, z, 0.09090909302645163);
        t = Math.FusedMultiplyAdd(t, z, 0.11111111110006675);
        t = z * Math.FusedMultiplyAdd(t, z, 0.1428571428571658);

        var a = fifth + t;
        var aLow = (fifth - a + t) + fifthLow;
        var (az, azLow) = Product(a, aLow, z, zLow);
        var b = third + az;
        var bLow = (third - b + az) + (azLow + thirdLow);
        var (d, dLow) = Product(b, bLow, z, zLow);
        var (e, eLow) = Product(d, dLow, 2 * s, 2 * sLow);
        var sum = 2 * s + e;
        var sumLow = (2 * s - sum + e) + (eLow + 2 * sLow);
        var (high, low) = AddLn2(k, sum, sumLow);
        var top = high + low;
        return (top, (high - top) + low);
    }

    private static (double High, double Low) Product(double a, double aLow, double b, double bLow)
    {
        var high = a * b;
        return (high, Math.FusedMultiplyAdd(a, b, -high) + Math.FusedMultiplyAdd(a, bLow, aLow * b));
    }

    /// <summary>f/(2 + f) in two parts.</summary>
    private static (double Ratio, double Low) HalfRatio(double f)
    {
        var sum = 2 + f;
        var sumLow = f - (sum - 2);
        var inverse = 1 / sum;
        var ratio = f * inverse;
        var remainder = Math.FusedMultiplyAdd(-ratio, sum, f) - ratio * sumLow;
        return (ratio, remainder * inverse);
    }

    /// <summary>k ln 2 + a + low; |a| is below ln 2, so that the sum of the heads has an exact remainder.</summary>
    private static (double High, double Low) AddLn2(int k, double a, double low)
    {
        var product = k * Ln2;
        var productLow = Math.FusedMultiplyAdd(k, Ln2Low, Math.FusedMultiplyAdd(k, Ln2, -product));
        var sum = product + a;
        return (sum, (product - sum + a) + (productLow + low));
    }

    /// <summary>x = 2^k m with m in [sqrt(1/2), sqrt(2)); x positive and finite.</summary>
    private static (int K, double M) Split(double x)
    {
        var k = 0;
        if (x < 2.2250738585072014e-308)
        {
            x *= 18014398509481984.0;
            k = -54;
        }

        var bits = BitConverter.DoubleToInt64Bits(x);
        k += (int)(bits >> 52) - 1022;
        var m = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) | 0x3FE0000000000000);
        return m < RootHalf ? (k - 1, 2 * m) : (k, m);
    }

    private static double Scale(double value, int k)
    {
        if (k is > -1022 and < 1024)
            return value * Power(k);
        return k > 0 ? value * Power(1023) * Power(k - 1023) : value * Power(k + 200) * Power(-200);
    }

    private static double Power(int k) => BitConverter.Int64BitsToDouble((long)(k + 1023) << 52);

    private static double LogSpecial(double x)
    {
        if (x == 0)
            return double.NegativeInfinity;
        return double.IsPositiveInfinity(x) ? x : double.NaN;
    }
}
