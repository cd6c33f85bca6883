using SimEval.Scenarios;
using SimEval.Scenarios.Importers.CommonRoad;
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
            var turn = Geometry.Angle.Difference(ego.Heading, target.Heading);
            steering = PureMath.Atan(driving.World.Vehicle.Wheelbase * turn / Math.Max(0.1, ego.Speed * dt));
        }

        driving.Encode((target.Speed - ego.Speed) / dt, steering, action);
    }
}
