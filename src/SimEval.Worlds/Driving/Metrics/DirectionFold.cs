namespace SimEval.Worlds.Driving.Metrics;

/// <summary>
/// nuPlan's driving direction compliance: progress along the lane under the ego, summed over the last second; the farthest
/// drive backwards decides. Progress counts while the lane stays the same; the first frame in a lane only sets the mark.
/// </summary>
internal sealed class DirectionFold
{
    private readonly double[] progress;
    private readonly int window;
    private int count,
        lane = -1;
    private double mark = double.NaN,
        sum,
        least;

    /// <summary>Room for <paramref name="capacity"/> frames, <paramref name="dt"/> seconds apart.</summary>
    public DirectionFold(double dt, int capacity)
    {
        progress = new double[capacity];

        // Truncated as published; a step of 0.1 s must give 10 for all that 1 / 0.1 rounds to.
        window = (int)((1 / dt) + 1e-9);
    }

    /// <summary>Appends one frame.</summary>
    public void Add(in EgoSample ego)
    {
        var made = 0.0;
        if (ego.Lane >= 0)
        {
            if (count == 0)
                lane = ego.Lane;
            if (ego.Lane == lane)
            {
                // An arc length of exactly 0 counts as no progress, as published.
                if (!double.IsNaN(mark) && ego.LaneArc != 0)
                    made = ego.LaneArc - mark;
                mark = ego.LaneArc;
            }
            else
            {
                mark = double.NaN;
                lane = ego.Lane;
            }
        }

        progress[count++] = made;
        sum = 0;
        for (var i = Math.Max(0, count - 1 - window); i < count; i++)
            sum += progress[i];
        least = Math.Min(least, sum);
    }

    /// <summary>1, 0.5 or 0.</summary>
    public double Score() =>
        -least < 2 ? 1
        : -least < 6 ? 0.5
        : 0;
}
