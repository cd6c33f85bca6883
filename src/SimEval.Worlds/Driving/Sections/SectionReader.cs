using Newtonsoft.Json.Linq;
using SimEval.Scenarios;
using SimEval.Scenarios.Units;

namespace SimEval.Worlds.Driving.Sections;

/// <summary>Reads `world.driving`: the keys, their units, ranges and defaults. What it accepts is what the schema says.</summary>
internal static class SectionReader
{
    /// <summary>Reads all of it; errors are collected, and the section is then not to be used.</summary>
    public static DrivingSection Read(JObject json, string file, ICollection<ScenarioError> errors)
    {
        var root = new JsonSection(json, file, errors);
        var (path, problem) = SplitProblem(root.Text("commonRoad"));
        if (path is not null && root.Has("road"))
            root.Report("road", "both \"commonRoad\" and \"road\" are given", "A world has one road: keep one of them");
        var section = new DrivingSection
        {
            CommonRoad = path,
            Problem = problem,
            Road = ReadRoad(root.Object("road")),
            Ego = ReadEgo(root.Object("ego")),
            Traffic = ReadTraffic(root),
            Reactive = root.Flag("reactive", false),
            TimeStep = root.Quantity("timeStep", Dimension.Time, double.NaN, 0.01, 0.5),
            Duration = root.Quantity("duration", Dimension.Time, double.NaN, 0.5, 3600),
            Observation = ReadObservation(root.Object("observation")),
            Action = ReadAction(root.Object("action")),
        };
        root.Done();
        return section;
    }

    /// <summary>"a.xml#12" names a file and its problem 12.</summary>
    public static (string? Path, string? Problem) SplitProblem(string? text)
    {
        var hash = text?.LastIndexOf('#') ?? -1;
        return hash < 0 ? (text, null) : (text![..hash], text[(hash + 1)..]);
    }

    private static RoadSection ReadRoad(JsonSection? road)
    {
        if (road is null)
            return new RoadSection();
        var read = new RoadSection
        {
            Lanes = road.Integer("lanes", 3, 1, 8),
            Opposing = road.Integer("opposing", 0, 0, 8),
            Length = road.Quantity("length", Dimension.Length, 1000, 20, 50_000),
            LaneWidth = road.Quantity("laneWidth", Dimension.Length, 3.5, 2, 10),
            SpeedLimit = road.Quantity("speedLimit", Dimension.Speed, 130 / 3.6, 1, 100),
            Curves = ReadCurves(road),
            Shoulder = road.Quantity("shoulder", Dimension.Length, 0, 0, 10),
            Sidewalk = road.Quantity("sidewalk", Dimension.Length, 0, 0, 10),
            OnRamp = ReadRamp(road.Object("merge")),
            Crosswalks = road.Quantities("crosswalks", Dimension.Length, 100, 0, 50_000) ?? [],
            Intersection = ReadIntersection(road.Object("intersection")),
        };
        road.Done();
        return read;
    }

    private static List<(double, double, double)> ReadCurves(JsonSection road)
    {
        var curves = new List<(double, double, double)>();
        foreach (var curve in road.Items("curves", 100))
        {
            var after = curve.Quantity("after", Dimension.Length, 100, 0, 50_000);
            var radius = curve.Quantity("radius", Dimension.Length, 300, 15, 100_000);
            var length = curve.Quantity("length", Dimension.Length, 100, 1, 50_000);
            var toLeft = curve.Choice("to", "left", "left", "right") == "left";
            curves.Add((after, toLeft ? radius : -radius, length));
            curve.Done();
        }

        return curves;
    }

    private static (double, double, double)? ReadRamp(JsonSection? ramp)
    {
        if (ramp is null)
            return null;
        var read = (
            ramp.Quantity("at", Dimension.Length, 250, 10, 50_000),
            ramp.Quantity("length", Dimension.Length, 250, 50, 5_000),
            ramp.Quantity("approach", Dimension.Length, 180, 20, 5_000)
        );
        ramp.Done();
        return read;
    }

    private static IntersectionSection? ReadIntersection(JsonSection? crossing)
    {
        if (crossing is null)
            return null;
        (double, double, double, double)? times = null;
        if (crossing.Object("lights") is { } lights)
        {
            times = (
                lights.Quantity("green", Dimension.Time, 15, 1, 600),
                lights.Quantity("yellow", Dimension.Time, 3, 1, 60),
                lights.Quantity("allRed", Dimension.Time, 1, 0.1, 60),
                lights.Quantity("offset", Dimension.Time, 0, -600, 600)
            );
            lights.Done();
        }

        var read = new IntersectionSection(
            crossing.Quantity("arm", Dimension.Length, 150, 20, 5_000),
            crossing.Quantity("cornerRadius", Dimension.Length, 6, 3, 30),
            crossing.Flag("crosswalks", false),
            times
        );
        crossing.Done();
        return read;
    }

    private static EgoSection ReadEgo(JsonSection? ego)
    {
        if (ego is null)
            return new EgoSection();
        var read = new EgoSection
        {
            Lane = ego.Integer("lane", -1, 0, 7),
            On = ego.Choice("on", "road", "road", "ramp", "south", "east", "north", "west"),
            Turn = ego.Choice("turn", "straight", "left", "straight", "right"),
            Position = ego.Quantity("position", Dimension.Length, 50, 0, 50_000),
            Speed = ego.Quantity("speed", Dimension.Speed, 25, 0, 60),
            Vehicle = ego.Integer("vehicle", 2, 1, 3),
            Cruise = ego.Quantity("cruise", Dimension.Speed, double.PositiveInfinity, 1, 60),
            MayReverse = ego.Flag("reverse", false),
            Goal = ego.Quantity("goal", Dimension.Length, double.NaN, 1, 50_000),
        };
        ego.Done();
        return read;
    }

    private static List<TrafficItem> ReadTraffic(JsonSection root)
    {
        var items = new List<TrafficItem>();
        foreach (var entry in root.Items("traffic", 64))
        {
            var item = TrafficReader.Read(entry);
            entry.Done();
            if (item is not null)
                items.Add(item);
        }

        return items;
    }

    private static ObservationSection ReadObservation(JsonSection? layout)
    {
        if (layout is null)
            return new ObservationSection();
        var read = new ObservationSection { Kind = layout.Choice("kind", "flat", "flat", "vector", "raster") };
        if (read.Kind == "vector")
        {
            read = read with
            {
                Agents = layout.Integer("agents", 16, 1, 128),
                History = layout.Integer("history", 5, 1, 50),
                RoutePoints = layout.Integer("routePoints", 20, 2, 200),
                Lanes = layout.Integer("lanes", 8, 1, 64),
                LanePoints = layout.Integer("lanePoints", 20, 2, 100),
            };
        }
        else if (read.Kind == "raster")
        {
            read = read with
            {
                Height = layout.Integer("height", 64, 8, 512),
                Width = layout.Integer("width", 64, 8, 512),
                Resolution = layout.Quantity("resolution", Dimension.Length, 0.5, 0.05, 10),
            };
        }

        layout.Done();
        return read;
    }

    private static ActionSection ReadAction(JsonSection? layout)
    {
        if (layout is null)
            return new ActionSection();
        var kind = layout.Choice(
            "kind",
            "accelerationSteeringAngle",
            "accelerationSteeringAngle",
            "accelerationSteeringRate",
            "waypoints"
        );
        var scale = layout.Quantities("scale", Dimension.Number, 2, 1e-6, 1e6) ?? [];
        var expected = kind == "waypoints" ? 1 : 2;
        if (scale.Length != 0 && scale.Length != expected)
            layout.Report("scale", $"\"scale\" has {scale.Length} numbers", $"{kind} has {expected}");
        var read = new ActionSection { Kind = kind, Scale = scale };
        if (kind == "waypoints")
        {
            read = read with
            {
                Waypoints = layout.Integer("waypoints", 8, 1, 64),
                Spacing = layout.Quantity("spacing", Dimension.Time, 0.5, 0.05, 5),
            };
        }

        layout.Done();
        return read;
    }
}
