using SimEval.Scenarios;

namespace SimEval.Metrics;

/// <summary>The one class in which every rollout ends. All are counted; none is dropped.</summary>
public enum RolloutOutcome
{
    /// <summary>Ran to its end; the metrics are valid.</summary>
    Completed,

    /// <summary>The model failed it (not a number, a wrong shape, an exception of its own): a failure of what is judged.</summary>
    ModelFailed,

    /// <summary>The infrastructure failed it: neither a failure nor a pass of the model.</summary>
    InfrastructureError,

    /// <summary>Cancelled by a person.</summary>
    Cancelled,

    /// <summary>Ran, but lies past the stop.</summary>
    Discarded,
}

/// <summary>What is kept of one rollout.</summary>
/// <param name="Key">Which.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Frames">Frames stepped.</param>
/// <param name="Checksum">The chained 64-bit checksum after the last frame.</param>
/// <param name="Ending">Why it ended: "horizon", "goal", "collision", "error".</param>
/// <param name="Values">One value per metric of the world's registry, in its order; NaN: not available.</param>
/// <param name="Detail">For errors: what went wrong; else null.</param>
public sealed record RolloutResult(
    RolloutKey Key,
    RolloutOutcome Outcome,
    int Frames,
    ulong Checksum,
    string Ending,
    IReadOnlyList<double> Values,
    string? Detail = null
);
