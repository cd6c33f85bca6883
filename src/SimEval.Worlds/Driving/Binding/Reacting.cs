using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Population;
using SimEval.Worlds.Driving.Recordings;
using SimEval.Worlds.Driving.Traffic;

namespace SimEval.Worlds.Driving.Binding;

/// <summary>
/// Lets recorded vehicles drive by themselves: from where their recording first shows them on a lane, along the lanes that
/// the recording takes, as fast as it ever was.
/// </summary>
internal static class Reacting
{
    private const double FarthestFromLane = 1.5;
    private const double LeastAgreement = 0.7;
    private const int WayStride = 5;

    /// <summary>Those that can, in the file's order, the ones of frame 0 first.</summary>
    public static IReadOnlyList<(RecordedObstacle Obstacle, Entry Entry)> Find(
        LaneGraph graph,
        RecordedScenario scenario,
        int firstStep,
        int horizon
    )
    {
        var found = new List<(RecordedObstacle Obstacle, Entry Entry)>();
        for (var i = 0; i < scenario.Obstacles.Count; i++)
        {
            var obstacle = scenario.Obstacles[i];
            if (obstacle.Role != CommonRoadRole.Dynamic || obstacle.Type is "pedestrian" or "bicycle" or "train")
                continue;
            var start = Math.Max(firstStep, obstacle.FirstStep);
            if (start > firstStep + horizon || DriverOf(graph, obstacle, start, (ulong)i) is not { } driver)
                continue;
            found.Add((obstacle, new Entry(start - firstStep, driver, Playback.KindOf(obstacle).Kind)));
        }

        return [.. found.OrderBy(each => each.Entry.Frame)];
    }

    private static Driver? DriverOf(LaneGraph graph, RecordedObstacle obstacle, int start, ulong number)
    {
        if (!obstacle.TryState(start, out var state) || !obstacle.TryBox(start, out var box))
            return null;
        var lane = LaneUnder(graph, state);
        if (lane < 0)
            return null;
        var fastest = state.Speed;
        var way = new List<int> { lane };
        for (var step = start; obstacle.TryState(step, out var later); step += WayStride)
        {
            fastest = Math.Max(fastest, later.Speed);
            var next = LaneUnder(graph, later);
            if (next < 0 || next == way[^1])
                continue;
            // A gap in the way tells the driver to pick for itself.
            if (!graph[way[^1]].Successors.Contains(next))
                way.Add(-1);
            way.Add(next);
        }

        return new Driver
        {
            Idm = new Idm(Math.Max(fastest, 1), 1.2, 2, 1.5, 2.0),
            Lane = lane,
            Along = graph[lane].Center.Project(state.X, state.Y).S,
            Speed = Math.Max(0, state.Speed),
            Length = 2 * box.HalfLength,
            Width = 2 * box.HalfWidth,
            LimitFactor = double.PositiveInfinity,
            Traveller = Hash64.Of(number, (ulong)obstacle.Id),
            Way = [.. way],
        };
    }

    private static int LaneUnder(LaneGraph graph, in RecordedState state)
    {
        var lane = graph.Network.NearestLane(state.X, state.Y, state.Heading);
        if (lane < 0)
            return -1;
        var on = graph[lane].Center.Project(state.X, state.Y);
        var agreement = PureMath.Cos(on.Heading - state.Heading);
        return on.Distance < FarthestFromLane && agreement > LeastAgreement ? lane : -1;
    }
}
