using System.Collections.Immutable;

namespace SimEval.Worlds.Driving.Geometry;

/// <summary>
/// A closed region in the plane, given by its corners in order (either turn, the last joins the first). Containment is by
/// winding number, so that a boundary which crosses itself still encloses both loops. Immutable.
/// </summary>
public sealed class Polygon
{
    private readonly Point2[] _corners;

    /// <summary>Made of at least three corners.</summary>
    public Polygon(IReadOnlyList<Point2> corners)
    {
        if (corners.Count < 3)
            throw new ArgumentException("A polygon has at least three corners.", nameof(corners));
        _corners = [.. corners];
        Bounds bounds = Bounds.Empty;
        foreach (Point2 corner in _corners)
            bounds = bounds.With(corner.X, corner.Y);
        Bounds = bounds;
    }

    /// <summary>The corners, in order.</summary>
    public ReadOnlySpan<Point2> Corners => _corners;

    /// <summary>The smallest axis-aligned rectangle around it.</summary>
    public Bounds Bounds { get; }

    /// <summary>Mean of the corners.</summary>
    public Point2 Center
    {
        get
        {
            double x = 0;
            double y = 0;
            foreach (Point2 corner in _corners)
            {
                x += corner.X;
                y += corner.Y;
            }
            return new Point2(x / _corners.Length, y / _corners.Length);
        }
    }

    /// <summary>Whether the point lies inside (winding number not zero). Points on the edge may fall either way.</summary>
    public bool Contains(double x, double y)
    {
        if (!Bounds.Contains(x, y))
            return false;
        int winding = 0;
        Point2 a = _corners[^1];
        foreach (Point2 b in _corners)
        {
            if (a.Y <= y)
            {
                if (b.Y > y && (b.X - a.X) * (y - a.Y) - (b.Y - a.Y) * (x - a.X) > 0)
                    winding++;
            }
            else if (b.Y <= y && (b.X - a.X) * (y - a.Y) - (b.Y - a.Y) * (x - a.X) < 0)
            {
                winding--;
            }
            a = b;
        }
        return winding != 0;
    }

    /// <summary>Distance in m from a point; 0 inside.</summary>
    public double Distance(double x, double y) => Contains(x, y) ? 0 : Math.Sqrt(EdgeDistanceSquared(x, y));

    /// <summary>Squared distance in m^2 from a point to the nearest edge, inside or outside.</summary>
    public double EdgeDistanceSquared(double x, double y)
    {
        double best = double.PositiveInfinity;
        Point2 a = _corners[^1];
        foreach (Point2 b in _corners)
        {
            best = Math.Min(best, Segment.DistanceSquared(x, y, a, b));
            a = b;
        }
        return best;
    }

    /// <summary>Whether it shares a point with a box.</summary>
    public bool Overlaps(in OrientedBox box)
    {
        if (!Bounds.Overlaps(box.Bounds))
            return false;
        if (Contains(box.X, box.Y) || box.Contains(_corners[0].X, _corners[0].Y))
            return true;
        Point2 a = _corners[^1];
        foreach (Point2 b in _corners)
        {
            Point2 c = box.Corner(3);
            for (int i = 0; i < 4; i++)
            {
                Point2 d = box.Corner(i);
                if (Segment.Intersect(a, b, c, d))
                    return true;
                c = d;
            }
            a = b;
        }
        return false;
    }

    /// <summary>The corners as an array that nobody can change.</summary>
    public ImmutableArray<Point2> ToImmutableArray() => ImmutableArray.Create(_corners);
}
