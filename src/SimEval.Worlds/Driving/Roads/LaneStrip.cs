using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>From a lane's two bounds: its centre line, its area and its width.</summary>
internal static class LaneStrip
{
    /// <summary>
    /// Mean of the bounds, point by point; bounds with different numbers of points are first read at equal shares of their
    /// lengths.
    /// </summary>
    public static (IReadOnlyList<Point2> Center, double Width) Middle(
        IReadOnlyList<Point2> left,
        IReadOnlyList<Point2> right
    )
    {
        if (left.Count != right.Count)
        {
            int count = Math.Max(left.Count, right.Count);
            left = AtEqualShares(new Polyline(left), count);
            right = AtEqualShares(new Polyline(right), count);
        }
        var center = new Point2[left.Count];
        double width = 0;
        for (int i = 0; i < center.Length; i++)
        {
            center[i] = new Point2((left[i].X + right[i].X) / 2, (left[i].Y + right[i].Y) / 2);
            width += left[i].DistanceTo(right[i]);
        }
        return (center, width / center.Length);
    }

    /// <summary>The right bound forwards, then the left one backwards.</summary>
    public static Polygon Area(IReadOnlyList<Point2> left, IReadOnlyList<Point2> right)
    {
        var corners = new List<Point2>(left.Count + right.Count + 1);
        corners.AddRange(right);
        for (int i = left.Count - 1; i >= 0; i--)
            corners.Add(left[i]);
        while (corners.Count < 3)
            corners.Add(corners[^1]);
        return new Polygon(corners);
    }

    private static Point2[] AtEqualShares(Polyline line, int count)
    {
        var points = new Point2[count];
        for (int i = 0; i < count; i++)
        {
            PathPoint at = line.At(count == 1 ? 0 : line.Length * i / (count - 1));
            points[i] = new Point2(at.X, at.Y);
        }
        return points;
    }
}
