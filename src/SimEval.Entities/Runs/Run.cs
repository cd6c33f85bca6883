namespace SimEval.Entities.Runs;

/// <summary>One file a run was made from, kept as a blob so that a resume or a replay needs nothing else.</summary>
/// <param name="Path">As the scenario resolves it.</param>
/// <param name="Blob">SHA-256, lower-case hex.</param>
/// <param name="Bytes">Size.</param>
public sealed record CapturedFile(string Path, string Blob, long Bytes);

/// <summary>
/// What makes a run a batch inference: a model over recorded frames or given tensors, in units that become durable one by one.
/// </summary>
/// <param name="Model">The model's path; its bytes are the run's first captured file.</param>
/// <param name="Device">Device class. Where it names a board's data file, that is the run's last captured file.</param>
/// <param name="Frames">The run whose frames it is given; null: the tensors of the second captured file.</param>
/// <param name="Variant">The variant of that run whose rollouts are followed; null with tensors.</param>
/// <param name="Units">Number of units: rollouts, or blocks of rows.</param>
/// <param name="Output">Full path of what is written when all is done.</param>
public sealed record BatchInference(
    string Model,
    string Device,
    string? Frames,
    string? Variant,
    int Units,
    string Output
);

/// <summary>Everything that fixes a run: with the captured blobs it can be carried out anywhere.</summary>
/// <param name="Run">Run id: "cut-in-3".</param>
/// <param name="Scenario">Scenario name.</param>
/// <param name="ScenarioHash">SHA-256 of its canonical text.</param>
/// <param name="ScenarioBlob">Blob of the text as run.</param>
/// <param name="SourceName">The file's full path: what its relative paths start from.</param>
/// <param name="Files">Captured files.</param>
/// <param name="BaselineRun">The run that gates compare with, when it is another run.</param>
/// <param name="SubmittedAt">When.</param>
/// <param name="EngineVersion">Version of the program.</param>
/// <param name="Numerics">Numerics class of each model variant: a cohort never leaves it.</param>
/// <param name="CohortMembers">Most rollouts a cohort: fixed here, since a cohort is a shard.</param>
/// <param name="Command">The command line that reproduces it.</param>
/// <param name="Inference">What it infers, where the run is a batch inference and no evaluation; it then has no rollouts.</param>
public sealed record Submission(
    string Run,
    string Scenario,
    string ScenarioHash,
    string ScenarioBlob,
    string SourceName,
    IReadOnlyList<CapturedFile> Files,
    string? BaselineRun,
    DateTimeOffset SubmittedAt,
    string EngineVersion,
    IReadOnlyDictionary<string, string> Numerics,
    int CohortMembers,
    string Command,
    BatchInference? Inference = null
);

/// <summary>How a run ended.</summary>
/// <param name="Verdict">"Pass", "Fail", "Error", "Inconclusive", "None" or "Cancelled".</param>
/// <param name="ResultsHash">Hash over every counted rollout; "" for a cancelled run.</param>
/// <param name="Reason">Why it stopped: "complete", "look 3 of 5", "wall time".</param>
/// <param name="Blob">Blob of the summary (gates, latency, timings), for the verbs that read.</param>
/// <param name="FinishedAt">When.</param>
public sealed record Conclusion(
    string Verdict,
    string ResultsHash,
    string Reason,
    string Blob,
    DateTimeOffset FinishedAt
);

/// <summary>What happens to a run.</summary>
public abstract record RunEvent
{
    private RunEvent() { }

    /// <summary>It was submitted.</summary>
    public sealed record Submitted(Submission Submission) : RunEvent;

    /// <summary>It was taken up again by another process.</summary>
    public sealed record Resumed(DateTimeOffset At) : RunEvent;

    /// <summary>A look decided to stop: results past <paramref name="Pairs"/> pairs are discarded.</summary>
    public sealed record Stopped(int Pairs, string Reason) : RunEvent;

    /// <summary>It ended with a verdict.</summary>
    public sealed record Concluded(Conclusion Conclusion) : RunEvent;

    /// <summary>It is being deleted: its shards and blobs may go.</summary>
    public sealed record Deleted(DateTimeOffset At) : RunEvent;
}

/// <summary>The state of a run: the fold of its events.</summary>
public abstract record RunState
{
    private RunState() { }

    /// <summary>No such run.</summary>
    public sealed record None : RunState;

    /// <summary>Under way, or interrupted and waiting for a resume.</summary>
    /// <param name="Submission">What was submitted.</param>
    /// <param name="Resumes">How often it was taken up again.</param>
    /// <param name="StoppedAtPairs">Pairs in the prefix that a look stopped at; null while none has.</param>
    /// <param name="StopReason">Why, when stopped.</param>
    public sealed record Active(Submission Submission, int Resumes, int? StoppedAtPairs, string? StopReason) : RunState;

    /// <summary>Ended.</summary>
    public sealed record Finished(Submission Submission, Conclusion Conclusion, int? StoppedAtPairs) : RunState;

    /// <summary>Deleted; the id is not used again.</summary>
    public sealed record Gone(string Run) : RunState;

    /// <summary>Before anything happened.</summary>
    public static RunState Initial { get; } = new None();

    /// <summary>The state after an event. Throws on a pair that cannot be: the log is ours.</summary>
    public static RunState Evolve(RunState state, RunEvent happened) =>
        (state, happened) switch
        {
            (None, RunEvent.Submitted e) => new Active(e.Submission, 0, null, null),
            (Active s, RunEvent.Resumed) => s with { Resumes = s.Resumes + 1 },
            (Active s, RunEvent.Stopped e) => s with { StoppedAtPairs = e.Pairs, StopReason = e.Reason },
            (Active s, RunEvent.Concluded e) => new Finished(s.Submission, e.Conclusion, s.StoppedAtPairs),
            (Active s, RunEvent.Deleted) => new Gone(s.Submission.Run),
            (Finished s, RunEvent.Deleted) => new Gone(s.Submission.Run),
            _ => throw new InvalidOperationException(
                $"run: {happened.GetType().Name} cannot follow {state.GetType().Name}"
            ),
        };
}
