using SimEval.Scenarios.Importers.CommonRoad;
using SimEval.Scenarios.Numerics;
using SimEval.Worlds.Driving.Geometry;

namespace SimEval.Worlds.Driving.Recordings;

/// <summary>
/// Fills an obstacle's states for every step from the first to the last recorded one: gaps by interpolation (headings the
/// shorter way round), then what the recording leaves out: heading from motion, speed from displacement along the heading,
/// acceleration from speed.
/// </summary>
internal static class RecordedTrack
{
    /// <summary>Motion in m below which it tells nothing of the heading.</summary>
    private const double LeastMotion = 0.02;

    public static RecordedState[] Fill(
        CommonRoadState initial,
        IReadOnlyList<CommonRoadState> rest,
        Point2 origin,
        double dt
    )
    {
        int first = StepOf(initial);
        int count = (rest.Count > 0 ? StepOf(rest[^1]) - first : 0) + 1;
        var states = new RecordedState[count];
        RecordedState previous = Read(initial, origin);
        states[0] = previous;
        int at = 0;
        foreach (CommonRoadState state in rest)
        {
            RecordedState next = Read(state, origin);
            int i = StepOf(state) - first;
            for (int k = at + 1; k < i; k++)
                states[k] = Between(previous, next, (double)(k - at) / (i - at));
            states[i] = next;
            (previous, at) = (next, i);
        }
        FillHeadings(states);
        FillSpeeds(states, dt);
        FillAccelerations(states, dt);
        return states;
    }

    private static int StepOf(CommonRoadState state) => state.Time?.Start ?? 0;

    private static RecordedState Read(CommonRoadState state, Point2 origin)
    {
        Point2 position = state.Point is { } point
            ? CommonRoadShapes.Local(point, origin)
            : CommonRoadShapes.Convert(state.Area, origin)?.Center ?? default;
        return new RecordedState(
            position.X,
            position.Y,
            state.Orientation?.Middle ?? double.NaN,
            state.Velocity?.Middle ?? double.NaN,
            state.Acceleration?.Middle ?? double.NaN
        );
    }

    private static RecordedState Between(RecordedState a, RecordedState b, double t) =>
        new(
            a.X + t * (b.X - a.X),
            a.Y + t * (b.Y - a.Y),
            a.Heading + t * Angle.Difference(a.Heading, b.Heading),
            a.Speed + t * (b.Speed - a.Speed),
            a.Acceleration + t * (b.Acceleration - a.Acceleration)
        );

    private static void FillHeadings(RecordedState[] states)
    {
        double known = double.NaN;
        for (int i = 0; i < states.Length; i++)
        {
            if (double.IsNaN(states[i].Heading))
            {
                RecordedState from = states[Math.Max(0, i - 1)];
                RecordedState to = states[Math.Min(states.Length - 1, i + 1)];
                (double dx, double dy) = (to.X - from.X, to.Y - from.Y);
                double heading = dx * dx + dy * dy > LeastMotion * LeastMotion ? PureMath.Atan2(dy, dx) : known;
                states[i] = states[i] with { Heading = heading };
            }
            known = states[i].Heading;
        }
        // A start at rest takes the first heading that is known.
        known = 0;
        for (int i = states.Length - 1; i >= 0; i--)
        {
            if (double.IsNaN(states[i].Heading))
                states[i] = states[i] with { Heading = known };
            known = states[i].Heading;
        }
    }

    private static void FillSpeeds(RecordedState[] states, double dt)
    {
        for (int i = 0; i < states.Length; i++)
        {
            if (!double.IsNaN(states[i].Speed))
                continue;
            int from = Math.Max(0, i - 1);
            int to = Math.Min(states.Length - 1, i + 1);
            (double sin, double cos) = PureMath.SinCos(states[i].Heading);
            double along = (states[to].X - states[from].X) * cos + (states[to].Y - states[from].Y) * sin;
            states[i] = states[i] with { Speed = to > from ? along / ((to - from) * dt) : 0 };
        }
    }

    private static void FillAccelerations(RecordedState[] states, double dt)
    {
        for (int i = 0; i < states.Length; i++)
        {
            if (!double.IsNaN(states[i].Acceleration))
                continue;
            int from = Math.Max(0, i - 1);
            int to = Math.Min(states.Length - 1, i + 1);
            double change = states[to].Speed - states[from].Speed;
            states[i] = states[i] with { Acceleration = to > from ? change / ((to - from) * dt) : 0 };
        }
    }
}
