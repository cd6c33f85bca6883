namespace SimEval.Worlds.Driving.Metrics;

/// <summary>
/// nuPlan's time to collision: both boxes go on with constant speed and heading, and are compared at 0.1, 0.2, ... 2.9 s.
/// The steps at which two boxes can overlap form one interval (each separating axis allows one, and motion is linear), so
/// it is solved for, and only the steps at its edge are compared by the published test.
/// </summary>
public static class TimeToCollision
{
    /// <summary>Seconds a projection step.</summary>
    public const double Step = 0.1;

    /// <summary>Projection steps: 0.1 s to 2.9 s.</summary>
    public const int Steps = 29;

    /// <summary>The value that stands for "none within the horizon".</summary>
    public const double Horizon = 3.0;

    /// <summary>
    /// The first step k in 1..<paramref name="last"/> at which the ego's box and the agent's overlap; 0 when there is none.
    /// </summary>
    public static int FirstStep(
        in EgoSample ego,
        double egoHalfLength,
        double egoHalfWidth,
        in AgentSample agent,
        int last
    )
    {
        var dx = agent.X - ego.X;
        var dy = agent.Y - ego.Y;
        var vx = (agent.Cos * agent.Speed) - (ego.Cos * ego.Speed);
        var vy = (agent.Sin * agent.Speed) - (ego.Sin * ego.Speed);

        // The half diagonals' reach, bounded from above by half length plus half width: no root, no miss.
        var reach = egoHalfLength + egoHalfWidth + agent.HalfLength + agent.HalfWidth;
        var travel = (Math.Abs(vx) + Math.Abs(vy)) * (last * Step);
        if (Math.Abs(dx) > reach + travel || Math.Abs(dy) > reach + travel)
            return 0;

        var c = Math.Abs((ego.Cos * agent.Cos) + (ego.Sin * agent.Sin));
        var s = Math.Abs((ego.Cos * agent.Sin) - (ego.Sin * agent.Cos));
        double from = Step,
            to = last * Step;
        var possible =
            BoxOverlap.Narrow(
                (dx * ego.Cos) + (dy * ego.Sin),
                (vx * ego.Cos) + (vy * ego.Sin),
                egoHalfLength + (agent.HalfLength * c) + (agent.HalfWidth * s),
                ref from,
                ref to
            )
            && BoxOverlap.Narrow(
                (dy * ego.Cos) - (dx * ego.Sin),
                (vy * ego.Cos) - (vx * ego.Sin),
                egoHalfWidth + (agent.HalfLength * s) + (agent.HalfWidth * c),
                ref from,
                ref to
            )
            && BoxOverlap.Narrow(
                (dx * agent.Cos) + (dy * agent.Sin),
                (vx * agent.Cos) + (vy * agent.Sin),
                agent.HalfLength + (egoHalfLength * c) + (egoHalfWidth * s),
                ref from,
                ref to
            )
            && BoxOverlap.Narrow(
                (dy * agent.Cos) - (dx * agent.Sin),
                (vy * agent.Cos) - (vx * agent.Sin),
                agent.HalfWidth + (egoHalfLength * s) + (egoHalfWidth * c),
                ref from,
                ref to
            );
        if (!possible)
            return 0;

        var first = Math.Max(1, (int)Math.Floor((from / Step) - 1e-4));
        var end = Math.Min(last, (int)Math.Ceiling((to / Step) + 1e-4));
        for (var k = first; k <= end; k++)
        {
            if (TouchesAt(k, ego, egoHalfLength, egoHalfWidth, agent))
                return k;
        }

        return 0;
    }

    /// <summary>The published test at one step.</summary>
    public static bool TouchesAt(
        int k,
        in EgoSample ego,
        double egoHalfLength,
        double egoHalfWidth,
        in AgentSample agent
    )
    {
        var t = k * Step;
        return BoxOverlap.Touches(
            agent.X + (agent.Cos * agent.Speed * t) - (ego.X + (ego.Cos * ego.Speed * t)),
            agent.Y + (agent.Sin * agent.Speed * t) - (ego.Y + (ego.Sin * ego.Speed * t)),
            ego.Cos,
            ego.Sin,
            egoHalfLength,
            egoHalfWidth,
            agent.Cos,
            agent.Sin,
            agent.HalfLength,
            agent.HalfWidth
        );
    }
}
