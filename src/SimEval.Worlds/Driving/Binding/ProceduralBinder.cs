using SimEval.Worlds.Driving.Actions;
using SimEval.Worlds.Driving.Ego;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Routes;
using SimEval.Worlds.Driving.Sections;
using SimEval.Worlds.Driving.Sensing;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Binding;

/// <summary>Says where in the section something is wrong, what, and what would be right.</summary>
internal delegate void ReportProblem(string path, string message, string? suggestion);

/// <summary>Binds sections with a procedural road.</summary>
internal sealed class ProceduralBinder
{
    private const double DefaultTimeStep = 0.1;
    private const double DefaultDuration = 12;
    private const int MostVehicles = 2000;

    /// <summary>Speed in m/s for which the change from a ramp onto the road is laid out.</summary>
    private const double MergingSpeed = 25;

    private static readonly string[] Arms = ["south", "east", "north", "west"];

    private readonly Dictionary<string, RoadMap> maps = [];
    private readonly Dictionary<string, RouteFrame> routes = [];

    public DrivingWorld? Bind(DrivingSection section, ReportProblem report)
    {
        var dt = double.IsNaN(section.TimeStep) ? DefaultTimeStep : section.TimeStep;
        var duration = double.IsNaN(section.Duration) ? DefaultDuration : section.Duration;
        if (MapOf(section, dt, report) is not { } map)
            return null;
        var crossing = section.Road.Intersection is not null;
        if (!TrackOf(section, map, crossing, report, out var track))
            return null;
        if (section.Ego.Position > track.Length - 5)
        {
            report(
                "ego.position",
                $"the ego starts {section.Ego.Position} m along a way of {track.Length:0} m",
                "Start it earlier, or make the road longer"
            );
            return null;
        }

        if (!FrameLimit.Holds(duration, dt, report) || !IsUncrowded(section, map, report))
            return null;
        var route = RouteOf(section, map, track, dt);
        var pose = map.Road.PoseAt(track, section.Ego.Position);
        var (lane, along) = track.Locate(section.Ego.Position);
        var routeS = route.Locate(pose.X, pose.Y).S;
        var (sin, cos) = PureMath.SinCos(pose.Heading);
        var vehicle = VehicleParameters.Find(section.Ego.Vehicle)!;
        var main = MainLanes(map);
        var oncoming = OncomingWay(section, map, crossing);
        return new DrivingWorld
        {
            TimeStep = dt,
            Horizon = Math.Max(1, (int)Math.Round(duration / dt)),
            Section = section,
            Graph = map.Graph,
            Route = route,
            Vehicle = vehicle,
            Codec = new ActionCodec(section.Action, vehicle),
            Observer = ObserverFactory.Create(section.Observation, route, map.Graph, vehicle),
            Backdrop = BackdropOf.Network(map.Road.Network, route),
            Start = new EgoState
            {
                X = pose.X,
                Y = pose.Y,
                Heading = pose.Heading,
                Cos = cos,
                Sin = sin,
                Speed = section.Ego.Speed,
                Steering = PureMath.Atan(vehicle.Wheelbase * route.CurvatureAt(routeS)),
            },
            EgoStart = new EgoStart(lane, along, routeS, section.Ego.Speed),
            Goal = double.IsNaN(section.Ego.Goal) ? null : new RouteGoal(routeS + section.Ego.Goal),
            StopLines = StopLineFinder.Along(map.Road.Network, route),
            MainLanes = main,
            FillLanes = crossing ? EntryLanes(map, lane) : main,
            OncomingWay = oncoming?.Lanes,
            OncomingFrom =
                oncoming is null ? 0
                : crossing ? oncoming.Starts[1] - 15
                : oncoming.Length - 30,
            CutInCorridor = CutInCorridor(section, map, lane, along),
            Turns = crossing ? Turns(section, map) : new Dictionary<string, int[]>(),
        };
    }

    private static bool IsUncrowded(DrivingSection section, RoadMap map, ReportProblem report)
    {
        var metres = map.Road.Network.Lanes.Where(lane => lane.IsRoutable).Sum(lane => lane.Length);
        var vehicles = section.Traffic.OfType<Fill>().Sum(fill => fill.Density) * metres;
        if (vehicles <= MostVehicles)
            return true;
        report(
            "traffic",
            $"the lanes would be filled with about {vehicles:0} vehicles",
            $"At most {MostVehicles} are allowed: fill less, or make the road shorter"
        );
        return false;
    }

    private RoadMap? MapOf(DrivingSection section, double dt, ReportProblem report)
    {
        var key = RoadMap.KeyOf(section.Road, dt);
        if (maps.TryGetValue(key, out var map))
            return map;
        map = RoadMap.Build(section.Road, dt, out var wrong);
        if (map is null)
            report("road", wrong!, null);
        else
            maps[key] = map;
        return map;
    }

    private static bool TrackOf(
        DrivingSection section,
        RoadMap map,
        bool crossing,
        ReportProblem report,
        out RoadTrack track
    )
    {
        var name = NameOfTrack(section, crossing);
        var found = map.Road.Find(name);
        track = found!;
        if (found is not null)
            return true;
        var tracks = map.Road.Tracks.Select(each => each.Name).ToArray();
        report("ego", $"the road has no way \"{name}\" for the ego", $"There are {string.Join(", ", tracks)}");
        return false;
    }

    private static string NameOfTrack(DrivingSection section, bool crossing)
    {
        var ego = section.Ego;
        if (crossing)
            return NameOfTurn(section, ego.Turn);
        return ego.On == "ramp" ? "ramp" : $"main.{(ego.Lane < 0 ? Math.Min(1, section.Road.Lanes - 1) : ego.Lane)}";
    }

    /// <summary>The track from the ego's arm and lane that turns so.</summary>
    private static string NameOfTurn(DrivingSection section, string turn)
    {
        var ego = section.Ego;
        var from = ego.On == "road" ? "south" : ego.On;
        var arm = Array.IndexOf(Arms, from);
        var quarters = turn switch
        {
            "right" => 1,
            "left" => 3,
            _ => 2,
        };
        var lane =
            ego.Lane >= 0 ? ego.Lane
            : ego.Turn == "left" ? section.Road.Lanes - 1
            : 0;
        return $"{from}.{lane}-{Arms[(arm + quarters) % 4]}";
    }

    private static Dictionary<string, int[]> Turns(DrivingSection section, RoadMap map)
    {
        var turns = new Dictionary<string, int[]>();
        foreach (var turn in new[] { "left", "straight", "right" })
        {
            if (map.Road.Find(NameOfTurn(section, turn)) is { } track)
                turns[turn] = [.. track.Lanes];
        }

        return turns;
    }

    private RouteFrame RouteOf(DrivingSection section, RoadMap map, RoadTrack track, double dt)
    {
        var key = $"{RoadMap.KeyOf(section.Road, dt)} along {track.Name}";
        if (routes.TryGetValue(key, out var frame))
            return frame;
        var route = map.Road.RouteAlong(track);
        if (track.Name == "ramp" && map.Road.Find("main.0") is { } main)
        {
            var start = map.Road.PoseAt(track, 0);
            route = RoutePlanner.ToLanes(map.Road.Network, start, [main.Lanes[^1]], MergingSpeed) ?? route;
        }

        return routes[key] = new RouteFrame(map.Road.Network, route);
    }

    private static List<int> MainLanes(RoadMap map)
    {
        var lanes = new List<int>();
        for (var i = 0; map.Road.Find($"main.{i}") is { } track; i++)
            lanes.Add(track.Lanes[0]);
        return lanes;
    }

    private static List<int> EntryLanes(RoadMap map, int egoLane) =>
        [.. map.Road.Tracks.Select(track => track.Lanes[0]).Distinct().Where(lane => lane != egoLane)];

    private static RoadTrack? OncomingWay(DrivingSection section, RoadMap map, bool crossing)
    {
        if (!crossing)
            return map.Road.Find("opposing.0");
        var arm = Array.IndexOf(Arms, section.Ego.On == "road" ? "south" : section.Ego.On);
        return map.Road.Find($"{Arms[(arm + 2) % 4]}.0-{Arms[arm]}");
    }

    private static (IReadOnlyList<int>, double, double)? CutInCorridor(
        DrivingSection section,
        RoadMap map,
        int lane,
        double along
    )
    {
        var cuts = section.Traffic.OfType<CutsIn>().ToArray();
        if (cuts.Length == 0)
            return null;
        var farthest = cuts.Max(cut => cut.Gap + 20 + (cut.After * 10));
        int[] lanes = [lane, map.Graph.Left(lane), map.Graph.Right(lane)];
        return (lanes, along - 25, along + farthest + (2.5 * section.Ego.Speed));
    }
}
