using SimEval.Scenarios.Numerics;

namespace SimEval.Worlds.Driving.Geometry;

/// <summary>
/// A rectangle with a heading: the footprint of a vehicle. The heading is kept as cosine and sine, so that overlap and
/// distance need no trigonometry. Boxes that only touch do not overlap.
/// </summary>
/// <param name="X">Centre x in m.</param>
/// <param name="Y">Centre y in m.</param>
/// <param name="Cos">Cosine of the heading.</param>
/// <param name="Sin">Sine of the heading.</param>
/// <param name="HalfLength">Half the extent along the heading in m.</param>
/// <param name="HalfWidth">Half the extent across it in m.</param>
public readonly record struct OrientedBox(
    double X,
    double Y,
    double Cos,
    double Sin,
    double HalfLength,
    double HalfWidth
)
{
    /// <summary>The box of a length and a width (m), centred on a pose.</summary>
    public static OrientedBox At(double x, double y, double heading, double length, double width)
    {
        (double sin, double cos) = PureMath.SinCos(heading);
        return new OrientedBox(x, y, cos, sin, length / 2, width / 2);
    }

    /// <summary>The centre.</summary>
    public Point2 Center => new(X, Y);

    /// <summary>Radius in m of the circle through the corners.</summary>
    public double Radius => Math.Sqrt(HalfLength * HalfLength + HalfWidth * HalfWidth);

    /// <summary>Corner 0 front left, 1 front right, 2 rear right, 3 rear left.</summary>
    public Point2 Corner(int index) =>
        index switch
        {
            0 => At(HalfLength, HalfWidth),
            1 => At(HalfLength, -HalfWidth),
            2 => At(-HalfLength, -HalfWidth),
            3 => At(-HalfLength, HalfWidth),
            _ => throw new ArgumentOutOfRangeException(nameof(index)),
        };

    /// <summary>The point <paramref name="ahead"/> m along the heading and <paramref name="left"/> m to its left.</summary>
    public Point2 At(double ahead, double left) => new(X + ahead * Cos - left * Sin, Y + ahead * Sin + left * Cos);

    /// <summary>The smallest axis-aligned rectangle around it.</summary>
    public Bounds Bounds
    {
        get
        {
            double ex = Math.Abs(Cos) * HalfLength + Math.Abs(Sin) * HalfWidth;
            double ey = Math.Abs(Sin) * HalfLength + Math.Abs(Cos) * HalfWidth;
            return new Bounds(X - ex, Y - ey, X + ex, Y + ey);
        }
    }

    /// <summary>Whether a point lies in it, edges included.</summary>
    public bool Contains(double x, double y)
    {
        double dx = x - X;
        double dy = y - Y;
        return Math.Abs(dx * Cos + dy * Sin) <= HalfLength && Math.Abs(dy * Cos - dx * Sin) <= HalfWidth;
    }

    /// <summary>Distance in m from a point; 0 inside.</summary>
    public double Distance(double x, double y) => Math.Sqrt(DistanceSquared(x, y));

    /// <summary>Whether the interiors share a point: separating axes, the four edge directions.</summary>
    public bool Overlaps(in OrientedBox other)
    {
        double dx = other.X - X;
        double dy = other.Y - Y;
        double c = Math.Abs(Cos * other.Cos + Sin * other.Sin);
        double s = Math.Abs(Cos * other.Sin - Sin * other.Cos);
        return Math.Abs(dx * Cos + dy * Sin) < HalfLength + other.HalfLength * c + other.HalfWidth * s
            && Math.Abs(dy * Cos - dx * Sin) < HalfWidth + other.HalfLength * s + other.HalfWidth * c
            && Math.Abs(dx * other.Cos + dy * other.Sin) < other.HalfLength + HalfLength * c + HalfWidth * s
            && Math.Abs(dy * other.Cos - dx * other.Sin) < other.HalfWidth + HalfLength * s + HalfWidth * c;
    }

    /// <summary>Least distance in m between the two; 0 when they overlap or touch.</summary>
    public double Distance(in OrientedBox other)
    {
        if (Overlaps(other))
            return 0;
        // Two disjoint convex polygons are nearest at a corner of one of them.
        double best = double.PositiveInfinity;
        for (int i = 0; i < 4; i++)
        {
            Point2 mine = Corner(i);
            Point2 theirs = other.Corner(i);
            best = Math.Min(best, other.DistanceSquared(mine.X, mine.Y));
            best = Math.Min(best, DistanceSquared(theirs.X, theirs.Y));
        }
        return Math.Sqrt(best);
    }

    private double DistanceSquared(double x, double y)
    {
        double dx = x - X;
        double dy = y - Y;
        double ahead = Math.Max(0, Math.Abs(dx * Cos + dy * Sin) - HalfLength);
        double left = Math.Max(0, Math.Abs(dy * Cos - dx * Sin) - HalfWidth);
        return ahead * ahead + left * left;
    }
}
