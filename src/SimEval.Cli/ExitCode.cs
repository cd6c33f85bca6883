namespace SimEval.Cli;

/// <summary>What the process returns. Scripts rely on these numbers: they never change their meaning.</summary>
internal enum ExitCode
{
    /// <summary>Done; every gate passed, or there was none.</summary>
    Pass = 0,

    /// <summary>A gate failed; a replay did not match; a solution is not valid; two builds differ; a backend test or a model failed.</summary>
    Failed = 1,

    /// <summary>Interrupted by a person; `simeval resume` goes on.</summary>
    Interrupted = 2,

    /// <summary>A fault of the program.</summary>
    Internal = 3,

    /// <summary>The command line, a file or the configuration is not valid.</summary>
    Invalid = 4,

    /// <summary>Nothing to do: no run, no rollout, no point was selected.</summary>
    Nothing = 5,

    /// <summary>The infrastructure failed: too few valid rollouts, a taken data folder, a full disk, a damaged file.</summary>
    Infrastructure = 6,

    /// <summary>No gate failed, but one could not be decided with the rollouts there were.</summary>
    Inconclusive = 7,

    /// <summary>Nothing here can run what was asked for (a device that this machine lacks).</summary>
    Unsatisfiable = 8,

    /// <summary>The budget of wall time ended before the run did.</summary>
    TimedOut = 9,
}
