namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>A point in m; <paramref name="Z"/> is NaN where the file has none.</summary>
public readonly record struct CommonRoadPoint(double X, double Y, double Z = double.NaN);

/// <summary>A neighbouring lanelet.</summary>
/// <param name="Ref">Its id.</param>
/// <param name="SameDirection">Whether both are driven in the same direction.</param>
public readonly record struct CommonRoadAdjacency(long Ref, bool SameDirection);

/// <summary>Where to stop.</summary>
/// <param name="Points">Two ends, or none: then the line joins the ends of the bounds.</param>
/// <param name="LightRefs">Lights that hold here.</param>
/// <param name="SignRefs">Signs that hold here.</param>
public sealed record CommonRoadStopLine(
    IReadOnlyList<CommonRoadPoint> Points,
    IReadOnlyList<long> LightRefs,
    IReadOnlyList<long> SignRefs
);

/// <summary>A stretch of lane between two bounds.</summary>
public sealed record CommonRoadLanelet
{
    /// <summary>Identity.</summary>
    public required long Id { get; init; }

    /// <summary>Left bound in the direction of travel, at least 2 points.</summary>
    public required IReadOnlyList<CommonRoadPoint> Left { get; init; }

    /// <summary>Right bound in the direction of travel, at least 2 points; usually as many as the left one.</summary>
    public required IReadOnlyList<CommonRoadPoint> Right { get; init; }

    /// <summary>Marking of the left bound ("solid", "dashed", ...) or "".</summary>
    public string LeftMarking { get; init; } = "";

    /// <summary>Marking of the right bound or "".</summary>
    public string RightMarking { get; init; } = "";

    /// <summary>Ids of lanelets that lead into it; not always matched by their successors.</summary>
    public IReadOnlyList<long> Predecessors { get; init; } = [];

    /// <summary>Ids of lanelets that it leads into.</summary>
    public IReadOnlyList<long> Successors { get; init; } = [];

    /// <summary>Neighbour to the left, or null.</summary>
    public CommonRoadAdjacency? AdjacentLeft { get; init; }

    /// <summary>Neighbour to the right, or null.</summary>
    public CommonRoadAdjacency? AdjacentRight { get; init; }

    /// <summary>Where to stop, or null.</summary>
    public CommonRoadStopLine? StopLine { get; init; }

    /// <summary>Types ("urban", "crosswalk", ...).</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Users in its direction ("vehicle", "pedestrian", ...).</summary>
    public IReadOnlyList<string> UsersOneWay { get; init; } = [];

    /// <summary>Users in both directions.</summary>
    public IReadOnlyList<string> UsersBidirectional { get; init; } = [];

    /// <summary>Ids of signs that hold on it.</summary>
    public IReadOnlyList<long> SignRefs { get; init; } = [];

    /// <summary>Ids of lights that hold on it.</summary>
    public IReadOnlyList<long> LightRefs { get; init; } = [];

    /// <summary>Speed limit of 2018b in m/s, as written; NaN where there is none.</summary>
    public double SpeedLimit { get; init; } = double.NaN;
}

/// <summary>One plate of a traffic sign.</summary>
/// <param name="Code">National code ("274", "R2-1").</param>
/// <param name="Values">What it says besides, as written.</param>
public sealed record CommonRoadSignElement(string Code, IReadOnlyList<string> Values);

/// <summary>A traffic sign.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Elements">Its plates.</param>
/// <param name="Position">Where it stands, or null.</param>
/// <param name="IsVirtual">Whether no real sign stands there.</param>
public sealed record CommonRoadSign(
    long Id,
    IReadOnlyList<CommonRoadSignElement> Elements,
    CommonRoadPoint? Position,
    bool IsVirtual
);

/// <summary>One phase of a traffic light.</summary>
/// <param name="Color">"red", "redYellow", "yellow", "green" or "inactive".</param>
/// <param name="Duration">Steps, at least 1.</param>
public readonly record struct CommonRoadLightPhase(string Color, int Duration);

/// <summary>A traffic light.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Cycle">Phases, repeated for ever; may be empty.</param>
/// <param name="Offset">Steps by which the cycle starts late.</param>
/// <param name="Direction">"all", "left", "straightRight", ...; "all" where the file says nothing.</param>
/// <param name="IsActive">Whether it works.</param>
/// <param name="Position">Where it stands, or null.</param>
public sealed record CommonRoadLight(
    long Id,
    IReadOnlyList<CommonRoadLightPhase> Cycle,
    int Offset,
    string Direction,
    bool IsActive,
    CommonRoadPoint? Position
);

/// <summary>One way into an intersection; all lists hold lanelet ids.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Lanelets">The last lanelets before it.</param>
/// <param name="Right">Lanelets that turn right.</param>
/// <param name="Straight">Lanelets that go on.</param>
/// <param name="Left">Lanelets that turn left.</param>
/// <param name="LeftOf">Id of the incoming that this one is left of, or null.</param>
public sealed record CommonRoadIncoming(
    long Id,
    IReadOnlyList<long> Lanelets,
    IReadOnlyList<long> Right,
    IReadOnlyList<long> Straight,
    IReadOnlyList<long> Left,
    long? LeftOf
);

/// <summary>An intersection.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Incomings">Ways in.</param>
/// <param name="Crossings">Ids of lanelets where pedestrians cross.</param>
public sealed record CommonRoadIntersection(
    long Id,
    IReadOnlyList<CommonRoadIncoming> Incomings,
    IReadOnlyList<long> Crossings
);
