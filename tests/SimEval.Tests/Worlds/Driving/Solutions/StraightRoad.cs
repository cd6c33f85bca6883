using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Worlds.Driving.Recordings;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Tests.Worlds.Driving.Solutions;

/// <summary>A straight road of two lanes along +x (y from -2 to 6), tasks that start at x = 0 at 10 m/s, and drives along it.</summary>
internal static class StraightRoad
{
    public const double Dt = 0.1;

    public static CommonRoadFile File(int tasks = 1, params CommonRoadObstacle[] obstacles) =>
        new()
        {
            Version = "2020a",
            BenchmarkId = "ZAM_Straight-1_1_T-1",
            TimeStep = Dt,
            Lanelets = [Lanelet(1, -2), Lanelet(2, 2)],
            Signs = [],
            Lights = [],
            Intersections = [],
            Obstacles = obstacles,
            PlanningProblems = [.. Enumerable.Range(1, tasks).Select(Problem)],
            Notes = [],
        };

    public static RecordedScenario Scenario(int tasks = 1, params CommonRoadObstacle[] obstacles) =>
        CommonRoadConverter.Convert(File(tasks, obstacles));

    public static CommonRoadObstacle Parked(double x, double y) =>
        new()
        {
            Id = 77,
            Role = CommonRoadRole.Static,
            Type = "parkedVehicle",
            Shape = [new CommonRoadRectangle(4, 2, 0, new(0, 0))],
            InitialState = new() { Point = new(x, y), Orientation = new(0, 0) },
        };

    /// <summary>Task n starts 4 m further left than the one before, in the next lane.</summary>
    public static CommonRoadPlanningProblem Problem(int id) =>
        new(
            id,
            new()
            {
                Time = new(0, 0),
                Point = new(0, 4 * (id - 1)),
                Orientation = new(0, 0),
                Velocity = new(10, 10),
            },
            [new() { Time = new(20, 40), Area = [new CommonRoadRectangle(10, 8, 0, new(30, 2))] }]
        );

    public static CommonRoadSolution Solution(params CommonRoadProblemSolution[] problems) =>
        new("KS2:SM1:ZAM_Straight-1_1_T-1:2020a", "ZAM_Straight-1_1_T-1", "2020a", problems);

    /// <summary>Drives from a start with a steering rate and an acceleration by step.</summary>
    public static CommonRoadProblemSolution Drive(
        int problem,
        int steps,
        Func<int, KsInput>? input = null,
        double y = 0
    )
    {
        var state = new KsState(0, y, 0, 10, 0);
        var rows = new List<CommonRoadSolutionRow>();
        for (int i = 0; i <= steps; i++)
        {
            rows.Add(new(i, [state.X, state.Y, state.Steering, state.Speed, state.Heading]));
            KinematicSingleTrack.Step(ref state, input?.Invoke(i) ?? default, Dt, VehicleParameters.Bmw320i);
        }
        return new(problem, "KS", 2, "SM1", CommonRoadSolutionKind.KsTrajectory, "ksTrajectory", rows);
    }

    private static CommonRoadLanelet Lanelet(long id, double right) =>
        new()
        {
            Id = id,
            Left = [new(-20, right + 4), new(200, right + 4)],
            Right = [new(-20, right), new(200, right)],
        };
}
