namespace SimEval.Entities.Scenarios;

/// <summary>What happens to a scenario over its life.</summary>
public abstract record ScenarioEvent
{
    private ScenarioEvent() { }

    /// <summary>A run id was handed out.</summary>
    public sealed record RunNumbered(int Number, string Token) : ScenarioEvent;

    /// <summary>A run was submitted, of a version known by its hash.</summary>
    public sealed record RunAdded(string Run, string Hash, DateTimeOffset At) : ScenarioEvent;

    /// <summary>A run was deleted.</summary>
    public sealed record RunRemoved(string Run) : ScenarioEvent;

    /// <summary>A run became what later runs are compared with.</summary>
    public sealed record BaselineAccepted(string Run, DateTimeOffset At) : ScenarioEvent;
}

/// <summary>One version of a scenario's text.</summary>
public sealed record ScenarioVersion(string Hash, DateTimeOffset FirstSeen);

/// <summary>A scenario as an entity: its versions, its runs, its accepted baseline.</summary>
/// <param name="Versions">In order of first submission.</param>
/// <param name="Runs">Run ids that exist, oldest first.</param>
/// <param name="Baseline">The accepted run; null: none.</param>
/// <param name="LastNumber">The last run number handed out; numbers are never used twice.</param>
/// <param name="LastToken">Whom it was handed to, so that a repeated request gets the same.</param>
public sealed record ScenarioHistory(
    IReadOnlyList<ScenarioVersion> Versions,
    IReadOnlyList<string> Runs,
    string? Baseline,
    int LastNumber,
    string LastToken
)
{
    /// <summary>Before anything happened.</summary>
    public static ScenarioHistory Initial { get; } = new([], [], null, 0, "");

    /// <summary>The state after an event.</summary>
    public static ScenarioHistory Evolve(ScenarioHistory state, ScenarioEvent happened) =>
        happened switch
        {
            ScenarioEvent.RunNumbered e => state with { LastNumber = e.Number, LastToken = e.Token },
            ScenarioEvent.RunAdded e => state with
            {
                Runs = [.. state.Runs, e.Run],
                Versions = state.Versions.Any(v => v.Hash == e.Hash)
                    ? state.Versions
                    : [.. state.Versions, new ScenarioVersion(e.Hash, e.At)],
            },
            ScenarioEvent.RunRemoved e => state with
            {
                Runs = [.. state.Runs.Where(r => r != e.Run)],
                Baseline = state.Baseline == e.Run ? null : state.Baseline,
            },
            ScenarioEvent.BaselineAccepted e => state with { Baseline = e.Run },
            _ => throw new InvalidOperationException($"scenario: unknown event {happened.GetType().Name}"),
        };
}
