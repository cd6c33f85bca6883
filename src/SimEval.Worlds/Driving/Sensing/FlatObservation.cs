using SimEval.Scenarios.Layouts;

namespace SimEval.Worlds.Driving.Sensing;

/// <summary>
/// The perception as one vector, scaled so that usual values lie in [-1, 1]: what a small network needs to drive. Ratios that
/// car following is made of (speed over gap, closing speed over gap) are given as they are, since a network forms quotients badly.
/// </summary>
internal static class FlatObservation
{
    /// <summary>Number of values.</summary>
    public const int Size = 72;

    private const double SpeedScale = 30;
    private const double GapScale = 50;

    /// <summary>The tensor.</summary>
    public static TensorLayout Layout { get; } =
        new(
            "observation",
            [Size],
            "(features): 0-5 ego: speed/30 m/s, acceleration/4 m/s2, steering/0.2 rad, yaw rate/0.5 rad/s, lateral offset from the route/2 m (left positive), sine of the heading error; "
                + "6-15 route: pursuit steering/0.2 rad, curvature here and 10, 20, 40, 80 m ahead/0.02 1/m, allowed speed/30 m/s, (allowed speed - speed)/10 m/s, speed limit/30 m/s, lateral acceleration needed here/4 m/s2; "
                + "16-22 leader; 23-32 joiner; 33-42 and 43-52 crossers; 53-55 stop line; 56-71 neighbours left ahead, left behind, right ahead, right behind. See docs/formats/observations.md"
        );

    /// <summary>Writes all values.</summary>
    public static void Write(in Perception seen, Span<float> row)
    {
        var v = seen.Speed;
        Put(row, 0, v / SpeedScale);
        Put(row, 1, seen.Acceleration / 4);
        Put(row, 2, seen.Steering / 0.2);
        Put(row, 3, seen.YawRate / 0.5);
        Put(row, 4, Clip(seen.D / 2, 3));
        Put(row, 5, Clip(seen.HeadingError, 2));
        Put(row, 6, Clip(seen.PursuitSteering / 0.2, 5));
        Put(row, 7, Clip(seen.Curvature0 / 0.02, 5));
        Put(row, 8, Clip(seen.Curvature10 / 0.02, 5));
        Put(row, 9, Clip(seen.Curvature20 / 0.02, 5));
        Put(row, 10, Clip(seen.Curvature40 / 0.02, 5));
        Put(row, 11, Clip(seen.Curvature80 / 0.02, 5));
        Put(row, 12, Clip(seen.AllowedSpeed / SpeedScale, 2));
        Put(row, 13, Clip((seen.AllowedSpeed - v) / 10, 2));
        Put(row, 14, Clip(seen.Limit / SpeedScale, 2));
        Put(row, 15, Clip(v * v * seen.Curvature0 / 4, 2));
        WriteObstacle(seen.Leader, v, row[16..23]);
        WriteObstacle(seen.Joiner, v, row[23..30]);
        WriteEntry(seen.Joiner, row[30..33]);
        WriteCrosser(seen.Crosser1, v, row[33..43]);
        WriteCrosser(seen.Crosser2, v, row[43..53]);
        WriteStopLine(seen.StopLine, v, row[53..56]);
        WriteNeighbour(seen.LeftAhead, v, row[56..60]);
        WriteNeighbour(seen.LeftBehind, v, row[60..64]);
        WriteNeighbour(seen.RightAhead, v, row[64..68]);
        WriteNeighbour(seen.RightBehind, v, row[68..72]);
    }

    private static void WriteObstacle(in Obstacle other, double v, Span<float> row)
    {
        row.Clear();
        Put(row, 1, 1);
        if (!other.Present)
            return;
        var gap = Math.Max(other.Gap, 0.5);
        var closing = v - other.Speed;
        Put(row, 0, 1);
        Put(row, 1, Clip(other.Gap / GapScale, 1));
        Put(row, 2, Clip(closing / 10, 2));
        Put(row, 3, Clip(2 / gap, 2));
        Put(row, 4, Clip(v / gap, 3));
        Put(row, 5, Clip(v * closing / gap / 4, 3));
        Put(row, 6, Clip(closing * Math.Abs(closing) / (2 * gap) / 4, 2));
    }

    private static void WriteEntry(in Obstacle joiner, Span<float> row)
    {
        row.Clear();
        if (!joiner.Present)
            return;
        Put(row, 0, Clip(joiner.Aside / 3, 2));
        Put(row, 1, Clip(joiner.Enters / 3, 2));
        Put(row, 2, Clip(joiner.Lead / 10, 2));
    }

    private static void WriteCrosser(in Crosser other, double v, Span<float> row)
    {
        row.Clear();
        if (!other.Present)
            return;
        var room = Math.Max(other.Distance - Crossings.Buffer, 0.5);
        Put(row, 0, 1);
        Put(row, 1, other.Vulnerable ? 1 : 0);
        Put(row, 2, Clip(other.Distance / GapScale, 1));
        Put(row, 3, Clip(other.Extent / 20, 1));
        Put(row, 4, Clip(other.Enters / 8, 1));
        Put(row, 5, Clip(other.Leaves / 8, 1));
        Put(row, 6, Clip((other.Enters - other.Clears) / 2, 1));
        Put(row, 7, Clip((other.Arrives - other.Leaves) / 2, 1));
        Put(row, 8, Clip(v * v / (2 * room) / 4, 2));
        Put(row, 9, Clip(v / room, 3));
    }

    private static void WriteStopLine(double distance, double v, Span<float> row)
    {
        row.Clear();
        if (!(distance > 0 && distance < 100))
            return;
        Put(row, 0, 1);
        Put(row, 1, distance / GapScale);
        Put(row, 2, Clip(v * v / (2 * Math.Max(distance, 0.5)) / 4, 2));
    }

    private static void WriteNeighbour(in Neighbour other, double v, Span<float> row)
    {
        row.Clear();
        Put(row, 1, 1);
        if (!other.Present)
            return;
        Put(row, 0, 1);
        Put(row, 1, Clip(other.Gap / GapScale, 1));
        Put(row, 2, Clip((other.Speed - v) / 10, 2));
        Put(row, 3, Clip(2 / Math.Max(other.Gap, 1), 2));
    }

    private static double Clip(double value, double most) => Math.Clamp(value, -most, most);

    private static void Put(Span<float> row, int index, double value) => row[index] = (float)value;
}
