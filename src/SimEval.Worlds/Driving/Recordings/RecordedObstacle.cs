using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Recordings;

/// <summary>An obstacle at one step: position in m (local frame), heading in rad, speed in m/s, acceleration in m/s^2.</summary>
public readonly record struct RecordedState(double X, double Y, double Heading, double Speed, double Acceleration);

/// <summary>
/// An obstacle of a scenario file, played back by step. Its shape is in its own frame and moved by its states; or, for
/// obstacles known only by where they may be, a region of the local frame per step. Immutable.
/// </summary>
public sealed class RecordedObstacle
{
    private readonly RecordedState[] _states;
    private readonly Shape?[] _occupancies;

    internal RecordedObstacle(
        long id,
        CommonRoadRole role,
        string type,
        Shape? shape,
        int firstStep,
        RecordedState[] states,
        Shape?[] occupancies
    )
    {
        Id = id;
        Role = role;
        Type = type;
        Shape = shape;
        FirstStep = firstStep;
        _states = states;
        _occupancies = occupancies;
    }

    /// <summary>Identity in the file.</summary>
    public long Id { get; }

    /// <summary>What part it plays; only static and dynamic ones can be collided with.</summary>
    public CommonRoadRole Role { get; }

    /// <summary>"car", "truck", "pedestrian", ...</summary>
    public string Type { get; }

    /// <summary>Its extent in its own frame; null where it is known only by occupancies.</summary>
    public Shape? Shape { get; }

    /// <summary>Whether it stands for the whole scenario.</summary>
    public bool Stands => Role is CommonRoadRole.Static or CommonRoadRole.Environment;

    /// <summary>First step at which it is there (for those that stand: always).</summary>
    public int FirstStep { get; }

    /// <summary>Last step at which it is there (for those that stand: always).</summary>
    public int LastStep => Stands ? int.MaxValue : FirstStep + Math.Max(_states.Length, _occupancies.Length) - 1;

    /// <summary>
    /// Its state at a step; gaps in the recording are interpolated. False before the first and after the last step, and
    /// where only a region is known.
    /// </summary>
    public bool TryState(int step, out RecordedState state)
    {
        int i = Stands ? 0 : step - FirstStep;
        if ((uint)i < (uint)_states.Length)
        {
            state = _states[i];
            return true;
        }
        state = default;
        return false;
    }

    /// <summary>The region that it may occupy at a step, local frame; null where there is none.</summary>
    public Shape? OccupancyAt(int step)
    {
        int i = step - FirstStep;
        return (uint)i < (uint)_occupancies.Length ? _occupancies[i] : null;
    }

    /// <summary>The smallest box around it at a step, along its heading; false when it is not there.</summary>
    public bool TryBox(int step, out OrientedBox box)
    {
        if (Shape is not null && TryState(step, out RecordedState state))
        {
            Bounds around = Shape.Bounds;
            OrientedBox whole = OrientedBox.At(
                state.X,
                state.Y,
                state.Heading,
                around.MaxX - around.MinX,
                around.MaxY - around.MinY
            );
            Point2 center = whole.At((around.MinX + around.MaxX) / 2, (around.MinY + around.MaxY) / 2);
            box = whole with { X = center.X, Y = center.Y };
            return true;
        }
        if (OccupancyAt(step) is { } region)
        {
            Bounds around = region.Bounds;
            box = new OrientedBox(
                (around.MinX + around.MaxX) / 2,
                (around.MinY + around.MaxY) / 2,
                1,
                0,
                (around.MaxX - around.MinX) / 2,
                (around.MaxY - around.MinY) / 2
            );
            return true;
        }
        box = default;
        return false;
    }

    /// <summary>Whether it shares a point with a box at a step, by its exact shape.</summary>
    public bool Overlaps(in OrientedBox box, int step)
    {
        if (Shape is not null && TryState(step, out RecordedState state))
            return Shape.Overlaps(new Pose(state.X, state.Y, state.Heading), box);
        return OccupancyAt(step) is { } region && region.Overlaps(box);
    }
}
