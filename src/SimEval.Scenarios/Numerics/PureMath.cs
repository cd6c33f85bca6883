#pragma warning disable RS0030 // the one place that may name them until its own functions stand here
namespace SimEval.Scenarios.Numerics;

/// <summary>Elementary functions whose bits are the same on every processor.</summary>
public static class PureMath
{
    /// <summary>Sine of an angle in rad.</summary>
    public static double Sin(double x) => Math.Sin(x);

    /// <summary>Cosine of an angle in rad.</summary>
    public static double Cos(double x) => Math.Cos(x);

    /// <summary>Sine and cosine of an angle in rad.</summary>
    public static (double Sin, double Cos) SinCos(double x) => (Sin(x), Cos(x));

    /// <summary>Tangent of an angle in rad.</summary>
    public static double Tan(double x) => Math.Tan(x);

    /// <summary>Arc tangent, in (-pi/2, pi/2).</summary>
    public static double Atan(double x) => Math.Atan(x);

    /// <summary>Angle of the vector (x, y), in [-pi, pi].</summary>
    public static double Atan2(double y, double x) => Math.Atan2(y, x);

    /// <summary>Arc sine, in [-pi/2, pi/2]; NaN outside [-1, 1].</summary>
    public static double Asin(double x) => Math.Asin(x);

    /// <summary>Arc cosine, in [0, pi]; NaN outside [-1, 1].</summary>
    public static double Acos(double x) => Math.Acos(x);

    /// <summary>e to the x.</summary>
    public static double Exp(double x) => Math.Exp(x);

    /// <summary>Natural logarithm; NaN below zero.</summary>
    public static double Log(double x) => Math.Log(x);

    /// <summary>x to the y.</summary>
    public static double Pow(double x, double y) => Math.Pow(x, y);

    /// <summary>Hyperbolic tangent.</summary>
    public static double Tanh(double x) => Math.Tanh(x);
}
