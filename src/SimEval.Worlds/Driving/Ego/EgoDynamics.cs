using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Ego;

/// <summary>Moves the ego by the kinematic single-track model, within its vehicle's limits.</summary>
internal static class EgoDynamics
{
    /// <summary>One step with inputs held; unless it may reverse, braking ends at a standstill.</summary>
    public static void Step(
        ref EgoState ego,
        double acceleration,
        double steeringRate,
        double dt,
        VehicleParameters vehicle,
        bool mayReverse
    )
    {
        if (!mayReverse)
            acceleration = Math.Max(acceleration, -ego.Speed / dt);
        var before = ego.Speed;
        var state = new KsState(ego.X, ego.Y, ego.Steering, ego.Speed, ego.Heading);
        KinematicSingleTrack.Step(ref state, new KsInput(steeringRate, acceleration), dt, vehicle);
        (ego.X, ego.Y, ego.Heading, ego.Steering) = (state.X, state.Y, state.Heading, state.Steering);
        ego.Speed = mayReverse ? state.Speed : Math.Max(0, state.Speed);
        (ego.Sin, ego.Cos) = PureMath.SinCos(ego.Heading);
        ego.Acceleration = (ego.Speed - before) / dt;
        ego.YawRate = KinematicSingleTrack.YawRate(state, vehicle);
    }
}
