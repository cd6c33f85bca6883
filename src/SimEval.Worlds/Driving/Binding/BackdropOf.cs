using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Goals;
using SimEval.Worlds.Driving.Recordings;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Routes;

namespace SimEval.Worlds.Driving.Binding;

/// <summary>The static picture of a network, in world coordinates.</summary>
internal static class BackdropOf
{
    public static IReadOnlyList<ScenePath> Network(RoadNetwork network, RouteFrame route)
    {
        var paths = new List<ScenePath>();
        var origin = network.Origin;
        foreach (var lane in network.Lanes)
        {
            if (lane.IsDrivable)
                paths.Add(new ScenePath(SceneStroke.RoadSurface, Ring(lane, origin)));
        }

        foreach (var lane in network.Lanes)
        {
            if (!lane.IsDrivable)
            {
                if (lane.Kind == LaneKind.Crosswalk)
                    paths.Add(new ScenePath(SceneStroke.StopLine, Ring(lane, origin)));
                continue;
            }

            if (lane.Kind == LaneKind.Connector)
                continue;
            paths.Add(new ScenePath(StrokeOf(lane.LeftNeighbor, lane.LeftOpposite), Points(lane.Left, origin)));
            paths.Add(new ScenePath(StrokeOf(lane.RightNeighbor, lane.RightOpposite), Points(lane.Right, origin)));
        }

        paths.Add(new ScenePath(SceneStroke.Route, route.Outline(origin)));
        return paths;
    }

    /// <summary>A recorded scenario's: its network, what stands outside the road, and its goal.</summary>
    public static IReadOnlyList<ScenePath> Recording(RecordedScenario scenario, RouteFrame route, GoalRegion goal)
    {
        var origin = scenario.Network.Origin;
        var paths = new List<ScenePath>(Network(scenario.Network, route));
        foreach (var obstacle in scenario.Obstacles)
        {
            if (obstacle.Role == CommonRoadRole.Environment && obstacle.Shape is { } shape)
                paths.Add(new ScenePath(SceneStroke.Structure, Points(shape.Outline, origin)));
        }

        foreach (var state in goal.States)
        {
            foreach (var lane in state.Lanes)
                paths.Add(new ScenePath(SceneStroke.Goal, Ring(scenario.Network.Lanes[lane], origin)));
            if (state.Lanes.IsEmpty && state.Area is { } area)
                paths.Add(new ScenePath(SceneStroke.Goal, Points(area.Outline, origin)));
        }

        return paths;
    }

    private static SceneStroke StrokeOf(int neighbor, int opposite) =>
        neighbor >= 0 || opposite >= 0 ? SceneStroke.LaneMarking : SceneStroke.RoadEdge;

    private static double[] Points(IReadOnlyList<Point2> outline, Point2 origin) =>
        [.. outline.SelectMany(point => new[] { point.X + origin.X, point.Y + origin.Y })];

    private static double[] Points(Polyline line, Point2 origin)
    {
        var points = new double[2 * line.Count];
        for (var i = 0; i < line.Count; i++)
            (points[2 * i], points[(2 * i) + 1]) = (line[i].X + origin.X, line[i].Y + origin.Y);
        return points;
    }

    private static double[] Ring(Lane lane, Point2 origin)
    {
        var right = Points(lane.Right, origin);
        var left = Points(lane.Left, origin);
        var ring = new double[right.Length + left.Length];
        right.CopyTo(ring, 0);
        for (var i = 0; i < left.Length; i += 2)
        {
            ring[right.Length + i] = left[left.Length - 2 - i];
            ring[right.Length + i + 1] = left[left.Length - 1 - i];
        }

        return ring;
    }
}
