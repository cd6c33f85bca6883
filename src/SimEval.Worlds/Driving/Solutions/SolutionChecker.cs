using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Recordings;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Solutions;

/// <summary>
/// Checks a CommonRoad solution against its scenario, as the benchmark's drivability checker defines validity: every
/// planning problem solved, from its start, to its goal, by motion that the vehicle can follow, without hitting an obstacle,
/// the edge of the road or another of the solution's vehicles.
/// </summary>
public static class SolutionChecker
{
    private const double StartTolerance = 0.1;
    private const double StartSpeedTolerance = 2;

    /// <summary>The report. Never throws on content.</summary>
    public static SolutionReport Check(CommonRoadSolution solution, RecordedScenario scenario)
    {
        var failures = new List<string>();
        var reports = new List<ProblemReport>();
        var egos = new List<(long Problem, EgoTrajectory Ego)>();
        if (solution.Problems.FirstOrDefault(item => UnsupportedOf(item) is not null) is { } other)
            return new SolutionReport(SolutionVerdict.Unsupported, [], [UnsupportedOf(other)!]);
        foreach (CommonRoadProblemSolution problem in solution.Problems)
        {
            (ProblemReport report, EgoTrajectory? ego) = Check(problem, scenario);
            reports.Add(report);
            if (ego is not null)
                egos.Add((problem.PlanningProblem, ego));
        }
        foreach (PlanningTask task in scenario.Tasks)
        {
            int count = solution.Problems.Count(problem => problem.PlanningProblem == task.Id);
            if (count != 1)
                failures.Add($"planning problem {task.Id} has {count} solutions");
        }
        AddCollisionsBetween(egos, failures);
        bool isValid = failures.Count == 0 && reports.TrueForAll(report => report.Failures.Count == 0);
        return new SolutionReport(isValid ? SolutionVerdict.Valid : SolutionVerdict.Invalid, reports, failures);
    }

    private static string? UnsupportedOf(CommonRoadProblemSolution problem)
    {
        string name = problem.Model + (problem.Vehicle > 0 ? problem.Vehicle : "");
        if (problem.Model is not ("KS" or "PM"))
            return $"vehicle model {name} is not checked here: KS and PM are";
        if (VehicleParameters.Find(problem.Vehicle) is null)
            return $"{name} has no known vehicle: 1, 2 and 3 are";
        bool fits =
            problem.Model == "KS"
                ? problem.Kind is CommonRoadSolutionKind.KsTrajectory or CommonRoadSolutionKind.InputVector
                : problem.Kind is CommonRoadSolutionKind.PmTrajectory or CommonRoadSolutionKind.PmInputVector;
        return fits ? null : $"<{problem.Element}> is not a solution of model {problem.Model}";
    }

    private static (ProblemReport, EgoTrajectory?) Check(CommonRoadProblemSolution problem, RecordedScenario scenario)
    {
        var failures = new List<string>();
        VehicleParameters vehicle = VehicleParameters.Find(problem.Vehicle)!;
        var report = new ProblemReport
        {
            PlanningProblem = problem.PlanningProblem,
            Vehicle = problem.Model + problem.Vehicle,
            Failures = failures,
        };
        PlanningTask? task = scenario.Tasks.FirstOrDefault(item => item.Id == problem.PlanningProblem);
        if (task is null)
        {
            failures.Add($"the scenario has no planning problem {problem.PlanningProblem}");
            return (report, null);
        }
        double dt = scenario.TimeStep;
        EgoTrajectory? ego = EgoTrajectory.Of(problem, vehicle, task, scenario.Network.Origin, dt, failures);
        if (ego is null)
            return (report, null);
        if (problem.Kind is CommonRoadSolutionKind.KsTrajectory or CommonRoadSolutionKind.PmTrajectory)
            CheckStart(ego, task, dt, failures);
        int? goal = GoalStep(ego, task);
        if (goal is null)
            failures.Add($"the goal is not reached up to step {ego.LastStep}");
        (DynamicsResidual residual, int? infeasible) = DynamicsCheck.Check(ego, dt);
        if (infeasible is { } step)
            failures.Add($"no input takes the vehicle to its state at step {step}");
        (int Step, long Obstacle)? collision = FirstCollision(ego, scenario);
        if (collision is { } hit)
            failures.Add($"it collides with obstacle {hit.Obstacle} at step {hit.Step}");
        (double outside, int at) = RoadEdge.Farthest(ego, scenario.Network);
        var warnings = new List<string>();
        RoadEdge.Judge(outside, at, scenario.Network, failures, warnings);
        return (
            report with
            {
                GoalStep = goal,
                Residual = residual,
                Collision = collision,
                OutsideRoad = outside,
                Warnings = warnings,
            },
            ego
        );
    }

    private static void CheckStart(EgoTrajectory ego, PlanningTask task, double dt, List<string> failures)
    {
        KsState first = ego.States[0];
        var expected = new KsState(task.Start.X, task.Start.Y, 0, task.Speed, task.Start.Heading);
        double slack = StartTolerance;
        if (ego.FirstStep == task.FirstStep + 1)
        {
            // Some tools leave the given state out and start one step after it.
            KinematicSingleTrack.Advance(ref expected, default, dt, ego.Vehicle);
            slack += ego.Vehicle.MaximumAcceleration * dt * dt / 2;
        }
        else if (ego.FirstStep != task.FirstStep)
        {
            failures.Add($"it starts at step {ego.FirstStep}, the planning problem at {task.FirstStep}");
            return;
        }
        if (Math.Abs(first.X - expected.X) > slack || Math.Abs(first.Y - expected.Y) > slack)
        {
            double distance = new Point2(first.X, first.Y).DistanceTo(new Point2(expected.X, expected.Y));
            failures.Add($"it starts {distance:0.###} m from where the planning problem does");
        }
        double turn = Math.Abs(Angle.Difference(first.Heading, expected.Heading));
        if (turn > slack)
            failures.Add($"it starts turned by {turn:0.###} rad from the planning problem");
        if (Math.Abs(first.Speed - expected.Speed) > StartSpeedTolerance)
            failures.Add($"it starts at {first.Speed:0.###} m/s, the planning problem at {expected.Speed:0.###} m/s");
    }

    private static int? GoalStep(EgoTrajectory ego, PlanningTask task)
    {
        for (int i = 0; i < ego.States.Count; i++)
        {
            KsState state = ego.States[i];
            if (task.Goal.IsReached(state.X, state.Y, state.Heading, state.Speed, ego.FirstStep + i))
                return ego.FirstStep + i;
        }
        return null;
    }

    private static (int Step, long Obstacle)? FirstCollision(EgoTrajectory ego, RecordedScenario scenario)
    {
        for (int i = 0; i < ego.States.Count; i++)
        {
            OrientedBox box = ego.BoxAt(i);
            foreach (RecordedObstacle obstacle in scenario.Obstacles)
            {
                bool isSolid = obstacle.Role is CommonRoadRole.Static or CommonRoadRole.Dynamic;
                if (isSolid && obstacle.Overlaps(box, ego.FirstStep + i))
                    return (ego.FirstStep + i, obstacle.Id);
            }
        }
        return null;
    }

    private static void AddCollisionsBetween(List<(long Problem, EgoTrajectory Ego)> egos, List<string> failures)
    {
        for (int i = 0; i < egos.Count; i++)
        {
            for (int k = i + 1; k < egos.Count; k++)
            {
                (EgoTrajectory a, EgoTrajectory b) = (egos[i].Ego, egos[k].Ego);
                int last = Math.Min(a.LastStep, b.LastStep);
                for (int step = Math.Max(a.FirstStep, b.FirstStep); step <= last; step++)
                {
                    if (!a.BoxAt(step - a.FirstStep).Overlaps(b.BoxAt(step - b.FirstStep)))
                        continue;
                    failures.Add(
                        $"the vehicles of planning problems {egos[i].Problem} and {egos[k].Problem} collide at step {step}"
                    );
                    break;
                }
            }
        }
    }
}
