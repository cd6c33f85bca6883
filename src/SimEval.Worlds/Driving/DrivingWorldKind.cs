using Newtonsoft.Json.Linq;
using SimEval.Metrics;
using SimEval.Scenarios;
using SimEval.Scenarios.Layouts;
using SimEval.Worlds.Driving.Actions;
using SimEval.Worlds.Driving.Binding;
using SimEval.Worlds.Driving.Metrics;
using SimEval.Worlds.Driving.Sections;
using SimEval.Worlds.Driving.Sensing;
using SimEval.Worlds.Driving.Vehicles;

namespace SimEval.Worlds.Driving;

/// <summary>
/// The driving world: lanes, reactive and recorded traffic, a kinematic single-track ego. It keeps the roads and routes that
/// it has built, by content, so that the points of a sweep share them; binding is therefore for one caller at a time, while
/// the worlds that it returns are free for any thread.
/// </summary>
public sealed class DrivingWorldKind : IWorldKind
{
    private readonly WorldBinder binder = new();

    /// <summary>What a policy observes in a scenario that does not say: one flat vector.</summary>
    public static TensorLayout UsualObservation => FlatObservation.Layout;

    /// <summary>What a policy gives in a scenario that does not say: acceleration and steering angle.</summary>
    public static TensorLayout UsualAction { get; } =
        new ActionCodec(new ActionSection(), VehicleParameters.FordEscort).Layout;

    internal static IReadOnlyCollection<string> PolicyNames { get; } = ["expert", "constantVelocity", "recorded"];

    /// <inheritdoc/>
    public string Name => "driving";

    /// <inheritdoc/>
    public IReadOnlyList<MetricDefinition> Metrics => DrivingMetrics.All;

    /// <inheritdoc/>
    public IReadOnlyList<string> Policies { get; } = ["expert", "constantVelocity"];

    /// <inheritdoc/>
    public JObject Schema => SectionSchema.Create();

    /// <inheritdoc/>
    public IWorld? Bind(JObject section, ISourceFiles files, string sourceName, ICollection<ScenarioError> errors)
    {
        var found = new List<ScenarioError>();
        var read = SectionReader.Read(section, sourceName, found);
        var world = found.Count == 0 ? binder.Bind(read, section, files, sourceName, found) : null;
        foreach (var error in found.OrderBy(error => error.Line).ThenBy(error => error.Column))
            errors.Add(error);
        return found.Count == 0 ? world : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ItemsOf(string path, ISourceFiles files, ICollection<ScenarioError> errors) =>
        binder.Problems(path, files, errors);

    /// <inheritdoc/>
    public void Complete(Span<double> values, ReadOnlySpan<double> reference) =>
        NuPlanScore.Complete(values, reference);
}
