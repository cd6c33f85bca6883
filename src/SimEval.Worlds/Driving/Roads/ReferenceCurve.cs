using SimEval.Scenarios.Numerics;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>A line of straight pieces and arcs from the origin along +x, in closed form.</summary>
internal sealed class ReferenceCurve
{
    private readonly IReadOnlyList<RoadSegment> _segments;
    private readonly double[] _starts;
    private readonly Pose[] _poses;

    public ReferenceCurve(IReadOnlyList<RoadSegment> segments)
    {
        _segments = segments;
        _starts = new double[segments.Count];
        _poses = new Pose[segments.Count];
        var pose = new Pose(0, 0, 0);
        double s = 0;
        for (int i = 0; i < segments.Count; i++)
        {
            (_starts[i], _poses[i]) = (s, pose);
            pose = Advance(pose, segments[i].Curvature, segments[i].Length);
            s += segments[i].Length;
        }
        Length = s;
    }

    public double Length { get; }

    /// <summary>The pose at an arc length, moved left by <paramref name="lateral"/>; before 0 and past the end the outer pieces go on.</summary>
    public Point2 At(double s, double lateral)
    {
        int i = _starts.Length - 1;
        while (i > 0 && s < _starts[i])
            i--;
        Pose on = Advance(_poses[i], _segments[i].Curvature, s - _starts[i]);
        (double sin, double cos) = PureMath.SinCos(on.Heading);
        return new Point2(on.X - lateral * sin, on.Y + lateral * cos);
    }

    /// <summary>Arc lengths from one to another, both included, close where the line bends, with every joint.</summary>
    public IReadOnlyList<double> Samples(double from, double to)
    {
        var samples = new List<double> { from };
        for (int i = 0; i < _segments.Count; i++)
        {
            double start = i == 0 ? from : Math.Max(from, _starts[i]);
            double end = i == _segments.Count - 1 ? to : Math.Min(to, _starts[i] + _segments[i].Length);
            if (end <= start)
                continue;
            double spacing = _segments[i].Curvature == 0 ? 10 : 1;
            int steps = (int)Math.Ceiling((end - start) / spacing);
            for (int k = 1; k <= steps; k++)
                samples.Add(k == steps ? end : start + (end - start) * k / steps);
        }
        return samples;
    }

    private static Pose Advance(Pose pose, double curvature, double length)
    {
        (double sin, double cos) = PureMath.SinCos(pose.Heading);
        if (curvature == 0)
            return new Pose(pose.X + length * cos, pose.Y + length * sin, pose.Heading);
        double heading = pose.Heading + curvature * length;
        (double sinTo, double cosTo) = PureMath.SinCos(heading);
        return new Pose(pose.X + (sinTo - sin) / curvature, pose.Y - (cosTo - cos) / curvature, heading);
    }
}
