namespace SimEval.Scenarios.Numerics;

/// <summary>
/// Elementary functions whose bits are the same on every processor: only +, -, *, /, sqrt, fused multiply-add and bit
/// operations, which IEEE 754 defines exactly. (System.Math calls the C library, whose bits differ between processors.)
/// Every result is within 2 ulp of the exact value over the whole domain; special cases are those of System.Math, and
/// every NaN is the same NaN. Polynomials are minimax fits (Remez exchange in 300-bit arithmetic), their error stated beside them.
/// </summary>
public static class PureMath
{
    /// <summary>Sine of an angle in rad, of any size; NaN at the infinities.</summary>
    public static double Sin(double x)
    {
        if (Math.Abs(x) < Trigonometry.Linear)
            return x;
        var quadrant = Trigonometry.Reduce(x, out var r, out var rest);
        if (double.IsNaN(r))
            return double.NaN;
        var value = (quadrant & 1) == 0 ? Trigonometry.SinNear(r, rest) : Trigonometry.CosNear(r, rest);
        return (quadrant & 2) == 0 ? value : -value;
    }

    /// <summary>Cosine of an angle in rad, of any size; NaN at the infinities.</summary>
    public static double Cos(double x)
    {
        var quadrant = Trigonometry.Reduce(x, out var r, out var rest) + 1;
        if (double.IsNaN(r))
            return double.NaN;
        var value = (quadrant & 1) == 0 ? Trigonometry.SinNear(r, rest) : Trigonometry.CosNear(r, rest);
        return (quadrant & 2) == 0 ? value : -value;
    }

    /// <summary>Sine and cosine of an angle in rad, bit for bit those of <see cref="Sin"/> and <see cref="Cos"/>, with one reduction.</summary>
    public static (double Sin, double Cos) SinCos(double x)
    {
        if (Math.Abs(x) < Trigonometry.Linear)
            return (x, 1);
        var quadrant = Trigonometry.Reduce(x, out var r, out var rest);
        if (double.IsNaN(r))
            return (double.NaN, double.NaN);
        var sin = Trigonometry.SinNear(r, rest);
        var cos = Trigonometry.CosNear(r, rest);
        if ((quadrant & 1) != 0)
            (sin, cos) = (cos, -sin);
        return (quadrant & 2) == 0 ? (sin, cos) : (-sin, -cos);
    }

    /// <summary>Tangent of an angle in rad, of any size; NaN at the infinities.</summary>
    public static double Tan(double x)
    {
        if (Math.Abs(x) < Trigonometry.Linear)
            return x;
        var quadrant = Trigonometry.Reduce(x, out var r, out var rest);
        return double.IsNaN(r) ? double.NaN : Trigonometry.TanNear(r, rest, (quadrant & 1) != 0);
    }

    /// <summary>Arc tangent, in [-pi/2, pi/2].</summary>
    public static double Atan(double x) => InverseTrigonometry.Angle(x, 1);

    /// <summary>Angle of the vector (x, y), in [-pi, pi]; signed zeros and infinities as in System.Math.</summary>
    public static double Atan2(double y, double x) => InverseTrigonometry.Angle(y, x);

    /// <summary>Arc sine, in [-pi/2, pi/2]; NaN outside [-1, 1].</summary>
    public static double Asin(double x) => InverseTrigonometry.Asin(x);

    /// <summary>Arc cosine, in [0, pi]; NaN outside [-1, 1].</summary>
    public static double Acos(double x) => InverseTrigonometry.Acos(x);

    /// <summary>e to the x; infinity above 709.78, 0 below -745.13.</summary>
    public static double Exp(double x) => Exponentials.Exp(x, 0);

    /// <summary>Natural logarithm; NaN below zero, minus infinity at zero.</summary>
    public static double Log(double x) => Exponentials.Log(x);

    /// <summary>x to the y; special cases as in System.Math (IEEE 754: 1 for y = 0 and for x = 1, even of NaN).</summary>
    public static double Pow(double x, double y) => Exponentials.Pow(x, y);

    /// <summary>Hyperbolic tangent, in [-1, 1].</summary>
    public static double Tanh(double x) => Exponentials.Tanh(x);
}
