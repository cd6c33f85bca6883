using System.Collections.Immutable;
using SimEval.Scenarios;
using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Actions;
using SimEval.Worlds.Driving.Actors;
using SimEval.Worlds.Driving.Ego;
using SimEval.Worlds.Driving.Goals;
using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Population;
using SimEval.Worlds.Driving.Recordings;
using SimEval.Worlds.Driving.Routes;
using SimEval.Worlds.Driving.Sections;
using SimEval.Worlds.Driving.Sensing;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Binding;

/// <summary>Binds sections that name a CommonRoad file. Files are kept by content, so that a suite reads each once.</summary>
internal sealed class CommonRoadBinder
{
    /// <summary>Frames where neither goal nor recording says how long.</summary>
    private const int DefaultHorizon = 100;

    /// <summary>Most frames that a file may ask for by itself.</summary>
    private const int LongestHorizon = 2000;

    /// <summary>Two vehicles cannot be nearer than this, in m, centre to centre.</summary>
    private const double SamePlace = 1.5;

    /// <summary>Files kept; the oldest goes first.</summary>
    private const int MostKept = 64;

    private readonly Dictionary<ulong, Loaded> kept = [];
    private readonly Queue<ulong> order = [];

    /// <summary>The ids of the planning problems of a file; empty with errors where it cannot be read.</summary>
    public IReadOnlyList<string> Problems(string path, ISourceFiles files, ICollection<ScenarioError> errors) =>
        Load(path, files, errors) is { } loaded ? [.. loaded.Scenario.Tasks.Select(task => $"{task.Id}")] : [];

    public DrivingWorld? Bind(
        DrivingSection section,
        ISourceFiles files,
        string sourceName,
        ICollection<ScenarioError> errors,
        ReportProblem report
    )
    {
        var path = files.Resolve(sourceName, section.CommonRoad!);
        if (files.Size(path) is null)
        {
            report("commonRoad", $"there is no file {Wording.Quote(section.CommonRoad!)}", null);
            return null;
        }

        if (Load(path, files, errors) is not { } loaded || TaskOf(section, loaded, report) is not { } task)
            return null;
        if (!double.IsNaN(section.TimeStep) && section.TimeStep != loaded.Scenario.TimeStep)
        {
            report(
                "timeStep",
                $"the file's time step is {loaded.Scenario.TimeStep} s",
                "Leave \"timeStep\" out: a recording is played in its own steps"
            );
            return null;
        }

        return double.IsNaN(section.Duration) || FrameLimit.Holds(section.Duration, loaded.Scenario.TimeStep, report)
            ? Make(section, loaded, task)
            : null;
    }

    private static PlanningTask? TaskOf(DrivingSection section, Loaded loaded, ReportProblem report)
    {
        var tasks = loaded.Scenario.Tasks;
        if (tasks.Count == 0)
        {
            report("commonRoad", "the file has no planning problem: there is nothing to run", null);
            return null;
        }

        if (section.Problem is null)
        {
            if (tasks.Count == 1)
                return tasks[0];
            report(
                "commonRoad",
                $"the file has {tasks.Count} planning problems",
                $"Name one after the file: {section.CommonRoad}#{tasks[0].Id}"
            );
            return null;
        }

        var found = tasks.FirstOrDefault(task => $"{task.Id}" == section.Problem);
        if (found is null)
        {
            report(
                "commonRoad",
                $"the file has no planning problem {Wording.Quote(section.Problem)}",
                $"It has {string.Join(", ", tasks.Take(20).Select(task => task.Id))}"
            );
        }

        return found;
    }

    private static DrivingWorld Make(DrivingSection section, Loaded loaded, PlanningTask task)
    {
        var scenario = loaded.Scenario;
        var vehicle = VehicleParameters.Find(section.Ego.Vehicle)!;
        var route = loaded.RouteOf(task);
        var (sin, cos) = PureMath.SinCos(task.Start.Heading);
        var speed = section.Ego.MayReverse ? task.Speed : Math.Max(0, task.Speed);
        var horizon = HorizonOf(section, scenario, task);
        var reacting = section.Reactive ? Reacting.Find(loaded.Graph, scenario, task.FirstStep, horizon) : [];
        reacting = [.. reacting.Where(each => !IsEgo(each.Obstacle, task))];
        var driven = reacting.Select(each => each.Obstacle).ToHashSet();
        return new DrivingWorld
        {
            TimeStep = scenario.TimeStep,
            Horizon = horizon,
            Section = section,
            Graph = loaded.Graph,
            Route = route,
            Vehicle = vehicle,
            Codec = new ActionCodec(section.Action, vehicle),
            Observer = ObserverFactory.Create(section.Observation, route, loaded.Graph, vehicle),
            Backdrop = BackdropOf.Recording(scenario, route, task.Goal),
            Start = new EgoState
            {
                X = task.Start.X,
                Y = task.Start.Y,
                Heading = task.Start.Heading,
                Cos = cos,
                Sin = sin,
                Speed = speed,
                Acceleration = task.Acceleration,
                YawRate = task.YawRate,
                Steering = speed > 0.5 ? PureMath.Atan(vehicle.Wheelbase * task.YawRate / speed) : 0,
            },
            EgoStart = new EgoStart(
                loaded.Scenario.Network.NearestLane(task.Start.X, task.Start.Y, task.Start.Heading),
                0,
                route.Locate(task.Start.X, task.Start.Y).S,
                speed
            ),
            Goal = task.Goal.States.IsEmpty ? null : new RecordedGoal(task.Goal, task.FirstStep),
            Task = task,
            FirstStep = task.FirstStep,
            StopLines = StopLineFinder.Along(scenario.Network, route),
            Recorded =
            [
                .. scenario
                    .Obstacles.Where(obstacle => !driven.Contains(obstacle) && !IsEgo(obstacle, task))
                    .Select(obstacle => Playback.Of(obstacle, task.FirstStep, horizon))
                    .OfType<RecordedActor>(),
            ],
            Reacting = [.. reacting.Select(each => each.Entry)],
        };
    }

    /// <summary>Whether a moving obstacle starts in the ego's place: then it is the ego's own recording.</summary>
    private static bool IsEgo(RecordedObstacle obstacle, PlanningTask task)
    {
        if (obstacle.Stands || !obstacle.TryBox(task.FirstStep, out var box))
            return false;
        var (dx, dy) = (box.X - task.Start.X, box.Y - task.Start.Y);
        return (dx * dx) + (dy * dy) < SamePlace * SamePlace;
    }

    private static int HorizonOf(DrivingSection section, RecordedScenario scenario, PlanningTask task)
    {
        if (!double.IsNaN(section.Duration))
            return Math.Max(1, (int)Math.Round(section.Duration / scenario.TimeStep));
        var byGoal = task.Goal.States.IsEmpty ? int.MaxValue : task.Goal.LastStep;
        var byRecording = scenario
            .Obstacles.Where(obstacle => !obstacle.Stands)
            .Select(obstacle => obstacle.LastStep)
            .DefaultIfEmpty(0)
            .Max();
        var last = byGoal < int.MaxValue / 2 ? byGoal : byRecording;
        var frames = last - task.FirstStep;
        return frames < 1 ? DefaultHorizon : Math.Min(frames, LongestHorizon);
    }

    private Loaded? Load(string path, ISourceFiles files, ICollection<ScenarioError> errors)
    {
        var bytes = files.Read(path);
        if (bytes is null)
        {
            errors.Add(new ScenarioError(path, 0, 0, "", "there is no such file"));
            return null;
        }

        var key = Hash64.OfBytes(bytes);
        if (kept.TryGetValue(key, out var loaded))
            return loaded;
        if (CommonRoadReader.Read(bytes, path, errors) is not { } file)
            return null;
        loaded = new Loaded(CommonRoadConverter.Convert(file));
        kept[key] = loaded;
        order.Enqueue(key);
        if (order.Count > MostKept)
            kept.Remove(order.Dequeue());
        return loaded;
    }

    private sealed class Loaded(RecordedScenario scenario)
    {
        private readonly Dictionary<long, RouteFrame> routes = [];
        private LaneGraph? graph;

        public RecordedScenario Scenario => scenario;

        public LaneGraph Graph => graph ??= new LaneGraph(scenario.Network);

        public RouteFrame RouteOf(PlanningTask task)
        {
            if (routes.TryGetValue(task.Id, out var frame))
                return frame;
            frame = task.Route is { } route
                ? new RouteFrame(scenario.Network, route)
                : RouteFrame.Straight(scenario.Network, task.Start);
            return routes[task.Id] = frame;
        }
    }

    private sealed record RecordedGoal(GoalRegion Region, int FirstStep) : IGoal
    {
        public bool IsReached(in EgoState ego, double s, int frame) =>
            Region.IsReached(ego.X, ego.Y, ego.Heading, ego.Speed, FirstStep + frame);
    }
}
