using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Solutions;

/// <summary>
/// Whether a vehicle's outline leaves the road. Every lane counts as road here, sidewalks and crosswalks included, as in the
/// benchmark's own checker.
/// </summary>
internal static class RoadEdge
{
    /// <summary>Beyond this it is a collision with the road's boundary; below, maps' seams and roundings are at work.</summary>
    public const double Tolerance = 0.05;

    private const double Spacing = 0.25;

    /// <summary>The farthest that any point of the outline lies outside, and when; 0 when it never leaves.</summary>
    public static (double Distance, int Step) Farthest(EgoTrajectory ego, RoadNetwork network)
    {
        (double farthest, int at) = (0, ego.FirstStep);
        if (network.Lanes.IsEmpty)
            return (0, at);
        for (int i = 0; i < ego.States.Count; i++)
        {
            double outside = Outside(ego.BoxAt(i), network);
            if (outside > farthest)
                (farthest, at) = (outside, ego.FirstStep + i);
        }
        return (farthest, at);
    }

    public static void Judge(
        double outside,
        int step,
        RoadNetwork network,
        ICollection<string> failures,
        ICollection<string> warnings
    )
    {
        if (network.Lanes.IsEmpty)
            warnings.Add("the scenario has no lanes: the road's boundary is not checked");
        else if (outside > Tolerance)
            failures.Add($"it leaves the road by {outside:0.###} m at step {step}");
        else if (outside > RoadNetwork.SeamTolerance)
            warnings.Add(
                $"it is {outside:0.###} m beyond the lanes' bounds at step {step}, within the maps' tolerance"
            );
    }

    private static double Outside(in OrientedBox box, RoadNetwork network)
    {
        double farthest = 0;
        int along = Math.Max(1, (int)Math.Ceiling(2 * box.HalfLength / Spacing));
        int across = Math.Max(1, (int)Math.Ceiling(2 * box.HalfWidth / Spacing));
        for (int i = 0; i <= along; i++)
        {
            double ahead = box.HalfLength * (2.0 * i / along - 1);
            farthest = Math.Max(farthest, Outside(box.At(ahead, box.HalfWidth), network));
            farthest = Math.Max(farthest, Outside(box.At(ahead, -box.HalfWidth), network));
        }
        for (int i = 1; i < across; i++)
        {
            double left = box.HalfWidth * (2.0 * i / across - 1);
            farthest = Math.Max(farthest, Outside(box.At(box.HalfLength, left), network));
            farthest = Math.Max(farthest, Outside(box.At(-box.HalfLength, left), network));
        }
        return farthest;
    }

    private static double Outside(Point2 point, RoadNetwork network)
    {
        double drivable = network.DistanceOutside(point.X, point.Y);
        if (drivable == 0)
            return 0;
        double best = drivable;
        foreach (Lane lane in network.Lanes)
        {
            if (!lane.IsDrivable && lane.Area.Bounds.DistanceSquared(point.X, point.Y) < best * best)
                best = Math.Min(best, lane.Area.Distance(point.X, point.Y));
        }
        return best;
    }
}
