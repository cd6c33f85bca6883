using SimEval.Devices.Processes;
using SimEval.Scenarios.Reading;

namespace SimEval.Node.Configuration;

/// <summary>How rollouts are carried out.</summary>
/// <param name="Lanes">Threads that step rollouts; 0: one a core.</param>
/// <param name="CohortSize">Rollouts of a cohort that run side by side, so that their frames fill a batch.</param>
/// <param name="CohortMembers">Rollouts that one cohort carries out in its life: one shard of the log.</param>
/// <param name="RolloutsInFlight">Most rollouts that run at the same time, over all cohorts.</param>
/// <param name="FlushInterval">Most time that finished frames wait in memory before they are durable.</param>
/// <param name="CheckpointFrames">Frames between two full states of a rollout.</param>
public sealed record EngineSettings(
    [Within(0, 256)] int Lanes,
    [Within(1, 1024)] int CohortSize,
    [Within(1, 65536)] int CohortMembers,
    [Within(1, EngineSettings.MostInFlight)] int RolloutsInFlight,
    [Within(0.01, 60)] TimeSpan FlushInterval,
    [Within(1, 1_000_000)] int CheckpointFrames
)
{
    /// <summary>Upper limit of <see cref="RolloutsInFlight"/>.</summary>
    public const int MostInFlight = 65536;
}

/// <summary>How frames are batched.</summary>
/// <param name="MaxBatch">Most frames of one forward pass.</param>
/// <param name="MaxWait">How long a frame may wait for its batch to fill.</param>
/// <param name="FrameDeadline">How long it may so wait at most, as a share of its world's time step.</param>
/// <param name="Buckets">Batch sizes that forwards are rounded up to; none: as the device does best.</param>
/// <param name="Process">Policies in programs of their own.</param>
public sealed record ExecutorSettings(
    [Within(1, 4096)] int MaxBatch,
    [Within(0, 1)] TimeSpan MaxWait,
    [Within(0, 1000)] double FrameDeadline,
    [Within(1, 4096)] IReadOnlyList<int> Buckets,
    ProcessSettings Process
);

/// <summary>Policies in programs of their own.</summary>
/// <param name="StartTime">Most time from a program's start to its greeting.</param>
/// <param name="StepTime">Most time for the answer to one message.</param>
/// <param name="Restarts">How often one lane starts a program again after a failure.</param>
public sealed record ProcessSettings(
    [Within(0.1, 3600)] TimeSpan StartTime,
    [Within(0.01, 3600)] TimeSpan StepTime,
    [Within(0, 10_000)] int Restarts
)
{
    /// <summary>As limits of a program.</summary>
    public ProgramLimits ToLimits() => new(StartTime, StepTime, Restarts);
}

/// <summary>Limits of model files.</summary>
/// <param name="MaxBytes">Largest model file.</param>
/// <param name="Memory">Most memory of a scenario's models together; 0: half of what the process may use.</param>
public sealed record ModelSettings([Within(1024, 4e9)] ByteSize MaxBytes, [Within(0, 1e15)] ByteSize Memory);

/// <summary>Mailboxes and entities.</summary>
/// <param name="MailboxCapacity">Most messages that wait for one actor; a sender waits beyond it.</param>
/// <param name="AskTimeout">How long a question waits for its answer.</param>
/// <param name="PassivateAfter">How long an idle entity stays in memory.</param>
/// <param name="LoadedEntities">Most entities that a shard keeps in memory.</param>
/// <param name="ShardCapacity">Most commands that wait for one shard.</param>
public sealed record ActorSettings(
    [Within(1, 1_000_000)] int MailboxCapacity,
    [Within(0.01, 3600)] TimeSpan AskTimeout,
    [Within(0.1, 86400)] TimeSpan PassivateAfter,
    [Within(1, 1_000_000)] int LoadedEntities,
    [Within(1, 1_000_000)] int ShardCapacity
);

/// <summary>The log.</summary>
/// <param name="GroupCommitMax">Most turns of a shard in one append: they become durable together.</param>
/// <param name="BatchBytes">Bytes after which an append takes no further turn.</param>
/// <param name="TransactionAppends">Most appends, of all shards, that one transaction makes durable.</param>
/// <param name="WalPages">Pages of the write-ahead log after which it is written back.</param>
/// <param name="WriteRetries">How often a write is tried again when the log does not answer.</param>
/// <param name="RetryPause">Pause before the first retry; it doubles each time.</param>
public sealed record StoreSettings(
    [Within(1, 65536)] int GroupCommitMax,
    [Within(1024, 1e9)] ByteSize BatchBytes,
    [Within(1, 65536)] int TransactionAppends,
    [Within(100, 1e6)] int WalPages,
    [Within(0, 100)] int WriteRetries,
    [Within(0.001, 10)] TimeSpan RetryPause
);

/// <summary>Limits of scenario files and of what they expand to.</summary>
/// <param name="FileLength">Characters of the file.</param>
/// <param name="Depth">Nesting of objects and lists.</param>
/// <param name="Tokens">Values, names and brackets in the file.</param>
/// <param name="TextLength">Characters of one text.</param>
/// <param name="Parameters">Swept parameters.</param>
/// <param name="Points">Points after expansion.</param>
/// <param name="Seeds">Seeds per point.</param>
/// <param name="Rollouts">Points times seeds times variants.</param>
/// <param name="Variants">Variants.</param>
/// <param name="Gates">Gates.</param>
/// <param name="Labels">Labels.</param>
/// <param name="SuiteFiles">Files that one glob may match.</param>
/// <param name="CheckedPoints">Points whose world is checked by the reader; the others are checked when they run.</param>
/// <param name="Errors">Errors reported before the reader gives up.</param>
public sealed record ScenarioSettings(
    [Within(64, 1e9)] int FileLength,
    [Within(4, 512)] int Depth,
    [Within(16, 1e8)] int Tokens,
    [Within(16, 1e6)] int TextLength,
    [Within(1, 1024)] int Parameters,
    [Within(1, 1e7)] int Points,
    [Within(1, 1e7)] int Seeds,
    [Within(1, 1e8)] int Rollouts,
    [Within(1, 1024)] int Variants,
    [Within(1, 10_000)] int Gates,
    [Within(1, 10_000)] int Labels,
    [Within(1, 1e6)] int SuiteFiles,
    [Within(1, 1e6)] int CheckedPoints,
    [Within(1, 10_000)] int Errors
)
{
    /// <summary>As the reader takes them.</summary>
    public ScenarioLimits ToLimits() =>
        new()
        {
            FileLength = FileLength,
            Depth = Depth,
            Tokens = Tokens,
            TextLength = TextLength,
            Parameters = Parameters,
            Points = Points,
            Seeds = Seeds,
            Rollouts = Rollouts,
            Variants = Variants,
            Gates = Gates,
            Labels = Labels,
            SuiteFiles = SuiteFiles,
            CheckedPoints = CheckedPoints,
            Errors = Errors,
        };
}

/// <summary>Reports of runs.</summary>
/// <param name="DepartureFrames">Frames on which a build is compared with what it is a build of, layer by layer; 0: none.</param>
public sealed record ReportSettings([Within(0, 100_000)] int DepartureFrames);

/// <summary>The live view.</summary>
/// <param name="Refresh">Time between two pictures on a terminal.</param>
/// <param name="PlainInterval">Time between two lines where the output is no terminal.</param>
public sealed record TerminalSettings([Within(0.02, 10)] TimeSpan Refresh, [Within(0.1, 3600)] TimeSpan PlainInterval);
