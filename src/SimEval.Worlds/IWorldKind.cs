using Newtonsoft.Json.Linq;
using SimEval.Metrics;
using SimEval.Scenarios;
using SimEval.Scenarios.Layouts;
using SimEval.Scenarios.Replays;

namespace SimEval.Worlds;

/// <summary>One kind of world ("driving"): reads its section of a scenario, and knows its metrics and policies.</summary>
public interface IWorldKind
{
    /// <summary>The key under "world".</summary>
    string Name { get; }

    /// <summary>The registry: every metric it measures, in the order of <see cref="IEpisode.Measure"/>.</summary>
    IReadOnlyList<MetricDefinition> Metrics { get; }

    /// <summary>Names of its built-in policies; the first is the reference ("expert").</summary>
    IReadOnlyList<string> Policies { get; }

    /// <summary>JSON schema (draft 7) of its section, for editors and for the reader's checks.</summary>
    JObject Schema { get; }

    /// <summary>
    /// Binds a section in which every placeholder has been replaced (numbers as JSON numbers in base units or texts with
    /// units). All errors are reported, with the line information that the tokens carry; null when there are any.
    /// Equal sections give equal worlds; expensive parts (a road network) are cached by content.
    /// </summary>
    IWorld? Bind(JObject section, ISourceFiles files, string sourceName, ICollection<ScenarioError> errors);

    /// <summary>
    /// The items of a suite file (planning problems of a CommonRoad file), each giving a point; an empty list is a file with
    /// nothing to run. Errors are reported, and the list is then empty.
    /// </summary>
    IReadOnlyList<string> ItemsOf(string path, ISourceFiles files, ICollection<ScenarioError> errors);

    /// <summary>
    /// Fills the metrics that compare with the reference policy's rollout on the same point and seed (progress against the
    /// expert, and the score that contains it). Both spans are in registry order.
    /// </summary>
    void Complete(Span<double> values, ReadOnlySpan<double> reference);
}

/// <summary>A world bound to one point: makes episodes. Immutable, shared by all rollouts of the point.</summary>
public interface IWorld
{
    /// <summary>Seconds a step.</summary>
    double TimeStep { get; }

    /// <summary>Most frames of an episode.</summary>
    int Horizon { get; }

    /// <summary>The observation's tensors, in the order of <see cref="IEpisode.Observe"/>.</summary>
    IReadOnlyList<TensorLayout> Observation { get; }

    /// <summary>The action: one vector.</summary>
    TensorLayout Action { get; }

    /// <summary>Starts an episode: a pure function of (this world, scenario seed, point, seed, actions).</summary>
    IEpisode Start(ulong scenarioSeed, PointKey point, int seed);

    /// <summary>
    /// A built-in policy for one episode; or, with <paramref name="recording"/>, one that follows the recorded states of a
    /// file. Null with errors reported when the name or the recording does not fit.
    /// </summary>
    IPolicy? CreatePolicy(string name, byte[]? recording, ICollection<ScenarioError> errors);

    /// <summary>The static part of a replay's picture.</summary>
    IReadOnlyList<ScenePath> Backdrop { get; }
}

/// <summary>One closed-loop episode: a pure stepper. Not thread-safe; allocates nothing per frame.</summary>
public interface IEpisode
{
    /// <summary>Frames stepped so far.</summary>
    int Frame { get; }

    /// <summary>Whether it has ended; no step may follow.</summary>
    bool IsOver { get; }

    /// <summary>Why it ended: "horizon", "goal", "collision", ...; "" while it runs.</summary>
    string Ending { get; }

    /// <summary>
    /// Checksum of the whole state after the last step, chained from the one before: equal checksums mean equal episodes.
    /// </summary>
    ulong Checksum { get; }

    /// <summary>Writes one tensor of the observation; the row is exactly its size.</summary>
    void Observe(int tensor, Span<float> row);

    /// <summary>Applies an action for one time step. Values outside the limits are clamped; NaN is the caller's to refuse.</summary>
    void Step(ReadOnlySpan<float> action);

    /// <summary>
    /// One time step in which <paramref name="before"/> is in effect for <paramref name="delay"/> seconds and
    /// <paramref name="action"/> for the rest. Without a delay it is <see cref="Step(ReadOnlySpan{float})"/>, bit for bit.
    /// </summary>
    /// <param name="before">The action in effect until then.</param>
    /// <param name="delay">Seconds, 0 to the world's time step.</param>
    /// <param name="action">The action that arrives.</param>
    void Step(ReadOnlySpan<float> before, double delay, ReadOnlySpan<float> action);

    /// <summary>Writes the action that changes nothing: what is in effect until the first one arrives.</summary>
    void Hold(Span<float> action);

    /// <summary>Writes the metrics, in registry order; NaN where not available. Those of <see cref="IWorldKind.Complete"/> are NaN yet.</summary>
    void Measure(Span<double> values);

    /// <summary>Appends the actors as they stand now.</summary>
    void Draw(ICollection<SceneActor> actors);

    /// <summary>What has happened so far, in order.</summary>
    IReadOnlyList<SceneEvent> Events { get; }
}

/// <summary>A policy inside the world: sees the episode itself, not its observation.</summary>
public interface IPolicy
{
    /// <summary>Writes the action for the next step.</summary>
    void Act(IEpisode episode, Span<float> action);
}
