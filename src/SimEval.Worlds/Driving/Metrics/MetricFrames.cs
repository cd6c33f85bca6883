namespace SimEval.Worlds.Driving.Metrics;

/// <summary>The three classes of road user that nuPlan's collision score tells apart.</summary>
public enum AgentClass
{
    /// <summary>A car, truck, bus, train or motorcycle.</summary>
    Vehicle,

    /// <summary>A vulnerable road user: a pedestrian or a bicycle.</summary>
    Vulnerable,

    /// <summary>A thing: a cone, a barrier, an unknown static obstacle. Always counted as stopped.</summary>
    Object,
}

/// <summary>One other road user at one frame: an oriented box that moves along its own heading.</summary>
/// <param name="Id">Stable over the episode.</param>
/// <param name="Class">What it is.</param>
/// <param name="X">Centre, world m.</param>
/// <param name="Y">Centre, world m.</param>
/// <param name="Cos">Cosine of its heading.</param>
/// <param name="Sin">Sine of its heading.</param>
/// <param name="Speed">m/s along the heading.</param>
/// <param name="HalfLength">Half of the box's length in m.</param>
/// <param name="HalfWidth">Half of the box's width in m.</param>
public readonly record struct AgentSample(
    int Id,
    AgentClass Class,
    double X,
    double Y,
    double Cos,
    double Sin,
    double Speed,
    double HalfLength,
    double HalfWidth
);

/// <summary>The ego at one frame, with what the road says about where it stands.</summary>
public readonly record struct EgoSample
{
    /// <summary>Centre of the box, world m.</summary>
    public required double X { get; init; }

    /// <summary>Centre of the box, world m.</summary>
    public required double Y { get; init; }

    /// <summary>Heading in rad; need not be a principal value.</summary>
    public required double Heading { get; init; }

    /// <summary>Cosine of the heading.</summary>
    public required double Cos { get; init; }

    /// <summary>Sine of the heading.</summary>
    public required double Sin { get; init; }

    /// <summary>m/s along the heading; negative in reverse.</summary>
    public required double Speed { get; init; }

    /// <summary>Longitudinal acceleration in m/s2.</summary>
    public required double Acceleration { get; init; }

    /// <summary>Lateral acceleration in m/s2 (speed times yaw rate).</summary>
    public required double LateralAcceleration { get; init; }

    /// <summary>The lane under the centre (any number of the road's own, not negative); -1 outside all lanes.</summary>
    public required int Lane { get; init; }

    /// <summary>Arc length of the centre's projection on that lane's centre line, in m; ignored outside all lanes.</summary>
    public required double LaneArc { get; init; }

    /// <summary>Speed limit in m/s (in a connector the greatest of the lanes it joins); NaN where there is none.</summary>
    public required double SpeedLimit { get; init; }

    /// <summary>Greatest distance in m from one of the box's corners to the drivable area; 0 when all are inside.</summary>
    public required double OffRoadDistance { get; init; }

    /// <summary>Whether all four corners lie in one common lane or in lanes connected along the route.</summary>
    public required bool InOneLane { get; init; }

    /// <summary>Whether the rear axle lies in an intersection.</summary>
    public required bool InIntersection { get; init; }

    /// <summary>Arc length along the route in m, so that differences are progress; NaN where there is no route.</summary>
    public required double RouteArc { get; init; }

    /// <summary>Whether a goal state holds at this frame.</summary>
    public required bool AtGoal { get; init; }
}

/// <summary>How a collision came about (nuPlan's classes).</summary>
public enum CollisionKind
{
    /// <summary>None at this frame.</summary>
    None,

    /// <summary>The ego stood still: never its fault.</summary>
    StoppedEgo,

    /// <summary>The ego hit what stood still: its fault.</summary>
    StoppedTrack,

    /// <summary>Hit by what came from behind: not its fault.</summary>
    ActiveRear,

    /// <summary>Its front bumper hit: its fault.</summary>
    ActiveFront,

    /// <summary>Side against side: its fault unless it kept to its lane.</summary>
    ActiveLateral,
}

/// <summary>What a frame brought that a replay marks.</summary>
/// <param name="Collision">The first new collision's class, at-fault ones before others; None when there is none.</param>
/// <param name="AtFault">Whether that collision is the ego's fault.</param>
/// <param name="Agent">Whom it hit; -1 when nobody.</param>
/// <param name="LeftRoad">Whether a corner is 0.3 m or more outside the drivable area now, and was not before.</param>
/// <param name="BrakedHard">Whether it brakes hard now, and did not before.</param>
/// <param name="NearMiss">Whether the time to collision fell to 0.95 s or less for the first time.</param>
/// <param name="NearestAgent">Whom that near miss is with; -1 otherwise.</param>
public readonly record struct FrameFindings(
    CollisionKind Collision,
    bool AtFault,
    int Agent,
    bool LeftRoad,
    bool BrakedHard,
    bool NearMiss,
    int NearestAgent
);
