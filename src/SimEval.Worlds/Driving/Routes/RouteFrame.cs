using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Routes;

/// <summary>
/// A route as coordinates: arc length s along it and lateral d (left positive), with what is known at each place. Sampled
/// every two metres, so that finding a place needs no search. Past its ends it goes on straight. Immutable.
/// </summary>
internal sealed class RouteFrame
{
    /// <summary>Metres between samples.</summary>
    public const double Spacing = 2;

    private readonly double[] x;
    private readonly double[] y;
    private readonly double[] cos;
    private readonly double[] sin;
    private readonly double[] heading;
    private readonly double[] curvature;
    private readonly double[] limit;
    private readonly double[] leftRoom;
    private readonly double[] rightRoom;
    private readonly double[] shift;
    private readonly double[] width;
    private readonly int[] lane;
    private readonly double[] allowed;

    public RouteFrame(RoadNetwork network, Route route)
    {
        Route = route;
        var line = route.Reference;
        Length = line.Length;
        var n = Math.Max(2, (int)(Length / Spacing) + 1);
        (x, y, cos, sin) = (new double[n], new double[n], new double[n], new double[n]);
        (heading, curvature, limit) = (new double[n], new double[n], new double[n]);
        (leftRoom, rightRoom, shift, width) = (new double[n], new double[n], new double[n], new double[n]);
        lane = new int[n];
        for (var i = 0; i < n; i++)
        {
            var at = line.At(i * Spacing);
            (x[i], y[i], heading[i]) = (at.X, at.Y, at.Heading);
        }

        Smooth();
        new RouteSurvey(network, route, this).Fill(lane, limit, width, shift, leftRoom, rightRoom);
        HasShift = shift.Any(value => value != 0);
        allowed = Sensing.SpeedPreview.Over(this);
    }

    /// <summary>The lanes it was made from.</summary>
    public Route Route { get; }

    /// <summary>Length in m.</summary>
    public double Length { get; }

    /// <summary>Number of samples.</summary>
    public int Count => x.Length;

    /// <summary>Whether it changes lanes anywhere.</summary>
    public bool HasShift { get; }

    /// <summary>Index of the sample at or before arc length s, clamped to the route.</summary>
    public int IndexAt(double s) => Math.Clamp((int)(s * (1 / Spacing)), 0, x.Length - 1);

    /// <summary>Curvature at s in 1/m, left positive.</summary>
    public double CurvatureAt(double s) => curvature[IndexAt(s)];

    /// <summary>Speed limit at s in m/s; infinity where none is posted.</summary>
    public double LimitAt(double s) => limit[IndexAt(s)];

    /// <summary>The speed at s from which limits and bends ahead need only gentle braking, in m/s; see <see cref="Sensing.SpeedPreview"/>.</summary>
    public double AllowedAt(double s) => allowed[IndexAt(s)];

    /// <summary>The lane of the route at s, or -1.</summary>
    public int LaneAt(double s) => lane[IndexAt(s)];

    /// <summary>Width of that lane in m.</summary>
    public double WidthAt(double s) => width[IndexAt(s)];

    /// <summary>Metres that the route has moved left by changing lanes since its start.</summary>
    public double ShiftAt(double s) => shift[IndexAt(s)];

    /// <summary>Drivable metres to the left of the line at s.</summary>
    public double LeftRoomAt(double s) => leftRoom[IndexAt(s)];

    /// <summary>Drivable metres to the right.</summary>
    public double RightRoomAt(double s) => rightRoom[IndexAt(s)];

    /// <summary>Heading of the line at s in rad, not wrapped.</summary>
    public double HeadingAt(double s) => heading[IndexAt(s)];

    /// <summary>Unit tangent at s.</summary>
    public (double Cos, double Sin) TangentAt(double s)
    {
        var i = IndexAt(s);
        return (cos[i], sin[i]);
    }

    /// <summary>The point at (s, d).</summary>
    public Point2 PointAt(double s, double d = 0)
    {
        var i = Math.Min(IndexAt(s), x.Length - 2);
        var along = s - (i * Spacing);
        return new Point2(x[i] + (along * cos[i]) - (d * sin[i]), y[i] + (along * sin[i]) + (d * cos[i]));
    }

    /// <summary>Route coordinates of a point; the search starts at <paramref name="hint"/> and leaves the place found there.</summary>
    public (double S, double D) Locate(double px, double py, ref int hint)
    {
        var last = x.Length - 2;
        var i = Math.Clamp(hint, 0, last);
        double along = 0,
            across = 0;
        for (var tries = 0; tries < 12; tries++)
        {
            var dx = px - x[i];
            var dy = py - y[i];
            along = (dx * cos[i]) + (dy * sin[i]);
            across = (dy * cos[i]) - (dx * sin[i]);
            var next = Math.Clamp(i + (int)Math.Floor(along * (1 / Spacing)), 0, last);
            // Around a bend the walk can swing between two samples: halve the stride.
            next = tries > 5 ? i + Math.Sign(next - i) : next;
            if (next == i)
                break;
            i = next;
        }

        hint = i;
        return ((i * Spacing) + along, across);
    }

    /// <summary>Route coordinates of a point by looking at the whole route.</summary>
    public (double S, double D) Locate(double px, double py)
    {
        var best = 0;
        var least = double.PositiveInfinity;
        for (var i = 0; i < x.Length; i++)
        {
            var (dx, dy) = (px - x[i], py - y[i]);
            var distance = (dx * dx) + (dy * dy);
            if (distance < least)
                (best, least) = (i, distance);
        }

        return Locate(px, py, ref best);
    }

    // Curvature over 12 m: maps are drawn with rounding, and a driver does not steer by it.
    private void Smooth()
    {
        var n = x.Length;
        for (var i = 0; i < n; i++)
        {
            var (from, to) = (Math.Max(0, i - 3), Math.Min(n - 1, i + 3));
            curvature[i] = (heading[to] - heading[from]) / ((to - from) * Spacing);
            if (i + 1 == n)
            {
                (cos[i], sin[i]) = (cos[i - 1], sin[i - 1]);
                continue;
            }

            var (dx, dy) = (x[i + 1] - x[i], y[i + 1] - y[i]);
            var step = Math.Sqrt((dx * dx) + (dy * dy));
            (cos[i], sin[i]) = step > 0 ? (dx / step, dy / step) : (1, 0);
        }
    }
}
