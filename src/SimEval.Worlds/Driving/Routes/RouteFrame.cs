using System.Collections.Immutable;
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

    private const double StraightLength = 500;

    private readonly Route? route;
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

    /// <summary>Follows a route through a network.</summary>
    public RouteFrame(RoadNetwork network, Route route)
        : this(network, route.Reference, route.Lanes, route) { }

    private RouteFrame(RoadNetwork network, Polyline line, ImmutableArray<int> lanes, Route? route)
    {
        Lanes = lanes;
        this.route = route;
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
        new RouteSurvey(network, this).Fill(lane, limit, width, shift, leftRoom, rightRoom);
        HasShift = shift.Any(value => value != 0);
        allowed = Sensing.SpeedPreview.Over(this);
    }

    /// <summary>The lanes to drive, in order; empty off the road.</summary>
    public ImmutableArray<int> Lanes { get; }

    /// <summary>A straight way where no road is.</summary>
    public static RouteFrame Straight(RoadNetwork network, Pose start)
    {
        var (sin, cos) = PureMath.SinCos(start.Heading);
        var end = new Point2(start.X + (StraightLength * cos), start.Y + (StraightLength * sin));
        return new RouteFrame(network, new Polyline([new Point2(start.X, start.Y), end]), [], null);
    }

    /// <summary>Whether a lane lies on the route: those to drive and their neighbours of the same direction.</summary>
    public bool Contains(int lane) => route?.Contains(lane) ?? false;

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

    /// <summary>
    /// Route coordinates of the nearest point of the line near <paramref name="hint"/>, which is left at the place found. In a
    /// bend's lee, where no piece lies straight across, the nearest sample counts.
    /// </summary>
    public (double S, double D) Locate(double px, double py, ref int hint)
    {
        var last = x.Length - 2;
        var i = Math.Clamp(hint, 0, last);
        for (var tries = 0; tries < 4; tries++)
        {
            var ahead = ((px - x[i]) * cos[i]) + ((py - y[i]) * sin[i]);
            var next = Math.Clamp(i + (int)Math.Floor(ahead * (1 / Spacing)), 0, last);
            if (next == i)
                return Describe(px, py, i, ref hint);
            i = next;
        }

        // Around a bend such strides can swing to and fro: go downhill by single samples instead.
        while (i < last && DistanceSquared(px, py, i + 1) < DistanceSquared(px, py, i))
            i++;
        while (i > 0 && DistanceSquared(px, py, i - 1) < DistanceSquared(px, py, i))
            i--;
        if (i > 0 && ((px - x[i]) * cos[i]) + ((py - y[i]) * sin[i]) < 0)
            i--;
        return Describe(px, py, i, ref hint);
    }

    /// <summary>
    /// Where the way of something that goes straight on first meets the line between arc lengths <paramref name="from"/> and
    /// from + <paramref name="length"/>; what lies a car's length behind it counts too, since it may still be over the line.
    /// </summary>
    /// <param name="start">Where it is.</param>
    /// <param name="direction">Its unit direction.</param>
    /// <param name="reach">How far it goes, m.</param>
    /// <param name="from">Arc length in m.</param>
    /// <param name="length">In m.</param>
    /// <param name="meeting">Where they meet.</param>
    public bool MeetsRay(
        (double X, double Y) start,
        (double X, double Y) direction,
        double reach,
        double from,
        double length,
        out Meeting meeting
    )
    {
        const double behind = -6;
        var last = IndexAt(from + length);
        var i = IndexAt(from);
        var side = Side(i, start, direction);
        for (; i < last; i++)
        {
            var next = Side(i + 1, start, direction);
            if (side < 0 != next < 0)
            {
                var t = side / (side - next);
                var (px, py) = (x[i] + (t * (x[i + 1] - x[i])), y[i] + (t * (y[i + 1] - y[i])));
                var distance = ((px - start.X) * direction.X) + ((py - start.Y) * direction.Y);
                if (distance > behind && distance < reach)
                {
                    meeting = new Meeting(
                        (i + t) * Spacing,
                        distance,
                        (cos[i] * direction.Y) - (sin[i] * direction.X),
                        (cos[i] * direction.X) + (sin[i] * direction.Y)
                    );
                    return true;
                }
            }

            side = next;
        }

        meeting = default;
        return false;
    }

    private double Side(int i, (double X, double Y) start, (double X, double Y) direction) =>
        (direction.X * (y[i] - start.Y)) - (direction.Y * (x[i] - start.X));

    private double DistanceSquared(double px, double py, int i)
    {
        var (dx, dy) = (px - x[i], py - y[i]);
        return (dx * dx) + (dy * dy);
    }

    private (double S, double D) Describe(double px, double py, int i, ref int hint)
    {
        hint = i;
        var (dx, dy) = (px - x[i], py - y[i]);
        var along = (dx * cos[i]) + (dy * sin[i]);
        var across = (dy * cos[i]) - (dx * sin[i]);
        if ((along >= 0 || i == 0) && (along <= Spacing * 1.01 || i == x.Length - 2))
            return ((i * Spacing) + along, across);
        var corner = along < 0 ? i : i + 1;
        var distance = Math.Sqrt(DistanceSquared(px, py, corner));
        return (corner * Spacing, across < 0 ? -distance : distance);
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

    /// <summary>The line for drawing: x0, y0, x1, y1, ... moved by an origin.</summary>
    public double[] Outline(Point2 origin)
    {
        var points = new double[2 * x.Length];
        for (var i = 0; i < x.Length; i++)
            (points[2 * i], points[(2 * i) + 1]) = (x[i] + origin.X, y[i] + origin.Y);
        return points;
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

/// <summary>A way that meets a route.</summary>
/// <param name="S">Arc length of the route in m.</param>
/// <param name="Distance">Metres along the way; negative behind.</param>
/// <param name="Sine">Sine of the angle from the route to the way.</param>
/// <param name="Cosine">Cosine of that angle.</param>
internal readonly record struct Meeting(double S, double Distance, double Sine, double Cosine);
