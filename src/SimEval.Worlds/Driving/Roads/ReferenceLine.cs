using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>One line along the lanes of a route, with changes between neighbours blended into the shared stretch.</summary>
internal static class ReferenceLine
{
    /// <summary>Metres that a lane change takes where nothing else is known.</summary>
    public const double UsualChange = 60;

    private const double Spacing = 2;

    /// <param name="network">The network.</param>
    /// <param name="lanes">The lanes in order.</param>
    /// <param name="start">Arc length of the first lane in m before which no change begins.</param>
    /// <param name="change">Metres that a lane change takes, where there is room for it.</param>
    public static Polyline Along(
        RoadNetwork network,
        IReadOnlyList<int> lanes,
        double start = 0,
        double change = UsualChange
    )
    {
        var points = new List<Point2>();
        int i = 0;
        while (i < lanes.Count)
        {
            // A stretch is a run of neighbours: driven once, over as many lanes as it has.
            int last = i;
            while (last + 1 < lanes.Count && AreNeighbors(network.Lanes[lanes[last]], lanes[last + 1]))
                last++;
            if (last == i)
                AddCenter(network.Lanes[lanes[i]].Center, points);
            else
                AddChange(network, lanes, i, last, points, i == 0 ? start : 0, change);
            i = last + 1;
        }
        return new Polyline(points);
    }

    private static bool AreNeighbors(Lane lane, int next) => lane.LeftNeighbor == next || lane.RightNeighbor == next;

    private static void AddCenter(Polyline center, List<Point2> points)
    {
        for (int i = 0; i < center.Count; i++)
            points.Add(center[i]);
    }

    private static void AddChange(
        RoadNetwork network,
        IReadOnlyList<int> lanes,
        int first,
        int last,
        List<Point2> points,
        double start,
        double change
    )
    {
        double length = network.Lanes[lanes[first]].Length;
        int steps = Math.Max(4, (int)Math.Min(10_000, length / Spacing));
        int changes = last - first;
        double each = Math.Max(1e-3, Math.Min(change, (length - start) / changes));
        for (int i = 0; i <= steps; i++)
        {
            double share = (double)i / steps;
            double progress = Math.Clamp((share * length - start) / each, 0, changes);
            int from = Math.Min(changes - 1, (int)progress);
            double t = progress - from;
            // Quintic: neither the heading nor the curvature has a step where the change begins or ends.
            double blend = t * t * t * (10 + t * (6 * t - 15));
            PathPoint a = At(network.Lanes[lanes[first + from]].Center, share);
            PathPoint b = At(network.Lanes[lanes[first + from + 1]].Center, share);
            points.Add(new Point2(a.X + blend * (b.X - a.X), a.Y + blend * (b.Y - a.Y)));
        }
    }

    private static PathPoint At(Polyline line, double share) => line.At(share * line.Length);
}
