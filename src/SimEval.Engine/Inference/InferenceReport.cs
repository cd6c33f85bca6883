using SimEval.Entities.Runs;
using SimEval.Metrics.OpenLoop;

namespace SimEval.Engine.Inference;

/// <summary>One output of a finished batch inference.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Element type: "float32".</param>
/// <param name="Shape">Sizes over all frames or rows.</param>
public sealed record InferredArray(string Name, string Type, IReadOnlyList<long> Shape);

/// <summary>What a finished batch inference gave; kept beside its conclusion.</summary>
/// <param name="Frames">Frames, or rows.</param>
/// <param name="Arrays">Outputs.</param>
/// <param name="Metrics">Open-loop metrics against the recorded actions; null with given tensors.</param>
public sealed record InferenceReport(long Frames, IReadOnlyList<InferredArray> Arrays, OpenLoopMetrics? Metrics);

/// <summary>A batch inference as it is kept.</summary>
/// <param name="Submission">What was submitted.</param>
/// <param name="UnitsDone">Units that are durable.</param>
/// <param name="Conclusion">How it ended; null: it has not.</param>
/// <param name="Report">What it gave; null while it has not ended, or when the model failed.</param>
public sealed record StoredInference(
    Submission Submission,
    int UnitsDone,
    Conclusion? Conclusion,
    InferenceReport? Report
)
{
    /// <summary>What it infers.</summary>
    public BatchInference What => Submission.Inference!;
}
