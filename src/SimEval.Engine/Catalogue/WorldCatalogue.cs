using Newtonsoft.Json.Linq;
using SimEval.Metrics;
using SimEval.Scenarios;
using SimEval.Scenarios.Reading;
using SimEval.Worlds;

namespace SimEval.Engine.Catalogue;

/// <summary>What the scenario reader is handed: the worlds there are, seen through what a file may name.</summary>
public sealed class WorldCatalogue : IScenarioCatalogue
{
    private readonly Dictionary<string, IWorldKind> kinds;

    // Binding caches road networks inside a kind, which is a pure type without locks: one caller at a time.
    private readonly Lock binding = new();

    /// <summary>A catalogue of worlds.</summary>
    public WorldCatalogue(params IEnumerable<IWorldKind> kinds) => this.kinds = kinds.ToDictionary(kind => kind.Name);

    /// <inheritdoc/>
    public IReadOnlyList<string> Worlds => [.. kinds.Keys];

    /// <summary>The kind of this name.</summary>
    public IWorldKind Kind(string world) => kinds[world];

    /// <inheritdoc/>
    public JObject SchemaOf(string world) => kinds[world].Schema;

    /// <inheritdoc/>
    public IReadOnlyList<CatalogueMetric> MetricsOf(string world) =>
        [
            .. kinds[world]
                .Metrics.Select(metric => new CatalogueMetric(
                    metric.Name,
                    metric.Unit,
                    metric.Direction != MetricDirection.Neutral,
                    metric.Description
                )
                {
                    IsShare = metric.Scale != MetricScale.Real,
                    HigherIsBetter = metric.Direction switch
                    {
                        MetricDirection.HigherIsBetter => true,
                        MetricDirection.LowerIsBetter => false,
                        _ => null,
                    },
                }),
        ];

    /// <inheritdoc/>
    public IReadOnlyList<string> PoliciesOf(string world) => kinds[world].Policies;

    /// <inheritdoc/>
    public IReadOnlyList<string> ItemsOf(
        string world,
        string path,
        ISourceFiles files,
        ICollection<ScenarioError> errors
    )
    {
        lock (binding)
            return kinds[world].ItemsOf(path, files, errors);
    }

    /// <inheritdoc/>
    public void CheckWorld(
        string world,
        JObject section,
        ISourceFiles files,
        string sourceName,
        ICollection<ScenarioError> errors
    ) => Bind(world, section, files, sourceName, errors);

    /// <summary>Binds a section; null with errors reported when it does not fit.</summary>
    public IWorld? Bind(
        string world,
        JObject section,
        ISourceFiles files,
        string sourceName,
        ICollection<ScenarioError> errors
    )
    {
        lock (binding)
            return kinds[world].Bind(section, files, sourceName, errors);
    }
}
