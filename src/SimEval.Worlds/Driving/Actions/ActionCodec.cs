using SimEval.Scenarios.Layouts;
using SimEval.Worlds.Driving.Ego;
using SimEval.Worlds.Driving.Sections;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving.Actions;

/// <summary>What a policy's vector means, both ways: from a vector to the vehicle's inputs, and from inputs to a vector.</summary>
internal sealed class ActionCodec
{
    private readonly ActionSection section;
    private readonly VehicleParameters vehicle;
    private readonly WaypointTracker? tracker;
    private readonly double first;
    private readonly double second;

    public ActionCodec(ActionSection section, VehicleParameters vehicle)
    {
        this.section = section;
        this.vehicle = vehicle;
        var scale = section.Scale;
        if (section.Kind == "waypoints")
        {
            (first, second) = scale.Count > 0 ? (scale[0], scale[0]) : (10, 10);
            tracker = new WaypointTracker(vehicle, section.Waypoints, section.Spacing);
            Layout = new TensorLayout(
                "action",
                [section.Waypoints, 2],
                $"(points, xy): where the vehicle's reference point shall be every {section.Spacing} s from now, x ahead and y left in the ego frame, in units of {first} m"
            )
            {
                PointUnit = first,
            };
            return;
        }

        (first, second) = scale.Count == 2 ? (scale[0], scale[1]) : (4, 0.2);
        var steering =
            section.Kind == "accelerationSteeringRate"
                ? $"steering rate in units of {second} rad/s"
                : $"target steering angle in units of {second} rad (reached at the vehicle's steering rate)";
        Layout = new TensorLayout("action", [2], $"(inputs): acceleration in units of {first} m/s2, {steering}");
    }

    /// <summary>The vector's layout.</summary>
    public TensorLayout Layout { get; }

    /// <summary>Acceleration in m/s2 and steering rate in rad/s that the vector asks for.</summary>
    public (double Acceleration, double SteeringRate) Decode(ReadOnlySpan<float> action, in EgoState ego, double dt)
    {
        if (tracker is not null)
        {
            var (a, angle) = tracker.Track(action, first, ego);
            return (a, (angle - ego.Steering) / dt);
        }

        var acceleration = action[0] * first;
        return section.Kind == "accelerationSteeringRate"
            ? (acceleration, action[1] * second)
            : (acceleration, ((action[1] * second) - ego.Steering) / dt);
    }

    /// <summary>The vector that asks for an acceleration and a target steering angle.</summary>
    public void Encode(double acceleration, double steering, in EgoState ego, double dt, Span<float> action)
    {
        if (tracker is not null)
        {
            tracker.Plan(acceleration, steering, ego, first, action);
            return;
        }

        action[0] = (float)(acceleration / first);
        action[1] =
            section.Kind == "accelerationSteeringRate"
                ? (float)(
                    Math.Clamp(
                        (steering - ego.Steering) / dt,
                        -vehicle.MaximumSteeringRate,
                        vehicle.MaximumSteeringRate
                    ) / second
                )
                : (float)(steering / second);
    }
}
