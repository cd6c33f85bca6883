namespace SimEval.Scenarios.Importers.CommonRoad;

/// <summary>What part an obstacle plays.</summary>
public enum CommonRoadRole
{
    /// <summary>Stands for the whole scenario.</summary>
    Static,

    /// <summary>Moves along a trajectory, through a set of occupancies, or is seen only once.</summary>
    Dynamic,

    /// <summary>May be there, unseen: occupancies only.</summary>
    Phantom,

    /// <summary>A building or the like, beside the road.</summary>
    Environment,
}

/// <summary>A region that an obstacle may occupy during some steps, in world coordinates.</summary>
/// <param name="Time">When.</param>
/// <param name="Shape">Where: a union.</param>
public sealed record CommonRoadOccupancy(CommonRoadSteps Time, IReadOnlyList<CommonRoadShape> Shape);

/// <summary>An obstacle.</summary>
public sealed record CommonRoadObstacle
{
    /// <summary>Identity; not always distinct from ids of other kinds.</summary>
    public required long Id { get; init; }

    /// <summary>What part it plays.</summary>
    public required CommonRoadRole Role { get; init; }

    /// <summary>"car", "truck", "pedestrian", ...; "unknown" where the file says nothing.</summary>
    public required string Type { get; init; }

    /// <summary>
    /// Its extent, a union, in its own frame: each state moves and turns it. For <see cref="CommonRoadRole.Environment"/>
    /// in world coordinates; empty for <see cref="CommonRoadRole.Phantom"/>.
    /// </summary>
    public required IReadOnlyList<CommonRoadShape> Shape { get; init; }

    /// <summary>The first state; null for phantom and environment obstacles.</summary>
    public CommonRoadState? InitialState { get; init; }

    /// <summary>The states after it, in ascending time, possibly with gaps; may be empty.</summary>
    public IReadOnlyList<CommonRoadState> Trajectory { get; init; } = [];

    /// <summary>Where it may be, by time; may be empty.</summary>
    public IReadOnlyList<CommonRoadOccupancy> Occupancies { get; init; } = [];

    /// <summary>Its lights and horn, in the file's order; may be empty.</summary>
    public IReadOnlyList<CommonRoadSignalState> Signals { get; init; } = [];
}

/// <summary>A task: from a state to a goal.</summary>
/// <param name="Id">Identity.</param>
/// <param name="InitialState">Where it starts: exact position, orientation, velocity and time.</param>
/// <param name="Goals">Any of them is the goal; within one, every given field must hold.</param>
public sealed record CommonRoadPlanningProblem(
    long Id,
    CommonRoadState InitialState,
    IReadOnlyList<CommonRoadState> Goals
);
