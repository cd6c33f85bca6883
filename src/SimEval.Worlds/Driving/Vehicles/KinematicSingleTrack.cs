using SimEval.Scenarios.Numerics;

namespace SimEval.Worlds.Driving.Vehicles;

/// <summary>State of the kinematic single-track model.</summary>
/// <param name="X">Reference point x in m (the body's centre).</param>
/// <param name="Y">Reference point y in m.</param>
/// <param name="Steering">Steering angle of the front wheels in rad, left positive.</param>
/// <param name="Speed">Speed in m/s, negative backwards.</param>
/// <param name="Heading">Heading in rad, not wrapped.</param>
public record struct KsState(double X, double Y, double Steering, double Speed, double Heading);

/// <summary>Input of the kinematic single-track model, held over a step.</summary>
/// <param name="SteeringRate">rad/s.</param>
/// <param name="Acceleration">m/s^2 along the heading.</param>
public record struct KsInput(double SteeringRate, double Acceleration);

/// <summary>
/// The kinematic single-track model (KS) of CommonRoad's vehicle models: x' = v cos psi, y' = v sin psi, delta' = u1,
/// v' = u2, psi' = v tan(delta) / wheelbase. Allocates nothing.
/// </summary>
public static class KinematicSingleTrack
{
    /// <summary>
    /// The input that a vehicle can follow: rates, steering end stops, speeds and power as the model's documentation says,
    /// then acceleration shortened into the friction circle sqrt(a^2 + (v psi')^2) at most a_max.
    /// </summary>
    public static KsInput Limit(in KsState state, in KsInput input, double dt, VehicleParameters vehicle)
    {
        double top = vehicle.MaximumAcceleration;
        double rate = Math.Clamp(input.SteeringRate, -vehicle.MaximumSteeringRate, vehicle.MaximumSteeringRate);
        rate = Math.Clamp(
            rate,
            Math.Min(0, (-vehicle.MaximumSteering - state.Steering) / dt),
            Math.Max(0, (vehicle.MaximumSteering - state.Steering) / dt)
        );
        double lateral = state.Speed * YawRate(state, vehicle);
        double grip = Math.Sqrt(Math.Max(0, top * top - lateral * lateral));
        double power = state.Speed > vehicle.SwitchingSpeed ? top * vehicle.SwitchingSpeed / state.Speed : top;
        double acceleration = Math.Clamp(input.Acceleration, -grip, Math.Min(grip, power));
        acceleration = Math.Clamp(
            acceleration,
            Math.Min(0, (vehicle.MinimumSpeed - state.Speed) / dt),
            Math.Max(0, (vehicle.MaximumSpeed - state.Speed) / dt)
        );
        return new KsInput(rate, acceleration);
    }

    /// <summary>Advances by dt with the input shortened to the vehicle's limits.</summary>
    public static void Step(ref KsState state, in KsInput input, double dt, VehicleParameters vehicle) =>
        Advance(ref state, Limit(state, input, dt, vehicle), dt, vehicle);

    /// <summary>Advances by dt with the input as it is: one step of the classical Runge-Kutta method of fourth order.</summary>
    public static void Advance(ref KsState state, in KsInput input, double dt, VehicleParameters vehicle)
    {
        // Speed and steering are linear in time, so three samples serve all four stages, and the yaw rate needs no psi.
        double half = dt / 2;
        double v1 = state.Speed;
        double v2 = v1 + half * input.Acceleration;
        double v3 = v1 + dt * input.Acceleration;
        double w1 = v1 * PureMath.Tan(state.Steering) / vehicle.Wheelbase;
        double w2 = v2 * PureMath.Tan(state.Steering + half * input.SteeringRate) / vehicle.Wheelbase;
        double w3 = v3 * PureMath.Tan(state.Steering + dt * input.SteeringRate) / vehicle.Wheelbase;
        (double sinA, double cosA) = PureMath.SinCos(state.Heading);
        (double sinB, double cosB) = PureMath.SinCos(state.Heading + half * w1);
        (double sinC, double cosC) = PureMath.SinCos(state.Heading + half * w2);
        (double sinD, double cosD) = PureMath.SinCos(state.Heading + dt * w2);
        state.X += dt / 6 * (v1 * cosA + 2 * v2 * cosB + 2 * v2 * cosC + v3 * cosD);
        state.Y += dt / 6 * (v1 * sinA + 2 * v2 * sinB + 2 * v2 * sinC + v3 * sinD);
        state.Heading += dt / 6 * (w1 + 4 * w2 + w3);
        state.Steering += dt * input.SteeringRate;
        state.Speed = v3;
    }

    /// <summary>psi' in rad/s.</summary>
    public static double YawRate(in KsState state, VehicleParameters vehicle) =>
        state.Speed * PureMath.Tan(state.Steering) / vehicle.Wheelbase;
}
