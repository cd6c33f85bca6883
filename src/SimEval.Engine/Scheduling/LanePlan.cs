using SimEval.Engine.Executors;
using SimEval.Engine.Rollouts;

namespace SimEval.Engine.Scheduling;

/// <summary>How many lanes there are and how much each holds.</summary>
/// <param name="Lanes">Threads.</param>
/// <param name="Window">Rollouts side by side in one cohort.</param>
/// <param name="Cohorts">Cohorts of one lane at once.</param>
public sealed record LanePlan(int Lanes, int Window, int Cohorts)
{
    /// <summary>
    /// Spreads the rollouts in flight over lanes. More than two cohorts on a lane fill no batch better and only push each
    /// other out of the cache, so a lane takes more only when asked for more rollouts in flight.
    /// </summary>
    /// <param name="limits">The configured limits.</param>
    /// <param name="cores">Processors there are.</param>
    public static LanePlan Of(EngineLimits limits, int cores)
    {
        var inFlight = limits.RolloutsInFlight;
        var lanes = Math.Clamp(limits.Lanes == 0 ? cores : limits.Lanes, 1, Math.Max(1, inFlight));
        var each = Math.Max(1, inFlight / lanes);
        var window = Math.Min(limits.CohortSize, each);
        return new LanePlan(lanes, window, Math.Max(1, each / window));
    }

    /// <summary>Rollouts of one lane, each with a slot of its model's executor.</summary>
    public int Slots => Window * Cohorts;

    /// <summary>How lanes run each model.</summary>
    public ModelUse UseOf(EngineLimits limits) => new(Lanes, Slots, limits.MaximumBatch);

    /// <summary>The limits of one lane.</summary>
    public LaneLimits LimitsOf(EngineLimits limits) =>
        new(
            Window,
            Cohorts,
            limits.CohortSize * EngineLimits.BatchesOfAFlush,
            limits.FlushInterval,
            limits.CheckpointFrames,
            EngineLimits.OutstandingFlushes
        );
}
