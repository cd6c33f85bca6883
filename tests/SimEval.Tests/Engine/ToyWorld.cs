using Newtonsoft.Json.Linq;
using SimEval.Metrics;
using SimEval.Scenarios;
using SimEval.Scenarios.Layouts;
using SimEval.Scenarios.Numerics;
using SimEval.Scenarios.Replays;
using SimEval.Worlds;

namespace SimEval.Tests.Engine;

/// <summary>
/// The least world there can be: a mass pushed to and fro by noise, which the action should hold at zero. Enough to test
/// the engine without driving.
/// </summary>
internal sealed class ToyKind : IWorldKind
{
    public string Name => "toy";

    public IReadOnlyList<MetricDefinition> Metrics { get; } =
    [
        new("lost", "Lost", "", MetricDirection.LowerIsBetter, MetricScale.Binary, "toy", "The mass left [-4, 4]."),
        new("cost", "Cost", "", MetricDirection.LowerIsBetter, MetricScale.Real, "toy", "Mean square place."),
        new(
            "score",
            "Score",
            "",
            MetricDirection.HigherIsBetter,
            MetricScale.Share,
            "toy",
            "Reference cost over cost."
        ),
    ];

    public IReadOnlyList<string> Policies { get; } = ["expert", "idle", "throws"];

    public JObject Schema { get; } =
        JObject.Parse(
            """{"type":"object","properties":{"noise":{},"frames":{"type":"integer"}},"additionalProperties":false}"""
        );

    public IWorld? Bind(JObject section, ISourceFiles files, string sourceName, ICollection<ScenarioError> errors) =>
        new ToyWorld(section.Value<double?>("noise") ?? 0.1, section.Value<int?>("frames") ?? 50);

    public IReadOnlyList<string> ItemsOf(string path, ISourceFiles files, ICollection<ScenarioError> errors) => [];

    public void Complete(Span<double> values, ReadOnlySpan<double> reference) =>
        values[2] = values[1] > 0 ? Math.Min(1, reference[1] / values[1]) : 1;
}

internal sealed class ToyWorld(double noise, int horizon) : IWorld
{
    public double TimeStep => 0.1;

    public int Horizon => horizon;

    public IReadOnlyList<TensorLayout> Observation { get; } = [new("state", [2], "place m, speed m/s")];

    public TensorLayout Action { get; } = new("action", [1], "push m/s2");

    public IReadOnlyList<ScenePath> Backdrop => [];

    public IEpisode Start(ulong scenarioSeed, PointKey point, int seed) =>
        new ToyEpisode(Philox.ForStream(scenarioSeed, point, seed, "noise"), noise, horizon);

    public IPolicy? CreatePolicy(string name, byte[]? recording, ICollection<ScenarioError> errors) =>
        name switch
        {
            "expert" => new ToyPolicy(e => (float)(-2 * e.Place - 2 * e.Speed)),
            "idle" => new ToyPolicy(_ => 0),
            "throws" => new ToyPolicy(e =>
                e.Frame == 7 ? throw new InvalidOperationException("toy policy gave up") : 0
            ),
            _ => null,
        };

    private sealed class ToyPolicy(Func<ToyEpisode, float> act) : IPolicy
    {
        public void Act(IEpisode episode, Span<float> action) => action[0] = act((ToyEpisode)episode);
    }
}

internal sealed class ToyEpisode(Philox noise, double scale, int horizon) : IEpisode
{
    private double cost;

    public double Place { get; private set; } = 1;

    public double Speed { get; private set; }

    public int Frame { get; private set; }

    public bool IsOver => Frame == horizon || Math.Abs(Place) > 4;

    public string Ending =>
        !IsOver ? ""
        : Math.Abs(Place) > 4 ? "lost"
        : "horizon";

    public ulong Checksum { get; private set; } = 1;

    public IReadOnlyList<SceneEvent> Events => [];

    public void Observe(int tensor, Span<float> row)
    {
        row[0] = (float)Place;
        row[1] = (float)Speed;
    }

    public void Step(ReadOnlySpan<float> action) => Step(action, 0, action);

    public void Hold(Span<float> action) => action.Clear();

    public void Step(ReadOnlySpan<float> before, double delay, ReadOnlySpan<float> action)
    {
        Speed += delay * Math.Clamp(before[0], -5f, 5f);
        Speed += ((0.1 - delay) * Math.Clamp(action[0], -5f, 5f)) + (0.1 * scale * noise.Normal((ulong)Frame));
        Place += 0.1 * Speed;
        cost += Place * Place;
        Frame++;
        Checksum = Hash64.Mix(Hash64.Mix(Checksum, Place), Speed);
    }

    public void Measure(Span<double> values)
    {
        values[0] = Math.Abs(Place) > 4 ? 1 : 0;
        values[1] = cost / Frame;
        values[2] = double.NaN;
    }

    public void Draw(ICollection<SceneActor> actors) =>
        actors.Add(new(0, SceneActorKind.Ego, Place, 0, 0, 1, 1, Speed));
}
