using SimEval.Worlds.Driving.Ego;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Actions;

/// <summary>
/// Follows a plan of waypoints: steers by pure pursuit of the point about a second ahead, and takes the acceleration that
/// covers the plan's distance over its second point.
/// </summary>
internal sealed class WaypointTracker(VehicleParameters vehicle, int count, double spacing)
{
    /// <summary>Seconds ahead of the point that is steered for.</summary>
    private const double LookaheadTime = 1;

    /// <summary>Nearer points than this, in m, say nothing about direction.</summary>
    private const double LeastLookahead = 2;

    /// <summary>Acceleration in m/s2 and steering angle in rad.</summary>
    public (double Acceleration, double Steering) Track(ReadOnlySpan<float> plan, double scale, in EgoState ego)
    {
        var steer = Math.Clamp((int)(LookaheadTime / spacing) - 1, 0, count - 1);
        while (steer + 1 < count && Reach(plan, steer, scale) < LeastLookahead)
            steer++;
        var (x, y) = (plan[2 * steer] * scale, plan[(2 * steer) + 1] * scale);
        var squared = (x * x) + (y * y);
        var steering =
            squared < LeastLookahead * LeastLookahead
                ? ego.Steering
                : PureMath.Atan(2 * vehicle.Wheelbase * y / squared);
        var pace = Math.Min(1, count - 1);
        var time = (pace + 1) * spacing;
        var distance = plan[2 * pace] * scale;
        var acceleration = 2 * (distance - (ego.Speed * time)) / (time * time);
        return (acceleration, Math.Clamp(steering, -vehicle.MaximumSteering, vehicle.MaximumSteering));
    }

    /// <summary>The plan of an acceleration and steering angle held from now on; it stands where it would reverse.</summary>
    public void Plan(double acceleration, double steering, in EgoState ego, double scale, Span<float> plan)
    {
        var curvature = PureMath.Tan(steering) / vehicle.Wheelbase;
        for (var k = 0; k < count; k++)
        {
            var t = (k + 1) * spacing;
            if (acceleration < 0)
                t = Math.Min(t, ego.Speed / -acceleration);
            var s = (ego.Speed * t) + (acceleration * t * t / 2);
            var turn = s * curvature;
            var (sin, cos) = PureMath.SinCos(turn);
            var straight = Math.Abs(turn) < 1e-6;
            plan[2 * k] = (float)((straight ? s : sin / curvature) / scale);
            plan[(2 * k) + 1] = (float)((straight ? 0 : (1 - cos) / curvature) / scale);
        }
    }

    private static double Reach(ReadOnlySpan<float> plan, int k, double scale)
    {
        var (x, y) = (plan[2 * k] * scale, plan[(2 * k) + 1] * scale);
        return Math.Sqrt((x * x) + (y * y));
    }
}
