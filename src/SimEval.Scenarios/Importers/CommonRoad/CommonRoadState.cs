namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>A value or a range of values; a value is a range with equal ends.</summary>
public readonly record struct CommonRoadInterval(double Start, double End)
{
    /// <summary>Middle of the range.</summary>
    public double Middle => Start + (End - Start) / 2;
}

/// <summary>A range of steps, both ends included.</summary>
public readonly record struct CommonRoadSteps(int Start, int End);

/// <summary>
/// What is known at a time: of an obstacle, at a planning problem's start, or required of a goal. Null is not given.
/// Everything beyond position, orientation, velocity and acceleration is by its element's name.
/// </summary>
public sealed record CommonRoadState
{
    /// <summary>When; null only where the file leaves it out.</summary>
    public CommonRoadSteps? Time { get; init; }

    /// <summary>Exact position in m, or null.</summary>
    public CommonRoadPoint? Point { get; init; }

    /// <summary>Uncertain or required position: a union of shapes; empty where there is none.</summary>
    public IReadOnlyList<CommonRoadShape> Area { get; init; } = [];

    /// <summary>Heading in rad, counter-clockwise from +x, any turn.</summary>
    public CommonRoadInterval? Orientation { get; init; }

    /// <summary>Speed along the heading in m/s; negative backwards.</summary>
    public CommonRoadInterval? Velocity { get; init; }

    /// <summary>Acceleration along the heading in m/s^2.</summary>
    public CommonRoadInterval? Acceleration { get; init; }

    /// <summary>Further values by element name ("yawRate", "slipAngle", "steeringAngle", ...), SI units.</summary>
    public IReadOnlyDictionary<string, CommonRoadInterval> Others { get; init; } = NoOthers;

    internal static readonly IReadOnlyDictionary<string, CommonRoadInterval> NoOthers =
        new Dictionary<string, CommonRoadInterval>();
}

/// <summary>Lights and horn at a step; null is not given.</summary>
public sealed record CommonRoadSignalState(
    int Time,
    bool? IndicatorLeft,
    bool? IndicatorRight,
    bool? BrakingLights,
    bool? HazardWarningLights,
    bool? FlashingBlueLights,
    bool? Horn
);
