namespace SimEval.Worlds.Driving.Geometry;

/// <summary>Straight pieces between two points.</summary>
public static class Segment
{
    /// <summary>Squared distance in m^2 from a point to the piece from a to b, which may be of length zero.</summary>
    public static double DistanceSquared(double x, double y, Point2 a, Point2 b)
    {
        double ux = b.X - a.X;
        double uy = b.Y - a.Y;
        double wx = x - a.X;
        double wy = y - a.Y;
        double length2 = ux * ux + uy * uy;
        double t = length2 > 0 ? Math.Clamp((wx * ux + wy * uy) / length2, 0, 1) : 0;
        double dx = wx - t * ux;
        double dy = wy - t * uy;
        return dx * dx + dy * dy;
    }

    /// <summary>Whether the pieces a-b and c-d share a point, ends included.</summary>
    public static bool Intersect(Point2 a, Point2 b, Point2 c, Point2 d)
    {
        double d1 = Cross(c, d, a);
        double d2 = Cross(c, d, b);
        double d3 = Cross(a, b, c);
        double d4 = Cross(a, b, d);
        if (((d1 > 0 && d2 < 0) || (d1 < 0 && d2 > 0)) && ((d3 > 0 && d4 < 0) || (d3 < 0 && d4 > 0)))
            return true;
        return (d1 == 0 && Between(c, d, a))
            || (d2 == 0 && Between(c, d, b))
            || (d3 == 0 && Between(a, b, c))
            || (d4 == 0 && Between(a, b, d));
    }

    /// <summary>Twice the signed area of the triangle a, b, p: positive when p is left of a to b.</summary>
    public static double Cross(Point2 a, Point2 b, Point2 p) => (b.X - a.X) * (p.Y - a.Y) - (b.Y - a.Y) * (p.X - a.X);

    private static bool Between(Point2 a, Point2 b, Point2 p) =>
        Math.Min(a.X, b.X) <= p.X
        && p.X <= Math.Max(a.X, b.X)
        && Math.Min(a.Y, b.Y) <= p.Y
        && p.Y <= Math.Max(a.Y, b.Y);
}
