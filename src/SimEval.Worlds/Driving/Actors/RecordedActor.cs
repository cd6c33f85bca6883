using System.Collections.Immutable;
using SimEval.Scenarios.Replays;
using SimEval.Worlds.Driving.Metrics;

namespace SimEval.Worlds.Driving.Actors;

/// <summary>An actor that follows its recording, or stands. Immutable.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Class">How a collision with it counts.</param>
/// <param name="FirstFrame">Frame of the first state; before it the actor is not there.</param>
/// <param name="States">One state per frame; NaN for x where it is not there.</param>
/// <param name="Stands">Whether the last state holds for ever; else the actor is gone after it.</param>
internal sealed record RecordedActor(
    SceneActorKind Kind,
    AgentClass Class,
    int FirstFrame,
    ImmutableArray<ActorState> States,
    bool Stands
)
{
    /// <summary>The state at a frame, if it is there.</summary>
    public bool TryAt(int frame, out ActorState state)
    {
        var i = frame - FirstFrame;
        if (Stands && i >= States.Length)
            i = States.Length - 1;
        if ((uint)i >= (uint)States.Length)
        {
            state = default;
            return false;
        }

        state = States[i];
        return !double.IsNaN(state.X);
    }
}

/// <summary>A recorded state: centre of the box in m, heading in rad, speed in m/s, acceleration in m/s2, half extents in m.</summary>
internal readonly record struct ActorState(
    double X,
    double Y,
    double Heading,
    double Speed,
    double Acceleration,
    double HalfLength,
    double HalfWidth
);
