using SimEval.Scenarios.Numerics;

namespace SimEval.Worlds.Driving.Geometry;

/// <summary>A point on a polyline: position in m, heading in rad (not wrapped), curvature in 1/m (left positive).</summary>
public readonly record struct PathPoint(double X, double Y, double Heading, double Curvature);

/// <summary>The nearest point of a polyline, seen from a point beside it.</summary>
/// <param name="S">Arc length in m, in [0, length].</param>
/// <param name="Lateral">Signed distance in m across the line (or its straight extension past an end), left positive.</param>
/// <param name="Heading">The line's heading there in rad, not wrapped, continuous along the line.</param>
/// <param name="Curvature">The line's curvature there in 1/m, left positive.</param>
/// <param name="Segment">Index of the piece: the hint for the next projection.</param>
/// <param name="Overshoot">Metres along the tangent before the start (negative) or past the end (positive); 0 beside the line.</param>
public readonly record struct Projection(
    double S,
    double Lateral,
    double Heading,
    double Curvature,
    int Segment,
    double Overshoot
)
{
    /// <summary>Distance in m from the point to the line.</summary>
    public double Distance => Math.Sqrt(Lateral * Lateral + Overshoot * Overshoot);
}

/// <summary>
/// A line through points with arc length. Points closer than a micrometre are dropped; a line without extent becomes one
/// millimetre along +x. Heading and curvature are interpolated between the points, so that they have no steps. Immutable.
/// </summary>
public sealed class Polyline
{
    private const double MinimumStep = 1e-6;
    private const double HintReach = 25;

    private readonly double[] _x;
    private readonly double[] _y;
    private readonly double[] _s;
    private readonly double[] _cos;
    private readonly double[] _sin;
    private readonly double[] _heading;
    private readonly double[] _curvature;

    /// <summary>Made of the points in order.</summary>
    public Polyline(IReadOnlyList<Point2> points)
    {
        if (points.Count == 0)
            throw new ArgumentException("A polyline has at least one point.", nameof(points));
        var kept = new List<Point2>(points.Count + 1) { points[0] };
        for (int i = 1; i < points.Count; i++)
        {
            if (kept[^1].DistanceTo(points[i]) > MinimumStep)
                kept.Add(points[i]);
        }
        if (kept.Count == 1)
            kept.Add(new Point2(kept[0].X + 1e-3, kept[0].Y));
        int n = kept.Count;
        _x = new double[n];
        _y = new double[n];
        _s = new double[n];
        _cos = new double[n - 1];
        _sin = new double[n - 1];
        _heading = new double[n];
        _curvature = new double[n];
        Bounds bounds = Bounds.Empty;
        for (int i = 0; i < n; i++)
        {
            (_x[i], _y[i]) = (kept[i].X, kept[i].Y);
            bounds = bounds.With(_x[i], _y[i]);
        }
        Bounds = bounds;
        FillTangents();
    }

    /// <summary>Number of points, at least 2.</summary>
    public int Count => _x.Length;

    /// <summary>Length in m, above 0.</summary>
    public double Length => _s[^1];

    /// <summary>The smallest axis-aligned rectangle around it.</summary>
    public Bounds Bounds { get; }

    /// <summary>A point of the line.</summary>
    public Point2 this[int index] => new(_x[index], _y[index]);

    /// <summary>Arc length in m of a point of the line.</summary>
    public double ArcLength(int index) => _s[index];

    /// <summary>The pose at arc length <paramref name="s"/>, which is clamped to the line.</summary>
    public PathPoint At(double s)
    {
        int i = SegmentAt(s);
        double step = _s[i + 1] - _s[i];
        double t = Math.Clamp((s - _s[i]) / step, 0, 1);
        return new PathPoint(
            _x[i] + t * (_x[i + 1] - _x[i]),
            _y[i] + t * (_y[i + 1] - _y[i]),
            _heading[i] + t * (_heading[i + 1] - _heading[i]),
            _curvature[i] + t * (_curvature[i + 1] - _curvature[i])
        );
    }

    /// <summary>The pose at arc length s and <paramref name="lateral"/> m to the left of the line.</summary>
    public PathPoint At(double s, double lateral)
    {
        PathPoint on = At(s);
        (double sin, double cos) = PureMath.SinCos(on.Heading);
        return on with { X = on.X - lateral * sin, Y = on.Y + lateral * cos };
    }

    /// <summary>
    /// The pose at arc length <paramref name="s"/> for a traveller that moves little between calls: the search starts at the
    /// piece of its last call and leaves the new one there.
    /// </summary>
    public PathPoint At(double s, ref int segment)
    {
        int i = Math.Clamp(segment, 0, _cos.Length - 1);
        while (i + 1 < _cos.Length && s > _s[i + 1])
            i++;
        while (i > 0 && s < _s[i])
            i--;
        segment = i;
        double t = Math.Clamp((s - _s[i]) / (_s[i + 1] - _s[i]), 0, 1);
        return new PathPoint(
            _x[i] + t * (_x[i + 1] - _x[i]),
            _y[i] + t * (_y[i + 1] - _y[i]),
            _heading[i] + t * (_heading[i + 1] - _heading[i]),
            _curvature[i] + t * (_curvature[i + 1] - _curvature[i])
        );
    }

    /// <summary>Index of the piece that holds arc length s.</summary>
    public int SegmentAt(double s)
    {
        int low = 0;
        int high = _s.Length - 2;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_s[middle] <= s)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }

    /// <summary>The nearest point of the whole line.</summary>
    public Projection Project(double x, double y) => Describe(x, y, Nearest(x, y, 0, _cos.Length - 1));

    /// <summary>
    /// The nearest point within 25 m along the line of an earlier projection's <see cref="Projection.Segment"/>: faster, and
    /// steady where a line comes near itself. Falls back to the whole line when the search runs into its own border.
    /// </summary>
    public Projection Project(double x, double y, int hint)
    {
        int last = _cos.Length - 1;
        int middle = Math.Clamp(hint, 0, last);
        int from = middle;
        int to = middle;
        while (from > 0 && _s[middle] - _s[from] < HintReach)
            from--;
        while (to < last && _s[to] - _s[middle] < HintReach)
            to++;
        int found = Nearest(x, y, from, to);
        bool atBorder = (found == from && from > 0) || (found == to && to < last);
        return Describe(x, y, atBorder ? Nearest(x, y, 0, last) : found);
    }

    /// <summary>Squared distance in m^2 from a point to the line.</summary>
    public double DistanceSquared(double x, double y)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < _cos.Length; i++)
            best = Math.Min(best, DistanceSquared(x, y, i));
        return best;
    }

    private int Nearest(double x, double y, int from, int to)
    {
        int found = from;
        double best = double.PositiveInfinity;
        for (int i = from; i <= to; i++)
        {
            double d = DistanceSquared(x, y, i);
            if (d < best)
            {
                best = d;
                found = i;
            }
        }
        return found;
    }

    private double DistanceSquared(double x, double y, int i)
    {
        double dx = x - _x[i];
        double dy = y - _y[i];
        double along = dx * _cos[i] + dy * _sin[i];
        double across = dy * _cos[i] - dx * _sin[i];
        double over = along < 0 ? along : Math.Max(0, along - (_s[i + 1] - _s[i]));
        return across * across + over * over;
    }

    private Projection Describe(double x, double y, int i)
    {
        double dx = x - _x[i];
        double dy = y - _y[i];
        double step = _s[i + 1] - _s[i];
        double along = dx * _cos[i] + dy * _sin[i];
        double across = dy * _cos[i] - dx * _sin[i];
        double over = along < 0 ? along : Math.Max(0, along - step);
        double lateral = across;
        bool pastAnEnd = over < 0 ? i == 0 : i == _cos.Length - 1;
        if (over != 0 && !pastAnEnd)
        {
            // Outside a corner the nearest point is the corner itself.
            double distance = Math.Sqrt(across * across + over * over);
            lateral = across < 0 ? -distance : distance;
            over = 0;
        }
        double t = Math.Clamp(along / step, 0, 1);
        return new Projection(
            _s[i] + t * step,
            lateral,
            _heading[i] + t * (_heading[i + 1] - _heading[i]),
            _curvature[i] + t * (_curvature[i + 1] - _curvature[i]),
            i,
            over
        );
    }

    private void FillTangents()
    {
        int n = _x.Length;
        var turns = new double[n - 1];
        for (int i = 0; i + 1 < n; i++)
        {
            double dx = _x[i + 1] - _x[i];
            double dy = _y[i + 1] - _y[i];
            double step = Math.Sqrt(dx * dx + dy * dy);
            _s[i + 1] = _s[i] + step;
            _cos[i] = dx / step;
            _sin[i] = dy / step;
            double heading = PureMath.Atan2(dy, dx);
            turns[i] = i == 0 ? heading : turns[i - 1] + Angle.Difference(turns[i - 1], heading);
        }
        _heading[0] = turns[0];
        _heading[n - 1] = turns[n - 2];
        for (int i = 1; i + 1 < n; i++)
        {
            double before = _s[i] - _s[i - 1];
            double after = _s[i + 1] - _s[i];
            double turn = turns[i] - turns[i - 1];
            _heading[i] = turns[i - 1] + turn * (before / (before + after));
            _curvature[i] = 2 * turn / (before + after);
        }
        if (n > 2)
        {
            _curvature[0] = _curvature[1];
            _curvature[n - 1] = _curvature[n - 2];
            _heading[0] = EndHeading(turns[0], _heading[1], _s[1], _s[2] - _s[1]);
            _heading[n - 1] = EndHeading(turns[n - 2], _heading[n - 2], _s[n - 1] - _s[n - 2], _s[n - 2] - _s[n - 3]);
        }
    }

    /// <summary>
    /// A piece has its own heading at its middle: where the next piece is of its kind, a bend goes on to the end; a long
    /// piece before a corner is straight.
    /// </summary>
    private static double EndHeading(double piece, double inner, double length, double nextLength) =>
        length <= 2 * nextLength && Math.Abs(inner - piece) < 0.1 ? 2 * piece - inner : piece;
}
