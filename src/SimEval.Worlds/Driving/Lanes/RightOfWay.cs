using SimEval.Worlds.Driving.Roads;

namespace SimEval.Worlds.Driving.Lanes;

/// <summary>Who goes first where two lanes meet.</summary>
internal static class RightOfWay
{
    private const double StraightWithin = 0.35;

    /// <summary>Higher goes first: going on 3, turning right 2, turning left 1.</summary>
    public static int PriorityOf(Lane lane)
    {
        var turn = lane.Center.At(lane.Length).Heading - lane.Center.At(0).Heading;
        return Math.Abs(turn) < StraightWithin ? 3
            : turn < 0 ? 2
            : 1;
    }

    /// <summary>
    /// Whether traffic of the first lane gives way to that of the second: the turning one does; between equals, the one whose
    /// start lies to the left of the other (traffic from the right goes first).
    /// </summary>
    public static bool Yields(Lane lane, Lane other, int priority, int otherPriority)
    {
        if (priority != otherPriority)
            return priority < otherPriority;
        var (own, theirs) = (lane.Center.At(0), other.Center.At(0));
        var (sin, cos) = PureMath.SinCos(own.Heading);
        var side = (cos * (theirs.Y - own.Y)) - (sin * (theirs.X - own.X));
        var back = PureMath.SinCos(theirs.Heading);
        var otherSide = (back.Cos * (own.Y - theirs.Y)) - (back.Sin * (own.X - theirs.X));
        if ((side < 0) != (otherSide < 0))
            return side < 0;
        return lane.Index > other.Index;
    }
}
