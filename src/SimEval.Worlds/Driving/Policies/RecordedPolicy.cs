using SimEval.Scenarios;
using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Worlds.Driving.Ego;
using SimEval.Worlds.Driving.Episodes;
using SimEval.Worlds.Driving.Solutions;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Policies;

/// <summary>
/// Follows the states of a CommonRoad solution: at each frame the input that leads from the ego's speed and steering angle
/// to the recorded ones of the next frame. Past the recording's end it holds its speed and steering.
/// </summary>
internal sealed class RecordedPolicy : IPolicy
{
    private const double LeastReach = 5;
    private const double CatchUp = 0.5;

    private readonly EgoTrajectory trajectory;

    private RecordedPolicy(EgoTrajectory trajectory) => this.trajectory = trajectory;

    /// <summary>The policy for a world; null with errors reported when the recording does not fit it.</summary>
    public static RecordedPolicy? Read(DrivingWorld world, byte[] recording, ICollection<ScenarioError> errors)
    {
        var found = new List<ScenarioError>();
        var solution = CommonRoadSolutionReader.Read(recording, "recording", found);
        foreach (var error in found)
            errors.Add(error);
        if (solution is null || found.Count > 0)
            return null;
        if (world.Task is not { } task)
            return Refuse("a solution follows a CommonRoad file, and this world's road is procedural", null);
        var problem = solution.Problems.FirstOrDefault(each => each.PlanningProblem == task.Id);
        if (problem is null)
        {
            var has = string.Join(", ", solution.Problems.Take(20).Select(each => each.PlanningProblem));
            return Refuse($"the solution has no planning problem {task.Id}", $"It solves {has}");
        }

        if (VehicleParameters.Find(problem.Vehicle) is not { } vehicle || problem.Kind == CommonRoadSolutionKind.Other)
            return Refuse($"the solution's vehicle model {problem.Model}{problem.Vehicle} is not known here", null);
        if (vehicle.Number != world.Vehicle.Number)
        {
            return Refuse(
                $"the solution drives vehicle {vehicle.Number}, the scenario vehicle {world.Vehicle.Number}",
                $"Set \"ego\": {{ \"vehicle\": {vehicle.Number} }}"
            );
        }

        var failures = new List<string>();
        var trajectory = EgoTrajectory.Of(problem, vehicle, task, world.Graph.Network.Origin, world.TimeStep, failures);
        if (trajectory is null || failures.Count > 0)
            return Refuse(string.Join("; ", failures), null);
        if (!world.Section.Ego.MayReverse && trajectory.States.Any(state => state.Speed < -0.01))
            return Refuse("the solution drives backwards", "Set \"ego\": { \"reverse\": true }");
        return new RecordedPolicy(trajectory);

        RecordedPolicy? Refuse(string message, string? suggestion)
        {
            errors.Add(new ScenarioError("recording", 0, 0, "", message, suggestion));
            return null;
        }
    }

    /// <inheritdoc/>
    public void Act(IEpisode episode, Span<float> action)
    {
        var driving = (DrivingEpisode)episode;
        ref readonly var ego = ref driving.Ego;
        var dt = driving.World.TimeStep;
        var next = driving.World.FirstStep + driving.Frame + 1 - trajectory.FirstStep;
        if (next < 0 || next >= trajectory.States.Count)
        {
            driving.Encode(0, ego.Steering, action);
            return;
        }

        var target = trajectory.States[next];
        var steering = target.Steering;
        if (trajectory.IsPointMass)
        {
            var bend = Geometry.Angle.Difference(ego.Heading, target.Heading);
            steering = PureMath.Atan(driving.World.Vehicle.Wheelbase * bend / Math.Max(0.1, ego.Speed * dt));
        }

        // A solution may start a little beside the problem's start: that difference is steered out within about a second,
        // and is nothing where there is none.
        var (ahead, left, turn) = Departure(ego, trajectory.States[Math.Max(0, next - 1)]);
        var reach = Math.Max(LeastReach, Math.Abs(ego.Speed));
        var curvature = ((2 * left / reach) + (2 * turn)) / reach;
        var speed = target.Speed + (CatchUp * ahead);
        driving.Encode((speed - ego.Speed) / dt, steering + (driving.World.Vehicle.Wheelbase * curvature), action);
    }

    /// <summary>How far the recorded state is ahead and to the left of the ego in m, and turned left of it in rad.</summary>
    private static (double Ahead, double Left, double Turn) Departure(in EgoState ego, in KsState target)
    {
        var (dx, dy) = (target.X - ego.X, target.Y - ego.Y);
        return (
            (dx * ego.Cos) + (dy * ego.Sin),
            (dy * ego.Cos) - (dx * ego.Sin),
            Geometry.Angle.Difference(ego.Heading, target.Heading)
        );
    }
}
