using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Traffic;

namespace SimEval.Worlds.Driving.Population;

/// <summary>Something that a scenario makes a vehicle do, besides what its model wants. A pure function of time and its own draws.</summary>
internal interface IScript
{
    /// <summary>Before the step from a frame: may bound accelerations and start lane changes.</summary>
    void Act(int frame, double time, TrafficFlow flow);
}

/// <summary>Changes lane once, at a time.</summary>
internal sealed class CutInScript(int vehicle, bool toLeft, int atFrame, double duration) : IScript
{
    /// <inheritdoc/>
    public void Act(int frame, double time, TrafficFlow flow)
    {
        if (frame == atFrame)
            flow.ChangeLane(vehicle, toLeft, duration);
    }
}

/// <summary>Stops and goes: brakes to the slow speed in the first half of each period, accelerates in the second.</summary>
internal sealed class StopAndGoScript(
    int vehicle,
    double slowest,
    double fastest,
    double period,
    double braking,
    double phase,
    Philox draws
) : IScript
{
    private const double Acceleration = 1.3;

    /// <inheritdoc/>
    public void Act(int frame, double time, TrafficFlow flow)
    {
        var beats = (time + phase) / period;
        var cycle = (ulong)beats;
        // Each stop is a little harder or softer, longer or shorter than the last.
        var strength = 0.75 + (0.5 * draws.Uniform(cycle, 1));
        var share = 0.4 + (0.2 * draws.Uniform(cycle, 2));
        var target = beats - cycle < share ? slowest : fastest;
        var speed = flow.Speed[vehicle];
        flow.Bound(vehicle, Math.Clamp((target - speed) / 0.5, -braking * strength, Acceleration));
    }
}

/// <summary>A vehicle that drives by itself from a frame on.</summary>
/// <param name="Frame">When it appears.</param>
/// <param name="Driver">As it enters.</param>
/// <param name="Kind">What it is.</param>
internal sealed record Entry(int Frame, Driver Driver, SceneActorKind Kind);

/// <summary>Lets a vehicle enter when its time has come, unless its place is taken: then it stays away.</summary>
internal sealed class EnterScript(Entry entry, List<SceneActorKind> kinds) : IScript
{
    /// <inheritdoc/>
    public void Act(int frame, double time, TrafficFlow flow)
    {
        if (frame != entry.Frame)
            return;
        var driver = entry.Driver;
        for (var i = 0; i < flow.Count; i++)
        {
            var between = Math.Abs(flow.Along[i] - driver.Along) - ((flow.Length[i] + driver.Length) / 2);
            if (flow.Lane[i] == driver.Lane && between < 2)
                return;
        }

        flow.Add(driver);
        kinds.Add(entry.Kind);
    }
}
