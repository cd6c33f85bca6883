namespace SimEval.Scenarios.Reading;

/// <summary>What came of reading a file.</summary>
/// <param name="Scenario">The scenario, or null when there is any error. Without points there is nothing to run (a warning says why).</param>
/// <param name="Errors">Everything that was wrong, in the order of the file.</param>
/// <param name="Warnings">What is probably not meant.</param>
public sealed record ScenarioReadResult(
    Scenario? Scenario,
    IReadOnlyList<ScenarioError> Errors,
    IReadOnlyList<ScenarioError> Warnings
)
{
    /// <summary>
    /// When there are errors: the scenario as far as it could be read, so that its models can be checked all the same; null when
    /// not even its world could be. It must never be run.
    /// </summary>
    public Scenario? Draft { get; init; }

    /// <summary>Whether the file is right but gives no rollout: a suite without a planning problem, a glob without a file.</summary>
    public bool NothingToRun => Scenario is { Points.Count: 0 };
}
