using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Scenarios.Numerics;
using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Recordings;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Solutions;

/// <summary>One vehicle's way through a scenario: a state per step, in the local frame.</summary>
/// <param name="FirstStep">Step of the first state.</param>
/// <param name="States">Consecutive steps. Point masses have their heading and speed from their velocity, and no steering.</param>
/// <param name="Velocities">Velocity vectors of point masses in m/s; empty for others.</param>
/// <param name="Vehicle">Size and limits.</param>
internal sealed record EgoTrajectory(
    int FirstStep,
    IReadOnlyList<KsState> States,
    IReadOnlyList<Point2> Velocities,
    VehicleParameters Vehicle
)
{
    public bool IsPointMass => Velocities.Count > 0;

    public int LastStep => FirstStep + States.Count - 1;

    /// <summary>The outline at an index: a box around the reference point.</summary>
    public OrientedBox BoxAt(int index)
    {
        KsState state = States[index];
        return OrientedBox.At(state.X, state.Y, state.Heading, Vehicle.Length, Vehicle.Width);
    }

    /// <summary>
    /// States as the solution gives them, or as its inputs make them from the task's start. Inputs that no vehicle can follow are
    /// reported, and followed as far as it can. Null with a failure when the steps do not follow one another.
    /// </summary>
    public static EgoTrajectory? Of(
        CommonRoadProblemSolution solution,
        VehicleParameters vehicle,
        PlanningTask task,
        Point2 origin,
        double dt,
        ICollection<string> failures
    )
    {
        for (int i = 1; i < solution.Rows.Count; i++)
        {
            if (solution.Rows[i].Time != solution.Rows[i - 1].Time + 1)
            {
                failures.Add($"after step {solution.Rows[i - 1].Time} comes step {solution.Rows[i].Time}");
                return null;
            }
        }
        int first = solution.Rows[0].Time;
        switch (solution.Kind)
        {
            case CommonRoadSolutionKind.KsTrajectory:
                return new EgoTrajectory(first, [.. solution.Rows.Select(row => Ks(row.Values, origin))], [], vehicle);
            case CommonRoadSolutionKind.PmTrajectory:
                List<Point2> velocities = [.. solution.Rows.Select(row => new Point2(row.Values[2], row.Values[3]))];
                List<KsState> states = [.. solution.Rows.Select((row, i) => Pm(row.Values, velocities[i], origin))];
                return new EgoTrajectory(first, states, velocities, vehicle);
        }
        if (first != task.FirstStep)
        {
            failures.Add($"the inputs start at step {first}, the planning problem at {task.FirstStep}");
            return null;
        }
        return solution.Kind == CommonRoadSolutionKind.InputVector
            ? FollowInputs(solution, vehicle, task, dt, failures)
            : FollowPointMassInputs(solution, vehicle, task, dt, failures);
    }

    private static KsState Ks(IReadOnlyList<double> row, Point2 origin) =>
        new(row[0] - origin.X, row[1] - origin.Y, row[2], row[3], row[4]);

    private static KsState Pm(IReadOnlyList<double> row, Point2 velocity, Point2 origin) =>
        Pm(new Point2(row[0] - origin.X, row[1] - origin.Y), velocity);

    private static KsState Pm(Point2 position, Point2 velocity) =>
        new(
            position.X,
            position.Y,
            0,
            Math.Sqrt(velocity.X * velocity.X + velocity.Y * velocity.Y),
            PureMath.Atan2(velocity.Y, velocity.X)
        );

    private static EgoTrajectory FollowInputs(
        CommonRoadProblemSolution solution,
        VehicleParameters vehicle,
        PlanningTask task,
        double dt,
        ICollection<string> failures
    )
    {
        var state = new KsState(task.Start.X, task.Start.Y, 0, task.Speed, task.Start.Heading);
        var states = new List<KsState> { state };
        foreach (CommonRoadSolutionRow row in solution.Rows)
        {
            var input = new KsInput(row.Values[0], row.Values[1]);
            double lateral = state.Speed * KinematicSingleTrack.YawRate(state, vehicle);
            double top = vehicle.MaximumAcceleration + DynamicsCheck.InputTolerance;
            if (
                failures.Count == 0
                && (
                    Math.Abs(input.SteeringRate) > vehicle.MaximumSteeringRate + DynamicsCheck.InputTolerance
                    || input.Acceleration * input.Acceleration + lateral * lateral > top * top
                )
            )
                failures.Add($"the input at step {row.Time} is beyond the vehicle's limits");
            KinematicSingleTrack.Step(ref state, input, dt, vehicle);
            states.Add(state);
        }
        return new EgoTrajectory(task.FirstStep, states, [], vehicle);
    }

    private static EgoTrajectory FollowPointMassInputs(
        CommonRoadProblemSolution solution,
        VehicleParameters vehicle,
        PlanningTask task,
        double dt,
        ICollection<string> failures
    )
    {
        (double sin, double cos) = PureMath.SinCos(task.Start.Heading);
        var position = new Point2(task.Start.X, task.Start.Y);
        var velocity = new Point2(task.Speed * cos, task.Speed * sin);
        var velocities = new List<Point2> { velocity };
        var states = new List<KsState> { Pm(position, velocity) };
        double top = vehicle.MaximumAcceleration + DynamicsCheck.InputTolerance;
        foreach (CommonRoadSolutionRow row in solution.Rows)
        {
            (double ax, double ay) = (row.Values[0], row.Values[1]);
            if (failures.Count == 0 && ax * ax + ay * ay > top * top)
                failures.Add($"the input at step {row.Time} is beyond the vehicle's limits");
            position = new Point2(
                position.X + dt * velocity.X + dt * dt / 2 * ax,
                position.Y + dt * velocity.Y + dt * dt / 2 * ay
            );
            velocity = new Point2(velocity.X + dt * ax, velocity.Y + dt * ay);
            velocities.Add(velocity);
            states.Add(Pm(position, velocity));
        }
        return new EgoTrajectory(task.FirstStep, states, velocities, vehicle);
    }
}
