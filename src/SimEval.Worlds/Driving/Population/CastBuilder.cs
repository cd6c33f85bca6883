using System.Collections.Immutable;
using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Actors;
using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Metrics;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Sections;
using SimEval.Worlds.Driving.Traffic;

namespace SimEval.Worlds.Driving.Population;

/// <summary>
/// Fills an episode with everyone that `traffic` asks for: places and habits are drawn from streams of the (scenario seed,
/// point, seed), one stream an item, so that adding an item leaves the others as they were.
/// </summary>
internal sealed class CastBuilder
{
    private const double CarLength = 4.5;
    private const double CarWidth = 1.8;

    private readonly DrivingWorld world;
    private readonly Func<string, Philox> streams;
    private readonly List<(Driver Driver, SceneActorKind Kind)> drivers = [];
    private readonly List<Walker> walkers = [];
    private readonly List<RecordedActor> standing = [];
    private readonly List<Func<IScript>> scripts = [];
    private readonly EgoStart ego;

    public CastBuilder(DrivingWorld world, Func<string, Philox> streams)
    {
        this.world = world;
        this.streams = streams;
        ego = world.EgoStart;
    }

    /// <summary>Everyone for one episode.</summary>
    /// <param name="key">Where the episode's checksum starts.</param>
    public Cast Build(ulong key)
    {
        // What is placed exactly comes first, so that what is spread keeps clear of it.
        foreach (var item in world.Section.Traffic)
            Place(item);
        foreach (var item in world.Section.Traffic.OfType<Fill>())
            FillLanes(item, streams(item.Path));
        var flow = new TrafficFlow(world.Graph, Math.Max(1, drivers.Count + world.Reacting.Count), 24, Mobil.Default);
        var kinds = new List<SceneActorKind>(flow.Capacity);
        foreach (var (driver, kind) in drivers)
        {
            flow.Add(driver);
            kinds.Add(kind);
        }

        foreach (var entry in world.Reacting)
        {
            if (entry.Frame > 0)
            {
                scripts.Add(() => new EnterScript(entry, kinds));
                continue;
            }

            flow.Add(entry.Driver);
            kinds.Add(entry.Kind);
        }

        return new Cast(
            key,
            world.TimeStep,
            flow,
            kinds,
            walkers,
            [.. world.Recorded, .. standing],
            [.. scripts.Select(make => make())]
        );
    }

    private void Place(TrafficItem item)
    {
        switch (item)
        {
            case CutsIn cut:
                PlaceCutIn(cut, streams(item.Path));
                break;
            case Jam jam:
                PlaceJam(jam, streams(item.Path));
                break;
            case Jaywalker walker:
                PlaceWalker(walker, streams(item.Path));
                break;
            case Oncoming stream:
                PlaceOncoming(stream, streams(item.Path));
                break;
            case Parked parked:
                PlaceParked(parked);
                break;
            case SingleVehicle vehicle:
                PlaceVehicle(vehicle);
                break;
        }
    }

    private void PlaceCutIn(CutsIn cut, Philox draws)
    {
        var left = world.Graph.Left(ego.Lane);
        var right = world.Graph.Right(ego.Lane);
        var fromLeft = (cut.From == "left" && left >= 0) || right < 0;
        var lane = fromLeft ? left : right;
        if (lane < 0)
            return;
        // Seeds differ by a little in timing, pace and the driver's habits.
        var after = cut.After + (0.6 * (draws.Uniform(0) - 0.5));
        var speed = double.IsNaN(cut.Speed) ? Math.Max(3, ego.Speed - cut.Slower) : cut.Speed;
        speed += 1.0 * (draws.Uniform(1) - 0.5);
        var ahead = cut.Gap + ((CarLength + world.Vehicle.Length) / 2) + ((ego.Speed - speed) * after);
        var along = world.Graph.Beside(ego.Lane, ego.Along, lane) + ahead;
        var number = drivers.Count;
        Add(lane, along, speed, new Idm(Math.Max(1, speed), 1.2, 2, 1.2, 2.0), false, draws);
        var frame = (int)Math.Round(after / world.TimeStep);
        scripts.Add(() => new CutInScript(number, !fromLeft, frame, cut.Duration));
    }

    private void PlaceJam(Jam jam, Philox draws)
    {
        var number = drivers.Count;
        var along = ego.Along + jam.Gap + ((CarLength + world.Vehicle.Length) / 2);
        Add(ego.Lane, along, Math.Min(jam.Fastest, ego.Speed), Idm.Highway(jam.Fastest * 1.05), false, draws);
        var phase = draws.Uniform(0) * jam.Period;
        scripts.Add(() => new StopAndGoScript(number, jam.Slowest, jam.Fastest, jam.Period, jam.Braking, phase, draws));
    }

    private void PlaceWalker(Jaywalker item, Philox draws)
    {
        var s = ego.RouteS + item.Ahead + (6 * (draws.Uniform(0) - 0.5));
        var speed = item.Speed * (0.85 + (0.3 * draws.Uniform(1)));
        var when = item.When + (0.5 * (draws.Uniform(2) - 0.5));
        var side = item.From == "left" ? 1 : -1;
        var edge = world.Route.WidthAt(s) / 2;
        var from = side * (edge + item.Aside);
        var start = world.Route.PointAt(s, from);
        var across = -side * Math.PI / 2;
        var distance = (2 * edge) + (2 * item.Aside) + 3;
        walkers.Add(new Walker(start.X, start.Y, world.Route.HeadingAt(s) + across, distance, speed, s, when));
    }

    private void PlaceOncoming(Oncoming item, Philox draws)
    {
        if (world.OncomingWay is not { Count: > 0 } way)
            return;
        var total = way.Sum(world.Graph.Length);
        var at = total - (draws.Uniform(0) * item.Every * item.Speed) - 10;
        at = Math.Min(at, world.OncomingFrom - (draws.Uniform(1) * item.Every * item.Speed));
        for (var k = 0; k < item.Count && at > 5; k++)
        {
            var (lane, along) = Locate(way, at);
            var speed = item.Speed * (0.92 + (0.16 * draws.Uniform((ulong)k, 2)));
            Add(lane, along, speed, new Idm(speed, 1.2, 2, 1.4, 2.0), false, draws, [.. way]);
            // A shifted exponential: at least 1.6 s, on average as asked.
            var headway = 1.6 - (Math.Max(0.1, item.Every - 1.6) * PureMath.Log(1 - draws.Uniform((ulong)k, 3)));
            at -= (headway * item.Speed) + CarLength;
        }
    }

    private (int Lane, double Along) Locate(IReadOnlyList<int> way, double at)
    {
        foreach (var lane in way)
        {
            if (at < world.Graph.Length(lane))
                return (lane, at);
            at -= world.Graph.Length(lane);
        }

        return (way[^1], world.Graph.Length(way[^1]) - 0.1);
    }

    private void PlaceParked(Parked parked)
    {
        var side = parked.Side == "left" ? 1 : -1;
        for (var k = 0; k < parked.Count; k++)
        {
            var s = ego.RouteS + parked.Ahead + (k * parked.Spacing);
            var d = side * ((world.Route.WidthAt(s) / 2) + parked.Aside + (CarWidth / 2));
            var at = world.Route.PointAt(s, d);
            standing.Add(
                new RecordedActor(
                    SceneActorKind.Car,
                    AgentClass.Vehicle,
                    0,
                    [new ActorState(at.X, at.Y, world.Route.HeadingAt(s), 0, 0, CarLength / 2, CarWidth / 2)],
                    true
                )
            );
        }
    }

    private void PlaceVehicle(SingleVehicle vehicle)
    {
        var lane = vehicle.Lane < 0 ? ego.Lane : world.MainLane(vehicle.Lane);
        if (lane < 0)
            return;
        var along = world.Graph.Beside(ego.Lane, ego.Along, lane) + vehicle.Ahead;
        if (along < 0 || along > world.Graph.Length(lane))
            return;
        if (vehicle.Stands)
        {
            var at = world.Graph[lane].Center.At(along);
            standing.Add(
                new RecordedActor(
                    SceneActorKind.Static,
                    AgentClass.Object,
                    0,
                    [new ActorState(at.X, at.Y, at.Heading, 0, 0, CarLength / 2, CarWidth / 2)],
                    true
                )
            );
            return;
        }

        var speed = double.IsNaN(vehicle.Speed) ? ego.Speed : vehicle.Speed;
        var wants = double.IsNaN(vehicle.Wants) ? Math.Max(1, speed) : vehicle.Wants;
        var way = world.Turns.GetValueOrDefault(vehicle.Turn);
        Add(lane, along, speed, Idm.Highway(wants), vehicle.ChangesLanes, streams(vehicle.Path), way);
    }

    private void FillLanes(Fill fill, Philox draws)
    {
        if (fill.Density <= 0)
            return;
        var mean = double.IsNaN(fill.Speed) ? Math.Max(ego.Speed, 3) : fill.Speed;
        var lanes = fill.Lanes.Count == 0 ? world.FillLanes : fill.Lanes.Select(world.MainLane);
        foreach (var lane in lanes)
        {
            if (lane < 0)
                continue;
            var at = (1 / fill.Density) * draws.Uniform(0, (ulong)lane);
            for (ulong k = 1; at < world.Graph.Length(lane) - 5; k++)
            {
                var wants = mean * (0.88 + (0.24 * draws.Uniform(k, (4 * (ulong)lane) + 1)));
                var headway = 1.1 + (0.7 * draws.Uniform(k, (4 * (ulong)lane) + 2));
                if (IsClear(lane, at, wants))
                    Add(lane, at, wants, new Idm(wants, headway, 2, 1.5, 2.0), fill.ChangesLanes, draws);
                var least = CarLength + 4 + (headway * wants);
                var spread = Math.Max(1, (1 / fill.Density) - least);
                at += least - (spread * PureMath.Log(1 - draws.Uniform(k, (4 * (ulong)lane) + 3)));
            }
        }
    }

    /// <summary>Whether a car may be spread there: away from the ego and from whoever was placed exactly.</summary>
    private bool IsClear(int lane, double along, double speed)
    {
        if (lane == ego.Lane && along > ego.Along - (1.5 * speed) - 10 && along < ego.Along + (2 * ego.Speed) + 10)
            return false;
        foreach (var (driver, _) in drivers)
        {
            var same = driver.Lane == lane;
            var beside = world.Graph.Left(lane) == driver.Lane || world.Graph.Right(lane) == driver.Lane;
            var clear =
                same ? CarLength + 4 + (1.2 * Math.Max(speed, driver.Speed))
                : beside && driver.Along < along ? 8
                : 0;
            if ((same || beside) && Math.Abs(driver.Along - along) < clear)
                return false;
        }

        return world.CutInCorridor is not { } corridor
            || !corridor.Lanes.Contains(lane)
            || along < corridor.From
            || along > corridor.To;
    }

    private void Add(int lane, double along, double speed, Idm idm, bool changesLanes, Philox draws, int[]? way = null)
    {
        if (along < 0 || along >= world.Graph.Length(lane))
            return;
        drivers.Add(
            (
                new Driver
                {
                    Idm = idm,
                    Lane = lane,
                    Along = along,
                    Speed = speed,
                    Length = CarLength,
                    Width = CarWidth,
                    ChangesLanes = changesLanes,
                    LimitFactor = 1.05,
                    Traveller = Hash64.Mix(draws.Draw(99).A, (ulong)drivers.Count),
                    Way = way,
                },
                SceneActorKind.Car
            )
        );
    }
}
