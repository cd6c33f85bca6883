using System.Collections.Immutable;
using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Goals;
using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Recordings;

/// <summary>From a CommonRoad file to what the driving world plays back.</summary>
public static class CommonRoadConverter
{
    /// <summary>How far a route goes on in m where the goal names no place.</summary>
    private const double Onwards = 2000;

    /// <summary>The whole file. Every file that the reader accepts converts.</summary>
    public static RecordedScenario Convert(CommonRoadFile file)
    {
        var map = new CommonRoadNetwork(file);
        List<RecordedObstacle> obstacles = [.. file.Obstacles.Select(item => Convert(item, map.Origin, file.TimeStep))];
        List<PlanningTask> tasks = [.. file.PlanningProblems.Select(problem => Convert(problem, map))];
        return new RecordedScenario(file.BenchmarkId, file.TimeStep, map.Network, obstacles, tasks);
    }

    private static RecordedObstacle Convert(CommonRoadObstacle obstacle, Point2 origin, double dt)
    {
        bool isWorldFrame = obstacle.Role == CommonRoadRole.Environment;
        Shape? shape = CommonRoadShapes.Convert(obstacle.Shape, isWorldFrame ? origin : default);
        RecordedState[] states = obstacle.InitialState is { } initial
            ? RecordedTrack.Fill(initial, obstacle.Trajectory, origin, dt)
            : [];
        if (isWorldFrame)
            states = [default];
        int first = obstacle.InitialState?.Time?.Start ?? 0;
        if (states.Length == 0 && obstacle.Occupancies.Count > 0)
            first = obstacle.Occupancies.Min(occupancy => occupancy.Time.Start);
        Shape?[] occupancies = [];
        if (obstacle.Occupancies.Count > 0)
        {
            int last = obstacle.Occupancies.Max(occupancy => occupancy.Time.End);
            occupancies = new Shape?[Math.Max(0, last - first + 1)];
            foreach (CommonRoadOccupancy occupancy in obstacle.Occupancies)
            {
                Shape? region = CommonRoadShapes.Convert(occupancy.Shape, origin);
                for (int step = Math.Max(first, occupancy.Time.Start); step <= occupancy.Time.End; step++)
                    occupancies[step - first] = region;
            }
        }
        return new RecordedObstacle(obstacle.Id, obstacle.Role, obstacle.Type, shape, first, states, occupancies);
    }

    private static PlanningTask Convert(CommonRoadPlanningProblem problem, CommonRoadNetwork map)
    {
        CommonRoadState initial = problem.InitialState;
        RecordedState start = RecordedTrack.Fill(initial, [], map.Origin, 1)[0];
        var goals = ImmutableArray.CreateBuilder<GoalState>();
        foreach (CommonRoadState goal in problem.Goals)
            goals.Add(Convert(goal, map));
        var region = new GoalRegion(goals.ToImmutable());
        var pose = new Pose(start.X, start.Y, start.Heading);
        return new PlanningTask(
            problem.Id,
            pose,
            start.Speed,
            start.Acceleration,
            initial.Others.TryGetValue("yawRate", out CommonRoadInterval yawRate) ? yawRate.Middle : 0,
            initial.Time?.Start ?? 0,
            region,
            RouteTo(map.Network, pose, start.Speed, region)
        );
    }

    private static GoalState Convert(CommonRoadState goal, CommonRoadNetwork map)
    {
        var lanes = ImmutableArray.CreateBuilder<int>();
        foreach (CommonRoadShape shape in goal.Area)
        {
            if (shape is CommonRoadLaneletArea area && map.Lanes.TryGetValue(area.Ref, out int lane))
                lanes.Add(lane);
        }
        return new GoalState(
            goal.Time?.Start ?? int.MinValue,
            goal.Time?.End ?? int.MaxValue,
            CommonRoadShapes.Convert(goal.Area, map.Origin, map.Network, map.Lanes),
            goal.Orientation is { } orientation ? new ValueRange(orientation.Start, orientation.End) : null,
            goal.Velocity is { } velocity ? new ValueRange(velocity.Start, velocity.End) : null,
            lanes.ToImmutable()
        );
    }

    private static Route? RouteTo(RoadNetwork network, Pose start, double speed, GoalRegion region)
    {
        var targets = new SortedSet<int>();
        Span<int> found = stackalloc int[16];
        foreach (GoalState goal in region.States)
        {
            targets.UnionWith(goal.Lanes);
            if (goal.Area is null || goal.Lanes.Length > 0)
                continue;
            Point2 center = goal.Area.Center;
            int count = network.LanesAt(center.X, center.Y, found);
            for (int i = 0; i < count; i++)
            {
                if (network.Lanes[found[i]].IsRoutable)
                    targets.Add(found[i]);
            }
            if (
                count == 0
                && network.NearestLane(center.X, center.Y, goal.Orientation?.Start ?? 0) is >= 0 and var near
            )
                targets.Add(near);
        }
        Route? route = targets.Count > 0 ? RoutePlanner.ToLanes(network, start, [.. targets], speed) : null;
        return route ?? RoutePlanner.Onwards(network, start, Onwards);
    }
}
