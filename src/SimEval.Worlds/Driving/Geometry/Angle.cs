namespace SimEval.Worlds.Driving.Geometry;

/// <summary>Angles in rad, where whole turns do not matter.</summary>
public static class Angle
{
    private const double Turn = 2 * Math.PI;

    /// <summary>The same direction in [-pi, pi]. NaN stays NaN; exact for angles already there.</summary>
    public static double Wrap(double angle)
    {
        if (angle >= -Math.PI && angle <= Math.PI)
            return angle;
        return Math.IEEERemainder(angle, Turn);
    }

    /// <summary>The turn from one direction to another, in [-pi, pi], counter-clockwise positive.</summary>
    public static double Difference(double from, double to) => Wrap(to - from);
}
