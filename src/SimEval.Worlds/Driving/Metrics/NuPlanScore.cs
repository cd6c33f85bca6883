namespace SimEval.Worlds.Driving.Metrics;

/// <summary>
/// The part of nuPlan's score that needs the reference's rollout on the same point and seed: progress against it, and
/// score = product of multipliers x weighted mean of parts (weights 5, 5, 4, 2 by nuPlan's configuration).
/// </summary>
public static class NuPlanScore
{
    private const double ProgressFloor = 2.0,
        MakingProgress = 0.2;

    /// <summary>
    /// Fills progress.ratio, progress.making and score. Both spans are in the order of <see cref="DrivingMetrics.All"/>;
    /// <paramref name="reference"/> is empty where there is no reference rollout, and the three then stay NaN unless the
    /// point has no route (the ratio is then 1).
    /// </summary>
    public static void Complete(Span<double> values, ReadOnlySpan<double> reference)
    {
        var ratio = Ratio(
            values[DrivingMetrics.Progress],
            reference.IsEmpty ? double.NaN : reference[DrivingMetrics.Progress],
            reference.IsEmpty
        );
        values[DrivingMetrics.ProgressRatio] = ratio;
        var making =
            double.IsNaN(ratio) ? double.NaN
            : ratio >= MakingProgress ? 1.0
            : 0.0;
        values[DrivingMetrics.ProgressMaking] = making;

        // Parts that could not be measured are left out with their weight, as published; the ratio is never one of them.
        double sum = 5 * ratio,
            weights = 5;
        Weigh(5, values[DrivingMetrics.TtcScore], ref sum, ref weights);
        Weigh(4, values[DrivingMetrics.SpeedLimitScore], ref sum, ref weights);
        Weigh(2, values[DrivingMetrics.ComfortAll], ref sum, ref weights);
        values[DrivingMetrics.Score] =
            values[DrivingMetrics.CollisionScore]
            * (1 - values[DrivingMetrics.OffRoad])
            * making
            * values[DrivingMetrics.DirectionScore]
            * (sum / weights);
    }

    private static double Ratio(double progress, double expert, bool noReference)
    {
        // Where neither has a route there is none to make progress along.
        if (double.IsNaN(progress))
            return 1;
        if (noReference)
            return double.NaN;
        if (progress < -ProgressFloor)
            return 0;
        return double.IsNaN(expert)
            ? 1
            : Math.Min(1, Math.Max(progress, ProgressFloor) / Math.Max(expert, ProgressFloor));
    }

    private static void Weigh(double weight, double part, ref double sum, ref double weights)
    {
        if (double.IsNaN(part))
            return;
        sum += weight * part;
        weights += weight;
    }
}
