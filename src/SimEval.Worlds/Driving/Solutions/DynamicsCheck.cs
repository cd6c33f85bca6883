using SimEval.Scenarios.Numerics;
using SimEval.Worlds.Driving.Geometry;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Solutions;

/// <summary>
/// Whether each state follows from the one before by an input within the vehicle's limits, to the tolerances of CommonRoad's
/// drivability checker: 0.02 m along x and y and 0.03 rad for KS; 0.02 m and 0.02 m/s for PM; residuals are rounded to four
/// decimals first. The input is taken from the states' differences; where that misses the tolerance, the nearest input is
/// searched for.
/// </summary>
internal static class DynamicsCheck
{
    public const double PositionTolerance = 0.02;
    public const double HeadingTolerance = 0.03;
    public const double VelocityTolerance = 0.02;

    /// <summary>Slack on inputs, which are written with rounding.</summary>
    public const double InputTolerance = 1e-4;

    /// <summary>The largest residuals, and the first step that misses the tolerance (null: none).</summary>
    public static (DynamicsResidual Residual, int? Infeasible) Check(EgoTrajectory ego, double dt)
    {
        if (ego.IsPointMass)
            return CheckPointMass(ego, dt);
        // The reference point of older solutions is the written position; later tools move it to the rear axle first.
        (DynamicsResidual centre, int? fromCentre) = CheckSingleTrack(ego, dt, 0);
        if (fromCentre is null)
            return (centre, null);
        (DynamicsResidual axle, int? fromAxle) = CheckSingleTrack(ego, dt, ego.Vehicle.ToRearAxle);
        return fromAxle is null ? (axle, null) : (centre, fromCentre);
    }

    private static (DynamicsResidual, int?) CheckSingleTrack(EgoTrajectory ego, double dt, double offset)
    {
        var worst = new DynamicsResidual(0, 0, 0, -1);
        int? infeasible = null;
        for (int i = 0; i + 1 < ego.States.Count; i++)
        {
            KsState from = Behind(ego.States[i], offset);
            KsState to = Behind(ego.States[i + 1], offset);
            var input = new KsInput((to.Steering - from.Steering) / dt, (to.Speed - from.Speed) / dt);
            KsState reached = Reach(from, input, dt, ego.Vehicle);
            if (!IsWithin(reached, to))
                reached = Nearest(from, to, input, dt, ego.Vehicle);
            worst = Worst(worst, reached, to, ego.FirstStep + i + 1);
            if (infeasible is null && !IsWithin(reached, to))
                infeasible = ego.FirstStep + i + 1;
        }
        return (worst, infeasible);
    }

    private static KsState Behind(KsState state, double offset)
    {
        if (offset == 0)
            return state;
        (double sin, double cos) = PureMath.SinCos(state.Heading);
        return state with { X = state.X - offset * cos, Y = state.Y - offset * sin };
    }

    private static KsState Reach(KsState from, in KsInput input, double dt, VehicleParameters vehicle)
    {
        KinematicSingleTrack.Step(ref from, input, dt, vehicle);
        return from;
    }

    private static bool IsWithin(in KsState reached, in KsState to) =>
        Math.Round(Math.Abs(reached.X - to.X), 4) < PositionTolerance
        && Math.Round(Math.Abs(reached.Y - to.Y), 4) < PositionTolerance
        && Math.Round(Math.Abs(Angle.Difference(reached.Heading, to.Heading)), 4) < HeadingTolerance;

    private static DynamicsResidual Worst(in DynamicsResidual worst, in KsState reached, in KsState to, int step)
    {
        double position = new Point2(reached.X, reached.Y).DistanceTo(new Point2(to.X, to.Y));
        return new DynamicsResidual(
            Math.Max(worst.Position, position),
            Math.Max(worst.Heading, Math.Abs(Angle.Difference(reached.Heading, to.Heading))),
            Math.Max(worst.Velocity, Math.Abs(reached.Speed - to.Speed)),
            position >= worst.Position ? step : worst.Step
        );
    }

    /// <summary>A compass search over both inputs for the least distance in position, heading and speed.</summary>
    private static KsState Nearest(in KsState from, in KsState to, KsInput input, double dt, VehicleParameters vehicle)
    {
        KsInput best = KinematicSingleTrack.Limit(from, input, dt, vehicle);
        KsState reached = Reach(from, best, dt, vehicle);
        double cost = Cost(reached, to);
        for (double scale = 1; scale > 1e-4; scale /= 2)
        {
            for (bool improved = true; improved; )
            {
                improved = false;
                for (int direction = 0; direction < 4; direction++)
                {
                    double sign = direction % 2 == 0 ? scale : -scale;
                    var tried = new KsInput(
                        best.SteeringRate + (direction < 2 ? 0.2 * sign : 0),
                        best.Acceleration + (direction < 2 ? 0 : 4 * sign)
                    );
                    tried = KinematicSingleTrack.Limit(from, tried, dt, vehicle);
                    KsState there = Reach(from, tried, dt, vehicle);
                    double its = Cost(there, to);
                    if (its < cost)
                        (best, reached, cost, improved) = (tried, there, its, true);
                }
            }
        }
        return reached;
    }

    private static double Cost(in KsState reached, in KsState to)
    {
        double dx = reached.X - to.X;
        double dy = reached.Y - to.Y;
        double dv = reached.Speed - to.Speed;
        double turn = Angle.Difference(reached.Heading, to.Heading);
        return dx * dx + dy * dy + dv * dv + turn * turn;
    }

    private static (DynamicsResidual, int?) CheckPointMass(EgoTrajectory ego, double dt)
    {
        var worst = new DynamicsResidual(0, 0, 0, -1);
        int? infeasible = null;
        double top = ego.Vehicle.MaximumAcceleration;
        for (int i = 0; i + 1 < ego.States.Count; i++)
        {
            (Point2 v0, Point2 v1) = (ego.Velocities[i], ego.Velocities[i + 1]);
            double ax = (v1.X - v0.X) / dt;
            double ay = (v1.Y - v0.Y) / dt;
            double size = Math.Sqrt(ax * ax + ay * ay);
            if (size > top)
                (ax, ay) = (ax * top / size, ay * top / size);
            double dx = Math.Abs(ego.States[i].X + dt * v0.X + dt * dt / 2 * ax - ego.States[i + 1].X);
            double dy = Math.Abs(ego.States[i].Y + dt * v0.Y + dt * dt / 2 * ay - ego.States[i + 1].Y);
            double dvx = Math.Abs(v0.X + dt * ax - v1.X);
            double dvy = Math.Abs(v0.Y + dt * ay - v1.Y);
            double position = Math.Sqrt(dx * dx + dy * dy);
            int step = ego.FirstStep + i + 1;
            worst = new DynamicsResidual(
                Math.Max(worst.Position, position),
                0,
                Math.Max(worst.Velocity, Math.Sqrt(dvx * dvx + dvy * dvy)),
                position >= worst.Position ? step : worst.Step
            );
            bool isWithin =
                Math.Round(Math.Max(dx, dy), 4) < PositionTolerance
                && Math.Round(Math.Max(dvx, dvy), 4) < VelocityTolerance;
            if (infeasible is null && !isWithin)
                infeasible = step;
        }
        return (worst, infeasible);
    }
}
