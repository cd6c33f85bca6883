using System.Collections.Immutable;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Roads;

/// <summary>What a traffic light shows.</summary>
public enum LightState
{
    /// <summary>Off: obeyed by nobody.</summary>
    Inactive,

    /// <summary>Stop.</summary>
    Red,

    /// <summary>About to turn green: still stop.</summary>
    RedYellow,

    /// <summary>About to turn red: stop where that is possible.</summary>
    Yellow,

    /// <summary>Go.</summary>
    Green,
}

/// <summary>One phase of a cycle.</summary>
/// <param name="State">What is shown.</param>
/// <param name="Duration">Steps, at least 1.</param>
public readonly record struct LightPhase(LightState State, int Duration);

/// <summary>A traffic light with a fixed cycle. Immutable.</summary>
/// <param name="Id">Identity in the source file.</param>
/// <param name="Position">Where it stands, or null.</param>
/// <param name="Phases">The cycle; empty is a light that is off.</param>
/// <param name="Offset">Steps by which the cycle starts late; may be negative.</param>
/// <param name="Active">Whether it works at all.</param>
public sealed record TrafficLight(long Id, Point2? Position, ImmutableArray<LightPhase> Phases, int Offset, bool Active)
{
    /// <summary>
    /// What it shows at a step: the phases in order from <see cref="Offset"/>, repeated for ever in both directions.
    /// </summary>
    public LightState StateAt(int step)
    {
        if (!Active)
            return LightState.Inactive;
        long cycle = 0;
        foreach (LightPhase phase in Phases)
            cycle += phase.Duration;
        if (cycle <= 0)
            return LightState.Inactive;
        long into = (((long)step - Offset) % cycle + cycle) % cycle;
        foreach (LightPhase phase in Phases)
        {
            into -= phase.Duration;
            if (into < 0)
                return phase.State;
        }
        return LightState.Inactive;
    }
}

/// <summary>One way into an intersection: its last lanes, and the connectors that leave them.</summary>
/// <param name="Lanes">Lanes that lead in.</param>
/// <param name="Right">Connectors that turn right.</param>
/// <param name="Straight">Connectors that go on.</param>
/// <param name="Left">Connectors that turn left.</param>
/// <param name="LeftOf">Index of the way in whose traffic has it on its left, or -1.</param>
public sealed record IntersectionArm(
    ImmutableArray<int> Lanes,
    ImmutableArray<int> Right,
    ImmutableArray<int> Straight,
    ImmutableArray<int> Left,
    int LeftOf
);

/// <summary>An intersection.</summary>
/// <param name="Id">Identity in the source file.</param>
/// <param name="Arms">Its ways in.</param>
/// <param name="Crosswalks">Lanes where pedestrians cross it.</param>
public sealed record Intersection(long Id, ImmutableArray<IntersectionArm> Arms, ImmutableArray<int> Crosswalks);
