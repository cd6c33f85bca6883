using Newtonsoft.Json.Linq;
using SimEval.Scenarios;

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
            TimeStep = root.Quantity("timeStep", "s", double.NaN, 0.01, 0.5),
            Duration = root.Quantity("duration", "s", double.NaN, 0.5, 3600),
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
            Length = road.Quantity("length", "m", 1000, 20, 50_000),
            LaneWidth = road.Quantity("laneWidth", "m", 3.5, 2, 10),
            SpeedLimit = road.Quantity("speedLimit", "m/s", 130 / 3.6, 1, 100),
            Curves = ReadCurves(road),
            Shoulder = road.Quantity("shoulder", "m", 0, 0, 10),
            Sidewalk = road.Quantity("sidewalk", "m", 0, 0, 10),
            OnRamp = ReadRamp(road.Object("merge")),
            Crosswalks = road.Quantities("crosswalks", "m", 100, 0, 50_000) ?? [],
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
            var after = curve.Quantity("after", "m", 100, 0, 50_000);
            var radius = curve.Quantity("radius", "m", 300, 15, 100_000);
            var length = curve.Quantity("length", "m", 100, 1, 50_000);
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
            ramp.Quantity("at", "m", 250, 10, 50_000),
            ramp.Quantity("length", "m", 250, 50, 5_000),
            ramp.Quantity("approach", "m", 180, 20, 5_000)
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
                lights.Quantity("green", "s", 15, 1, 600),
                lights.Quantity("yellow", "s", 3, 1, 60),
                lights.Quantity("allRed", "s", 1, 0.1, 60),
                lights.Quantity("offset", "s", 0, -600, 600)
            );
            lights.Done();
        }

        var read = new IntersectionSection(
            crossing.Quantity("arm", "m", 150, 20, 5_000),
            crossing.Quantity("cornerRadius", "m", 6, 3, 30),
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
            Position = ego.Quantity("position", "m", 50, 0, 50_000),
            Speed = ego.Quantity("speed", "m/s", 25, 0, 60),
            Vehicle = ego.Integer("vehicle", 2, 1, 3),
            Goal = ego.Quantity("goal", "m", double.NaN, 1, 50_000),
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
                Resolution = layout.Quantity("resolution", "m", 0.5, 0.05, 10),
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
        var scale = layout.Quantities("scale", "", 2, 1e-6, 1e6) ?? [];
        var expected = kind == "waypoints" ? 1 : 2;
        if (scale.Length != 0 && scale.Length != expected)
            layout.Report("scale", $"\"scale\" has {scale.Length} numbers", $"{kind} has {expected}");
        var read = new ActionSection { Kind = kind, Scale = scale };
        if (kind == "waypoints")
        {
            read = read with
            {
                Waypoints = layout.Integer("waypoints", 8, 1, 64),
                Spacing = layout.Quantity("spacing", "s", 0.5, 0.05, 5),
            };
        }

        layout.Done();
        return read;
    }
}
