using System.Collections.Immutable;
using SimEval.Scenarios.Replays;

namespace SimEval.Worlds.Driving.Actors;

/// <summary>An actor that follows its recording, or stands. Immutable.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Length">In m.</param>
/// <param name="Width">In m.</param>
/// <param name="FirstStep">Step of the first state; before it the actor is not there.</param>
/// <param name="States">One state per step; a standing actor has one, and stays.</param>
/// <param name="Stands">Whether the last state holds for ever; else the actor is gone after it.</param>
internal sealed record RecordedActor(
    SceneActorKind Kind,
    double Length,
    double Width,
    int FirstStep,
    ImmutableArray<ActorState> States,
    bool Stands
)
{
    /// <summary>The state at a step, if it is there.</summary>
    public bool TryAt(int step, out ActorState state)
    {
        var i = step - FirstStep;
        if (Stands && i >= States.Length)
            i = States.Length - 1;
        if (i < 0 || i >= States.Length)
        {
            state = default;
            return false;
        }

        state = States[i];
        return true;
    }
}

/// <summary>A recorded state: centre in m, heading in rad, speed in m/s.</summary>
internal readonly record struct ActorState(double X, double Y, double Heading, double Speed);
