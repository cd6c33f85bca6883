using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Lanes;
using SimEval.Worlds.Driving.Roads;
using SimEval.Worlds.Driving.Sections;

namespace SimEval.Worlds.Driving.Binding;

/// <summary>A procedural road with its lane graph: what many points of a sweep share.</summary>
internal sealed class RoadMap
{
    private RoadMap(BuiltRoad road)
    {
        Road = road;
        Graph = new LaneGraph(road.Network);
    }

    public BuiltRoad Road { get; }

    public LaneGraph Graph { get; }

    /// <summary>Builds it; null and what is wrong when the description does not fit.</summary>
    public static RoadMap? Build(RoadSection section, double timeStep, out string? wrong)
    {
        if (section.Intersection is { } crossing)
        {
            var description = Describe(section, crossing, timeStep);
            wrong = RoadBuilder.Check(description);
            return wrong is null ? new RoadMap(RoadBuilder.Build(description)) : null;
        }

        var road = Describe(section);
        wrong = RoadBuilder.Check(road);
        return wrong is null ? new RoadMap(RoadBuilder.Build(road)) : null;
    }

    /// <summary>A name that two roads share exactly when they are the same.</summary>
    public static string KeyOf(RoadSection section, double timeStep) =>
        $"{section} curves {string.Join(";", section.Curves)} crosswalks {string.Join(";", section.Crosswalks)} dt {timeStep}";

    private static IntersectionDescription Describe(RoadSection road, IntersectionSection crossing, double timeStep) =>
        new()
        {
            Lanes = road.Lanes,
            LaneWidth = road.LaneWidth,
            ArmLength = crossing.Arm,
            CornerRadius = crossing.CornerRadius,
            SpeedLimit = road.SpeedLimit,
            SidewalkWidth = road.Sidewalk,
            Crosswalks = crossing.Crosswalks,
            Lights = crossing.Lights is { } times
                ? new LightTimes(
                    Steps(times.Green, timeStep),
                    Steps(times.Yellow, timeStep),
                    Steps(times.AllRed, timeStep),
                    (int)Math.Round(times.Offset / timeStep)
                )
                : null,
        };

    private static RoadDescription Describe(RoadSection road)
    {
        var segments = new List<RoadSegment>();
        var used = 0.0;
        foreach (var (after, radius, length) in road.Curves)
        {
            if (after > 0)
                segments.Add(new RoadSegment(after, 0));
            segments.Add(new RoadSegment(length, 1 / radius));
            used += after + length;
        }

        if (road.Length - used > 1 || segments.Count == 0)
            segments.Add(new RoadSegment(Math.Max(1, road.Length - used), 0));
        return new RoadDescription
        {
            Lanes = road.Lanes,
            OpposingLanes = road.Opposing,
            LaneWidth = road.LaneWidth,
            Segments = [.. segments],
            SpeedLimit = road.SpeedLimit,
            ShoulderWidth = road.Shoulder,
            SidewalkWidth = road.Sidewalk,
            OnRamp = road.OnRamp is { } ramp ? new OnRamp(ramp.At, ramp.Length, ramp.Approach) : null,
            Crosswalks = [.. road.Crosswalks.Select(at => new CrosswalkDescription(at, 3))],
        };
    }

    private static int Steps(double seconds, double timeStep) => Math.Max(1, (int)Math.Round(seconds / timeStep));
}
