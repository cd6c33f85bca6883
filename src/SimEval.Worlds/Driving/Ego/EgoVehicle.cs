namespace SimEval.Worlds.Driving.Ego;

/// <summary>Size and limits of a vehicle (CommonRoad vehicle models, parameter sets 1 to 3; Althoff).</summary>
internal sealed record EgoVehicle(
    double Length,
    double Width,
    double Wheelbase,
    double MaximumSteering,
    double MaximumSteeringRate,
    double MaximumSpeed,
    double SwitchingSpeed,
    double MaximumAcceleration
)
{
    /// <summary>Parameter set 1 (Ford Escort), 2 (BMW 320i) or 3 (VW Vanagon).</summary>
    public static EgoVehicle Of(int number) =>
        number switch
        {
            1 => new EgoVehicle(4.298, 1.674, 2.3927, 0.910, 0.4, 45.8, 4.755, 11.5),
            2 => new EgoVehicle(4.508, 1.610, 2.5789, 1.066, 0.4, 50.8, 7.319, 11.5),
            _ => new EgoVehicle(4.569, 1.844, 2.4717, 1.023, 0.4, 41.7, 7.824, 11.5),
        };

    /// <summary>
    /// One step of the kinematic single-track model by RK4: x' = v cos psi, y' = v sin psi, delta' = rate, v' = a,
    /// psi' = v / wheelbase tan delta. The inputs are held, and clamped to the limits first; it never drives backwards.
    /// </summary>
    public void Step(ref EgoState state, double acceleration, double steeringRate, double dt)
    {
        var (a, rate) = Limit(state, acceleration, steeringRate, dt);
        var (v, delta, psi) = (state.Speed, state.Steering, state.Heading);
        var middle = Math.Max(0, v + (a * dt / 2));
        var end = Math.Max(0, v + (a * dt));
        var turn1 = v / Wheelbase * PureMath.Tan(delta);
        var turn2 = middle / Wheelbase * PureMath.Tan(delta + (rate * dt / 2));
        var turn4 = end / Wheelbase * PureMath.Tan(delta + (rate * dt));
        var (sin1, cos1) = (state.Sin, state.Cos);
        var (sin2, cos2) = PureMath.SinCos(psi + (turn1 * dt / 2));
        var (sin3, cos3) = PureMath.SinCos(psi + (turn2 * dt / 2));
        var (sin4, cos4) = PureMath.SinCos(psi + (turn2 * dt));
        state.X += dt / 6 * ((v * cos1) + (2 * middle * cos2) + (2 * middle * cos3) + (end * cos4));
        state.Y += dt / 6 * ((v * sin1) + (2 * middle * sin2) + (2 * middle * sin3) + (end * sin4));
        state.Heading = psi + (dt / 6 * (turn1 + (4 * turn2) + turn4));
        (state.Sin, state.Cos) = PureMath.SinCos(state.Heading);
        state.Steering = delta + (rate * dt);
        state.Speed = end;
        state.Acceleration = (end - v) / dt;
        state.YawRate = turn4;
    }

    private (double Acceleration, double SteeringRate) Limit(
        in EgoState state,
        double acceleration,
        double steeringRate,
        double dt
    )
    {
        var rate = Math.Clamp(steeringRate, -MaximumSteeringRate, MaximumSteeringRate);
        rate = Math.Clamp(rate, (-MaximumSteering - state.Steering) / dt, (MaximumSteering - state.Steering) / dt);
        var strongest =
            state.Speed > SwitchingSpeed ? MaximumAcceleration * SwitchingSpeed / state.Speed : MaximumAcceleration;
        var lateral = state.Speed * state.Speed / Wheelbase * PureMath.Tan(state.Steering);
        var grip = Math.Sqrt(Math.Max(0, (MaximumAcceleration * MaximumAcceleration) - (lateral * lateral)));
        var a = Math.Clamp(acceleration, -grip, Math.Min(grip, strongest));
        return (Math.Clamp(a, -state.Speed / dt, (MaximumSpeed - state.Speed) / dt), rate);
    }
}
