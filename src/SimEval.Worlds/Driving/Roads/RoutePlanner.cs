using System.Collections.Immutable;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>Finds routes: the shortest by Dijkstra over lanes, or simply onwards.</summary>
public static class RoutePlanner
{
    /// <summary>Seconds that a lane change takes.</summary>
    public const double ChangeTime = 4;

    /// <summary>What a change to a neighbouring lane costs, in metres of driving.</summary>
    public const double LaneChangeCost = 20;

    /// <summary>
    /// The shortest way from the start to any goal lane over successors and same-direction neighbours, or null when there is
    /// none. Where several lanes hold the start, as at a fork, any that fits its heading may be the first. Ties go to the
    /// lane with the lower index, so equal networks give equal routes. A lane change begins at the start at the earliest, and
    /// takes <see cref="ChangeTime"/> at the given speed, where there is room.
    /// </summary>
    public static Route? ToLanes(
        RoadNetwork network,
        Pose start,
        ReadOnlySpan<int> goals,
        double speed = ReferenceLine.UsualChange / ChangeTime
    )
    {
        int nearest = network.NearestLane(start.X, start.Y, start.Heading);
        if (nearest < 0 || goals.IsEmpty)
            return null;
        var isGoal = new bool[network.Lanes.Length];
        foreach (int goal in goals)
            isGoal[goal] = true;
        ImmutableArray<int> lanes = ShortestPath(network, StartCosts(network, start, nearest), isGoal);
        if (lanes.IsEmpty)
            return null;
        double begin = network.Lanes[lanes[0]].Center.Project(start.X, start.Y).S;
        double change = Math.Clamp(Math.Abs(speed) * ChangeTime, 20, 150);
        return new Route(network, lanes, ReferenceLine.Along(network, lanes, begin, change));
    }

    /// <summary>The shortest way from the start to the lanes that hold a point; see <see cref="ToLanes"/>.</summary>
    public static Route? ToPoint(RoadNetwork network, Pose start, Point2 goal)
    {
        Span<int> found = stackalloc int[16];
        int count = network.LanesAt(goal.X, goal.Y, found);
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (network.Lanes[found[i]].IsRoutable)
                found[kept++] = found[i];
        }
        return ToLanes(network, start, found[..kept]);
    }

    /// <summary>
    /// Onwards from the start over the straightest successors for at least <paramref name="length"/> m, or to the end of
    /// the road, or until a lane would repeat. Null only in a network without routable lanes.
    /// </summary>
    public static Route? Onwards(RoadNetwork network, Pose start, double length)
    {
        int lane = network.NearestLane(start.X, start.Y, start.Heading);
        if (lane < 0)
            return null;
        double left = length + network.Lanes[lane].Center.Project(start.X, start.Y).S;
        var lanes = ImmutableArray.CreateBuilder<int>();
        var used = new bool[network.Lanes.Length];
        while (lane >= 0 && !used[lane])
        {
            used[lane] = true;
            lanes.Add(lane);
            left -= network.Lanes[lane].Length;
            if (left <= 0)
                break;
            lane = Straightest(network, lane);
        }
        ImmutableArray<int> path = lanes.ToImmutable();
        return new Route(network, path, ReferenceLine.Along(network, path));
    }

    /// <summary>The routable successor that turns least over its length, or -1.</summary>
    public static int Straightest(RoadNetwork network, int lane)
    {
        int best = -1;
        double least = double.PositiveInfinity;
        foreach (int next in network.Lanes[lane].Successors)
        {
            Lane candidate = network.Lanes[next];
            if (!candidate.IsRoutable)
                continue;
            double turn = Math.Abs(candidate.Center.At(candidate.Length).Heading - candidate.Center.At(0).Heading);
            if (turn < least)
            {
                least = turn;
                best = next;
            }
        }
        return best;
    }

    /// <summary>Lanes that hold the start and run its way, with what it costs to begin there: what still lies ahead counts less.</summary>
    private static List<(int Lane, double Cost)> StartCosts(RoadNetwork network, Pose start, int nearest)
    {
        var starts = new List<(int Lane, double Cost)>();
        Span<int> found = stackalloc int[16];
        int count = network.LanesAt(start.X, start.Y, found);
        for (int i = 0; i < count; i++)
        {
            Lane lane = network.Lanes[found[i]];
            Projection on = lane.Center.Project(start.X, start.Y);
            double turn = Math.Abs(Angle.Difference(on.Heading, start.Heading));
            if (lane.IsRoutable && turn < Math.PI / 3)
                starts.Add((lane.Index, LaneChangeCost * turn - on.S));
        }
        if (starts.Count == 0)
            starts.Add((nearest, 0));
        // Dijkstra wants costs from zero up.
        double least = starts.Min(item => item.Cost);
        return [.. starts.Select(item => (item.Lane, item.Cost - least))];
    }

    private static ImmutableArray<int> ShortestPath(
        RoadNetwork network,
        List<(int Lane, double Cost)> starts,
        bool[] isGoal
    )
    {
        var cost = new double[network.Lanes.Length];
        var previous = new int[network.Lanes.Length];
        Array.Fill(cost, double.PositiveInfinity);
        Array.Fill(previous, -1);
        var open = new PriorityQueue<int, (double Cost, int Lane)>();
        foreach ((int lane, double initial) in starts)
        {
            cost[lane] = initial;
            open.Enqueue(lane, (initial, lane));
        }
        while (open.TryDequeue(out int lane, out (double Cost, int Lane) at))
        {
            if (at.Cost > cost[lane])
                continue;
            if (isGoal[lane])
                return Trace(previous, lane);
            Lane here = network.Lanes[lane];
            foreach (int next in here.Successors)
                Reach(next, at.Cost + here.Length);
            // Neighbours share the stretch: what is still to drive of it is charged when it is left.
            // Changing later costs a little more, so that changes are made early rather than in a heap at the end.
            double change = LaneChangeCost + 0.01 * at.Cost;
            Reach(here.LeftNeighbor, at.Cost + change);
            Reach(here.RightNeighbor, at.Cost + change);

            void Reach(int next, double total)
            {
                if (next < 0 || !network.Lanes[next].IsRoutable || total >= cost[next])
                    return;
                cost[next] = total;
                previous[next] = lane;
                open.Enqueue(next, (total, next));
            }
        }
        return [];
    }

    private static ImmutableArray<int> Trace(int[] previous, int lane)
    {
        var path = new List<int>();
        for (int i = lane; i >= 0; i = previous[i])
            path.Add(i);
        path.Reverse();
        return [.. path];
    }
}
