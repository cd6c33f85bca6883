using SimEval.Worlds.Driving.Ego;
using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Routes;
using SimEval.Worlds.Driving.Traffic;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Episodes;

/// <summary>
/// Where the ego stands among lanes. Most frames are decided by the route's own records (how wide its lane is, how much road
/// lies beside it); only near an edge is the map itself asked.
/// </summary>
internal sealed class EgoPlace(LaneGraph graph, RouteFrame route, VehicleParameters vehicle)
{
    private const double CertainMargin = 0.3;

    private readonly int[] found = new int[16];

    /// <summary>The lane under the centre; -1 outside all lanes.</summary>
    public int Lane { get; private set; } = -1;

    /// <summary>Arc length on it in m.</summary>
    public double Along { get; private set; }

    /// <summary>Greatest distance in m of a corner from the drivable area.</summary>
    public double OffRoad { get; private set; }

    /// <summary>Whether all corners lie in one lane, or in lanes that follow one another.</summary>
    public bool InOneLane { get; private set; }

    /// <summary>Whether that lane crosses an intersection.</summary>
    public bool InIntersection { get; private set; }

    /// <summary>Speed limit in m/s; NaN: none.</summary>
    public double SpeedLimit { get; private set; } = double.NaN;

    /// <summary>Finds it all for one frame.</summary>
    /// <param name="ego">The ego.</param>
    /// <param name="s">Its route coordinate.</param>
    /// <param name="d">Its lateral route coordinate.</param>
    public void Find(in EgoState ego, double s, double d)
    {
        var onRoute = route.LaneAt(s);
        var lanes = graph.Network.Lanes;
        Lane =
            onRoute >= 0 && lanes[onRoute].Area.Contains(ego.X, ego.Y)
                ? onRoute
                : BestOf(graph.Network.LanesAt(ego.X, ego.Y, found), ego);
        double lateral = 0;
        if (Lane >= 0)
        {
            var on = lanes[Lane].Center.Project(ego.X, ego.Y);
            (Along, lateral) = (on.S, on.Lateral);
            SpeedLimit = lanes[Lane].SpeedLimit;
            InIntersection = lanes[Lane].Kind == LaneKind.Connector;
        }
        else
        {
            (SpeedLimit, InIntersection) = (double.NaN, false);
        }

        var (cos, sin) = route.TangentAt(s);
        var slant = Math.Abs((ego.Sin * cos) - (ego.Cos * sin));
        var across = (vehicle.Width / 2) + (slant * vehicle.Length / 2) + CertainMargin;
        var isStraight = Math.Abs(route.CurvatureAt(s)) < 0.01;
        var box = new OrientedBox(ego.X, ego.Y, ego.Cos, ego.Sin, vehicle.Length / 2, vehicle.Width / 2);
        OffRoad =
            isStraight && d + across < LeastLeftRoom(s) && across - d < LeastRightRoom(s) ? 0 : FarthestCorner(box);
        InOneLane =
            Lane >= 0
            && (
                (isStraight && Lane == onRoute && Math.Abs(lateral) + across < lanes[Lane].Width / 2)
                || CornersShareLane(box)
            );
    }

    /// <summary>Tells traffic which lanes the ego is in the way on: those under its centre and those its sides reach into.</summary>
    public void Announce(in EgoState ego, TrafficFlow flow)
    {
        var count = graph.Network.LanesAt(ego.X, ego.Y, found);
        for (var k = 0; k < count; k++)
        {
            var lane = graph[found[k]];
            if (!lane.IsRoutable)
                continue;
            var on = lane.Center.Project(ego.X, ego.Y);
            var (sin, cos) = PureMath.SinCos(on.Heading);
            var c = (ego.Cos * cos) + (ego.Sin * sin);
            var q = Math.Abs((ego.Sin * cos) - (ego.Cos * sin));
            var half = ((vehicle.Length * Math.Abs(c)) + (vehicle.Width * q)) / 2;
            flow.AddGuest(lane.Index, on.S, ego.Speed * c, half);
            var side = ((vehicle.Width * Math.Abs(c)) + (vehicle.Length * q)) / 2;
            if (on.Lateral + side > lane.Width / 2 && graph.Left(lane.Index) is var left and >= 0)
                flow.AddGuest(left, graph.Beside(lane.Index, on.S, left), ego.Speed * c, half);
            if (side - on.Lateral > lane.Width / 2 && graph.Right(lane.Index) is var right and >= 0)
                flow.AddGuest(right, graph.Beside(lane.Index, on.S, right), ego.Speed * c, half);
        }
    }

    private double LeastLeftRoom(double s) =>
        Math.Min(route.LeftRoomAt(s - 3), Math.Min(route.LeftRoomAt(s), route.LeftRoomAt(s + 3)));

    private double LeastRightRoom(double s) =>
        Math.Min(route.RightRoomAt(s - 3), Math.Min(route.RightRoomAt(s), route.RightRoomAt(s + 3)));

    /// <summary>Of overlapping lanes the one on the route, else the one whose direction fits best; -1 for none.</summary>
    private int BestOf(int count, in EgoState ego)
    {
        var best = -1;
        var most = double.NegativeInfinity;
        for (var k = 0; k < count; k++)
        {
            var lane = graph[found[k]];
            if (!lane.IsDrivable)
                continue;
            var (sin, cos) = PureMath.SinCos(lane.Center.Project(ego.X, ego.Y).Heading);
            var fit = (cos * ego.Cos) + (sin * ego.Sin) + (route.Contains(lane.Index) ? 0.5 : 0);
            if (fit > most)
                (best, most) = (lane.Index, fit);
        }

        return best;
    }

    private double FarthestCorner(in OrientedBox box)
    {
        var farthest = 0.0;
        for (var k = 0; k < 4; k++)
        {
            var corner = box.Corner(k);
            var outside = graph.Network.DistanceOutside(corner.X, corner.Y);
            if (outside > farthest && !double.IsInfinity(outside))
                farthest = outside;
        }

        return farthest;
    }

    private bool CornersShareLane(in OrientedBox box)
    {
        var lane = graph[Lane];
        for (var k = 0; k < 4; k++)
        {
            var corner = box.Corner(k);
            if (!lane.Area.Contains(corner.X, corner.Y) && !InOneThatFollows(lane, corner))
                return false;
        }

        return true;
    }

    private bool InOneThatFollows(Lane lane, Point2 corner)
    {
        foreach (var next in lane.Successors)
        {
            if (graph[next].Area.Contains(corner.X, corner.Y))
                return true;
        }

        foreach (var before in lane.Predecessors)
        {
            if (graph[before].Area.Contains(corner.X, corner.Y))
                return true;
        }

        return false;
    }
}
