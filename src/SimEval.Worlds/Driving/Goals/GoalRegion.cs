using System.Collections.Immutable;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Goals;

/// <summary>A closed range of numbers.</summary>
public readonly record struct ValueRange(double Start, double End)
{
    /// <summary>Whether a number lies in it, ends included.</summary>
    public bool Contains(double value) => value >= Start && value <= End;

    /// <summary>Whether a direction in rad lies in it, ends included, whole turns aside; a range of a turn holds all.</summary>
    public bool ContainsAngle(double angle)
    {
        double width = End - Start;
        if (width >= 2 * Math.PI)
            return true;
        double middle = Start + width / 2;
        return Math.Abs(Angle.Difference(middle, angle)) <= width / 2 + 1e-9;
    }
}

/// <summary>One way to reach a goal: everything given must hold at the same time.</summary>
/// <param name="FirstStep">First step at which it counts.</param>
/// <param name="LastStep">Last step at which it counts.</param>
/// <param name="Area">Where the reference point must be, local frame; null: anywhere.</param>
/// <param name="Orientation">Heading in rad, or null.</param>
/// <param name="Velocity">Speed in m/s, or null.</param>
/// <param name="Lanes">Lanes that the area names, by index; empty where it is drawn freely.</param>
public sealed record GoalState(
    int FirstStep,
    int LastStep,
    Shape? Area,
    ValueRange? Orientation,
    ValueRange? Velocity,
    ImmutableArray<int> Lanes
)
{
    /// <summary>Whether a state reaches it.</summary>
    public bool IsReached(double x, double y, double heading, double speed, int step) =>
        step >= FirstStep
        && step <= LastStep
        && (Area is null || Area.Contains(x, y))
        && (Orientation is not { } orientation || orientation.ContainsAngle(heading))
        && (Velocity is not { } velocity || velocity.Contains(speed));
}

/// <summary>Where a task ends: any of its states. The test is of the reference point, not of the footprint.</summary>
public sealed record GoalRegion(ImmutableArray<GoalState> States)
{
    /// <summary>Whether a state reaches the goal.</summary>
    public bool IsReached(double x, double y, double heading, double speed, int step)
    {
        foreach (GoalState state in States)
        {
            if (state.IsReached(x, y, heading, speed, step))
                return true;
        }
        return false;
    }

    /// <summary>The last step at which the goal can be reached.</summary>
    public int LastStep
    {
        get
        {
            int last = int.MinValue;
            foreach (GoalState state in States)
                last = Math.Max(last, state.LastStep);
            return last;
        }
    }
}
