namespace SimEval.Engine;

/// <summary>The engine's limits; the node reads them from its configuration.</summary>
/// <param name="Lanes">Threads that step rollouts; 0: one a core.</param>
/// <param name="CohortSize">Most rollouts of a cohort side by side.</param>
/// <param name="CohortMembers">Most rollouts of a cohort over its life.</param>
/// <param name="RolloutsInFlight">Most rollouts at the same time over all lanes.</param>
/// <param name="MaximumBatch">Most frames of one forward.</param>
/// <param name="MaximumWait">How long a frame may wait for its batch to fill.</param>
/// <param name="FrameDeadline">How long a frame may so wait at most, as a share of its world's time step.</param>
/// <param name="FlushInterval">Longest time that an ended rollout waits to become durable.</param>
/// <param name="CheckpointFrames">Frames after which a running rollout is checkpointed.</param>
/// <param name="MailboxCapacity">Most messages that wait for one actor.</param>
/// <param name="AskDeadline">Longest time a command may take.</param>
/// <param name="MaximumModelBytes">Largest model file.</param>
public sealed record EngineLimits(
    int Lanes = 0,
    int CohortSize = 64,
    int CohortMembers = 256,
    int RolloutsInFlight = 1024,
    int MaximumBatch = 64,
    TimeSpan MaximumWait = default,
    double FrameDeadline = 1,
    TimeSpan FlushInterval = default,
    int CheckpointFrames = 2000,
    int MailboxCapacity = 1024,
    TimeSpan AskDeadline = default,
    long MaximumModelBytes = 1L << 29
)
{
    /// <summary>Flushes on their way to the store at which a lane waits for it.</summary>
    public const int OutstandingFlushes = 4;

    /// <summary>Ended rollouts that are flushed before their time is due, in sizes of a cohort: a flush costs files and folders.</summary>
    public const int BatchesOfAFlush = 4;
}

/// <summary>How one execution differs from the configuration; none of it changes a result.</summary>
/// <param name="Shuffle">Hands cohorts and their members out in another order, by this seed; for tests of determinism.</param>
public sealed record ExecutionOptions(ulong? Shuffle = null);
