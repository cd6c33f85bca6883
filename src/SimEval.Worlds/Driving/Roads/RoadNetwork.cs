using System.Collections.Immutable;
using SimEval.Scenarios.Numerics;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>
/// The lanes of a map in a local frame (m), with the queries that an episode asks each step. Immutable and shared by any
/// number of episodes on any thread; no query allocates.
/// </summary>
public sealed class RoadNetwork
{
    /// <summary>Gaps in m between neighbouring strips that still count as road: bounds are written with rounding.</summary>
    public const double SeamTolerance = 0.01;

    private readonly LaneGrid _grid;

    /// <summary>Made of lanes whose <see cref="Lane.Index"/> is their position, all in the local frame.</summary>
    public RoadNetwork(
        ImmutableArray<Lane> lanes,
        ImmutableArray<TrafficLight> lights = default,
        ImmutableArray<Intersection> intersections = default,
        Point2 origin = default
    )
    {
        for (int i = 0; i < lanes.Length; i++)
        {
            if (lanes[i].Index != i)
                throw new ArgumentException($"Lane {lanes[i].Id} has index {lanes[i].Index}, not {i}.", nameof(lanes));
        }
        Lanes = lanes;
        Lights = lights.IsDefault ? [] : lights;
        Intersections = intersections.IsDefault ? [] : intersections;
        Origin = origin;
        Bounds bounds = Bounds.Empty;
        foreach (Lane lane in lanes)
            bounds = bounds.With(lane.Area.Bounds);
        Bounds = bounds;
        _grid = new LaneGrid(lanes, bounds);
    }

    /// <summary>All lanes; a lane's index is its position here.</summary>
    public ImmutableArray<Lane> Lanes { get; }

    /// <summary>All traffic lights.</summary>
    public ImmutableArray<TrafficLight> Lights { get; }

    /// <summary>All intersections that the source declares.</summary>
    public ImmutableArray<Intersection> Intersections { get; }

    /// <summary>World position of the local frame's origin: world = local + origin.</summary>
    public Point2 Origin { get; }

    /// <summary>The smallest axis-aligned rectangle around all lanes, local.</summary>
    public Bounds Bounds { get; }

    /// <summary>
    /// Lanes whose strip contains the point, ascending by index. Writes as many as fit and returns how many were written.
    /// </summary>
    public int LanesAt(double x, double y, Span<int> found)
    {
        int count = 0;
        foreach (int index in _grid.Near(x, y))
        {
            if (count == found.Length)
                break;
            if (Lanes[index].Area.Contains(x, y))
                found[count++] = index;
        }
        return count;
    }

    /// <summary>
    /// The routable lane that fits a pose best, or -1 in a network without any: distance outside the strip, then agreement
    /// of headings (a lane driven against counts as 20 m away), then distance from the centre line.
    /// </summary>
    public int NearestLane(double x, double y, double heading)
    {
        (double sin, double cos) = PureMath.SinCos(heading);
        int best = -1;
        double bestCost = double.PositiveInfinity;
        foreach (int index in _grid.Near(x, y))
            Consider(index);
        if (best < 0 || bestCost > LaneGrid.MinimumCell)
        {
            for (int i = 0; i < Lanes.Length; i++)
                Consider(i);
        }
        return best;

        void Consider(int index)
        {
            Lane lane = Lanes[index];
            if (!lane.IsRoutable || Math.Sqrt(lane.Area.Bounds.DistanceSquared(x, y)) >= bestCost)
                return;
            Projection on = lane.Center.Project(x, y);
            (double s, double c) = PureMath.SinCos(on.Heading);
            double cost = lane.Area.Distance(x, y) + 10 * (1 - (c * cos + s * sin)) + 0.1 * on.Distance;
            if (cost < bestCost)
            {
                bestCost = cost;
                best = index;
            }
        }
    }

    /// <summary>Whether the point lies on a drivable lane, seams included.</summary>
    public bool IsDrivable(double x, double y)
    {
        foreach (int index in _grid.Near(x, y))
        {
            if (Lanes[index].IsDrivable && Lanes[index].Area.Contains(x, y))
                return true;
        }
        return DistanceOutside(x, y) <= SeamTolerance;
    }

    /// <summary>Metres from the point to the nearest drivable point; 0 on the road; infinite without drivable lanes.</summary>
    public double DistanceOutside(double x, double y)
    {
        foreach (int index in _grid.Near(x, y))
        {
            if (Lanes[index].IsDrivable && Lanes[index].Area.Contains(x, y))
                return 0;
        }
        double best = double.PositiveInfinity;
        foreach (int index in _grid.Near(x, y))
            Consider(index);
        // What a cell lists covers its own area grown by the reach; anything nearer than that has been seen.
        if (Math.Sqrt(best) > LaneGrid.Reach)
        {
            for (int i = 0; i < Lanes.Length; i++)
                Consider(i);
        }
        return Math.Sqrt(best);

        void Consider(int index)
        {
            Lane lane = Lanes[index];
            if (lane.IsDrivable && lane.Area.Bounds.DistanceSquared(x, y) < best)
                best = Math.Min(best, lane.Area.EdgeDistanceSquared(x, y));
        }
    }

    /// <summary>Whether the whole box lies on drivable lanes: its corners, the middles of its sides and its centre.</summary>
    public bool IsDrivable(in OrientedBox box)
    {
        for (int i = 0; i < 4; i++)
        {
            Point2 corner = box.Corner(i);
            if (!IsDrivable(corner.X, corner.Y))
                return false;
        }
        Point2 front = box.At(box.HalfLength, 0);
        Point2 rear = box.At(-box.HalfLength, 0);
        Point2 left = box.At(0, box.HalfWidth);
        Point2 right = box.At(0, -box.HalfWidth);
        return IsDrivable(box.X, box.Y)
            && IsDrivable(front.X, front.Y)
            && IsDrivable(rear.X, rear.Y)
            && IsDrivable(left.X, left.Y)
            && IsDrivable(right.X, right.Y);
    }
}
