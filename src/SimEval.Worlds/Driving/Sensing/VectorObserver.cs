using SimEval.Scenarios.Layouts;
using SimEval.Worlds.Driving.Ego;
using SimEval.Worlds.Driving.Episodes;
using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Metrics;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Routes;
using SimEval.Worlds.Driving.Sections;

namespace SimEval.Worlds.Driving.Sensing;

/// <summary>
/// Ego, agents with history, route, lanes and the next light as tensors in SI units, in the ego frame: origin at the centre
/// of its box, x ahead, y left.
/// </summary>
internal sealed class VectorObserver : IObserver
{
    private const int EgoSize = 8;
    private const int AgentSize = 12;
    private const int RouteSize = 6;
    private const int LaneSize = 7;
    private const int LightSize = 5;
    private const double RouteSpacing = 4;
    private const double LaneSpacing = 4;
    private const double LaneBehind = 16;
    private const double LaneReach = 60;

    private readonly ObservationSection section;
    private readonly RouteFrame route;
    private readonly LaneGraph graph;

    public VectorObserver(ObservationSection section, RouteFrame route, LaneGraph graph)
    {
        this.section = section;
        this.route = route;
        this.graph = graph;
        Layouts =
        [
            new TensorLayout(
                "ego",
                [EgoSize],
                "(features): speed m/s, acceleration m/s2, steering angle rad, yaw rate rad/s, lateral offset from the route m (left positive), heading error rad, speed limit m/s (0: none), allowed speed m/s"
            ),
            new TensorLayout(
                "agents",
                [section.Agents, section.History, AgentSize],
                "(agents, frames back, features), nearest first: x m, y m, cosine and sine of the heading, velocity x and y m/s, length m, width m, is a vehicle, is a pedestrian or cyclist, is an object, is valid; ego frame of now; all zero where not valid"
            ),
            new TensorLayout(
                "route",
                [section.RoutePoints, RouteSize],
                $"(points, features), every {RouteSpacing} m from the ego's place on the route: x m, y m, cosine and sine of the direction, speed limit m/s (0: none), is valid; ego frame"
            ),
            new TensorLayout(
                "lanes",
                [section.Lanes, section.LanePoints, LaneSize],
                $"(lanes, points, features), nearest first, every {LaneSpacing} m from {LaneBehind} m behind the ego: x m, y m, cosine and sine of the direction, speed limit m/s (0: none), is on the route, is valid; ego frame"
            ),
            new TensorLayout(
                "light",
                [LightSize],
                "(features) of the next traffic light on the route: there is one, distance from the front to its stop line m, is red, is yellow, is green"
            ),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<TensorLayout> Layouts { get; }

    /// <inheritdoc/>
    public int History => section.History;

    /// <inheritdoc/>
    public void Write(DrivingEpisode episode, int tensor, Span<float> row)
    {
        row.Clear();
        switch (tensor)
        {
            case 0:
                WriteEgo(episode.Perceive(), row);
                break;
            case 1:
                WriteAgents(episode, row);
                break;
            case 2:
                WriteRoute(episode, row);
                break;
            case 3:
                WriteLanes(episode.Ego, row);
                break;
            default:
                WriteLight(episode, row);
                break;
        }
    }

    private static void WriteEgo(in Perception seen, Span<float> row)
    {
        row[0] = (float)seen.Speed;
        row[1] = (float)seen.Acceleration;
        row[2] = (float)seen.Steering;
        row[3] = (float)seen.YawRate;
        row[4] = (float)seen.D;
        row[5] = (float)seen.HeadingError;
        row[6] = double.IsInfinity(seen.Limit) ? 0 : (float)seen.Limit;
        row[7] = (float)Math.Min(seen.AllowedSpeed, 100);
    }

    private void WriteAgents(DrivingEpisode episode, Span<float> row)
    {
        ref readonly var ego = ref episode.Ego;
        var present = episode.Actors.Present;
        Span<double> distances = stackalloc double[section.Agents];
        Span<int> nearest = stackalloc int[section.Agents];
        var count = 0;
        for (var i = 0; i < present.Length; i++)
        {
            var (dx, dy) = (present[i].X - ego.X, present[i].Y - ego.Y);
            Insert((dx * dx) + (dy * dy), i, distances, nearest, ref count);
        }

        for (var k = 0; k < count; k++)
        {
            ref readonly var agent = ref present[nearest[k]];
            for (var back = 0; back < section.History; back++)
            {
                var past = episode.History!.At(agent.Id, back);
                if (past.IsValid)
                    WriteAgent(agent, past, ego, row.Slice(((k * section.History) + back) * AgentSize, AgentSize));
            }
        }
    }

    private static void WriteAgent(in AgentSample agent, in AgentHistory.Past past, in EgoState ego, Span<float> row)
    {
        var (x, y) = ToEgo(ego, past.X, past.Y);
        var (cos, sin) = Turned(ego, past.Cos, past.Sin);
        row[0] = (float)x;
        row[1] = (float)y;
        row[2] = (float)cos;
        row[3] = (float)sin;
        row[4] = (float)(past.Speed * cos);
        row[5] = (float)(past.Speed * sin);
        row[6] = (float)(2 * agent.HalfLength);
        row[7] = (float)(2 * agent.HalfWidth);
        row[8] = agent.Class == AgentClass.Vehicle ? 1 : 0;
        row[9] = agent.Class == AgentClass.Vulnerable ? 1 : 0;
        row[10] = agent.Class == AgentClass.Object ? 1 : 0;
        row[11] = 1;
    }

    private void WriteRoute(DrivingEpisode episode, Span<float> row)
    {
        ref readonly var ego = ref episode.Ego;
        var from = episode.Perceive().S;
        for (var k = 0; k < section.RoutePoints; k++)
        {
            var s = from + (k * RouteSpacing);
            if (s > route.Length)
                break;
            var point = route.PointAt(s);
            var tangent = route.TangentAt(s);
            var limit = route.LimitAt(s);
            var place = row.Slice(k * RouteSize, RouteSize);
            WritePoint(ego, point.X, point.Y, tangent.Cos, tangent.Sin, limit, place);
            place[5] = 1;
        }
    }

    private void WriteLanes(in EgoState ego, Span<float> row)
    {
        Span<double> distances = stackalloc double[section.Lanes];
        Span<int> nearest = stackalloc int[section.Lanes];
        var count = 0;
        foreach (var lane in graph.Network.Lanes)
        {
            var reach = lane.Area.Bounds.DistanceSquared(ego.X, ego.Y);
            if (!lane.IsRoutable || reach > LaneReach * LaneReach)
                continue;
            // Only a lane that may come among the nearest is worth projecting on.
            if (count == section.Lanes && reach > distances[count - 1])
                continue;
            var distance = lane.Center.Project(ego.X, ego.Y).Distance;
            Insert(distance * distance, lane.Index, distances, nearest, ref count);
        }

        for (var k = 0; k < count; k++)
            WriteLane(ego, graph[nearest[k]], row.Slice(k * section.LanePoints * LaneSize));
    }

    private void WriteLane(in EgoState ego, Lane lane, Span<float> row)
    {
        var from = Math.Max(0, lane.Center.Project(ego.X, ego.Y).S - LaneBehind);
        for (var k = 0; k < section.LanePoints; k++)
        {
            var s = from + (k * LaneSpacing);
            if (s > lane.Length)
                break;
            var at = lane.Center.At(s);
            var (sin, cos) = PureMath.SinCos(at.Heading);
            var place = row.Slice(k * LaneSize, LaneSize);
            WritePoint(ego, at.X, at.Y, cos, sin, lane.SpeedLimit, place);
            place[5] = route.Contains(lane.Index) ? 1 : 0;
            place[6] = 1;
        }
    }

    private void WriteLight(DrivingEpisode episode, Span<float> row)
    {
        var front = episode.Perceive().S + (episode.World.Vehicle.Length / 2);
        foreach (var (at, light) in episode.World.StopLines)
        {
            if (at < front)
                continue;
            var state = episode.Lights[light];
            row[0] = 1;
            row[1] = (float)(at - front);
            row[2] = state is LightState.Red or LightState.RedYellow ? 1 : 0;
            row[3] = state is LightState.Yellow ? 1 : 0;
            row[4] = state is LightState.Green ? 1 : 0;
            return;
        }
    }

    private static void WritePoint(
        in EgoState ego,
        double x,
        double y,
        double cos,
        double sin,
        double limit,
        Span<float> row
    )
    {
        var (ahead, left) = ToEgo(ego, x, y);
        var (c, s) = Turned(ego, cos, sin);
        row[0] = (float)ahead;
        row[1] = (float)left;
        row[2] = (float)c;
        row[3] = (float)s;
        row[4] = double.IsFinite(limit) ? (float)limit : 0;
    }

    private static (double X, double Y) ToEgo(in EgoState ego, double x, double y) => Turned(ego, x - ego.X, y - ego.Y);

    private static (double X, double Y) Turned(in EgoState ego, double x, double y) =>
        ((x * ego.Cos) + (y * ego.Sin), (y * ego.Cos) - (x * ego.Sin));

    /// <summary>Keeps the smallest, ascending; of equal ones the first.</summary>
    private static void Insert(double value, int index, Span<double> values, Span<int> indices, ref int count)
    {
        if (count == values.Length && value >= values[count - 1])
            return;
        var place = count < values.Length ? count++ : count - 1;
        while (place > 0 && values[place - 1] > value)
        {
            values[place] = values[place - 1];
            indices[place] = indices[place - 1];
            place--;
        }

        values[place] = value;
        indices[place] = index;
    }
}
