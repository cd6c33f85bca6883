namespace SimEval.Worlds.Driving.Geometry;

/// <summary>A point or vector in the plane, in metres of the network's local frame.</summary>
public readonly record struct Point2(double X, double Y)
{
    /// <summary>Distance to another point in m.</summary>
    public double DistanceTo(Point2 other)
    {
        double dx = other.X - X;
        double dy = other.Y - Y;
        return Math.Sqrt(dx * dx + dy * dy);
    }
}
