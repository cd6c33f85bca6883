using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Goals;
using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Recordings;

/// <summary>A planning problem in the local frame.</summary>
/// <param name="Id">Identity in the file.</param>
/// <param name="Start">Where it starts.</param>
/// <param name="Speed">Speed at the start in m/s.</param>
/// <param name="Acceleration">Acceleration at the start in m/s^2; 0 where the file says nothing.</param>
/// <param name="YawRate">Yaw rate at the start in rad/s; 0 where the file says nothing.</param>
/// <param name="FirstStep">Step of the start.</param>
/// <param name="Goal">Where it ends.</param>
/// <param name="Route">The shortest way to the goal; onwards where the goal names no place or no way leads there; null off the road.</param>
public sealed record PlanningTask(
    long Id,
    Pose Start,
    double Speed,
    double Acceleration,
    double YawRate,
    int FirstStep,
    GoalRegion Goal,
    Route? Route
);

/// <summary>A scenario file as the driving world uses it, all in one local frame. Immutable.</summary>
/// <param name="BenchmarkId">As the file says.</param>
/// <param name="TimeStep">Seconds a step.</param>
/// <param name="Network">The road.</param>
/// <param name="Obstacles">Everything recorded, in the file's order.</param>
/// <param name="Tasks">Planning problems, in the file's order; may be empty.</param>
public sealed record RecordedScenario(
    string BenchmarkId,
    double TimeStep,
    RoadNetwork Network,
    IReadOnlyList<RecordedObstacle> Obstacles,
    IReadOnlyList<PlanningTask> Tasks
);
