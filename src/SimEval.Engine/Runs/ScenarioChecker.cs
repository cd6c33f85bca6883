using System.Text;
using SimEval.Engine.Catalogue;
using SimEval.Engine.Executors;
using SimEval.Metrics.Gates;
using SimEval.Scenarios;
using SimEval.Scenarios.Reading;

namespace SimEval.Engine.Runs;

/// <summary>A scenario that has been read, with its worlds and its variants made ready.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Files">Where its files are read.</param>
/// <param name="Worlds">Its worlds.</param>
/// <param name="Variants">Its variants by name; empty when there is nothing to run.</param>
public sealed record ReadyScenario(
    Scenario Scenario,
    ISourceFiles Files,
    WorldLibrary Worlds,
    IReadOnlyDictionary<string, PreparedVariant> Variants
);

/// <summary>What a check found.</summary>
/// <param name="Ready">The scenario; null when there are errors.</param>
/// <param name="Errors">Everything that is wrong.</param>
/// <param name="Warnings">What may be meant otherwise.</param>
public sealed record CheckResult(
    ReadyScenario? Ready,
    IReadOnlyList<ScenarioError> Errors,
    IReadOnlyList<ScenarioError> Warnings
);

/// <summary>Reads scenario files, and binds their models to their worlds' layouts.</summary>
public sealed class ScenarioChecker
{
    private readonly VariantPreparation preparation;
    private readonly ScenarioLimits limits;
    private readonly ISourceFiles files;

    /// <summary>A checker.</summary>
    /// <param name="catalogue">The worlds there are.</param>
    /// <param name="preparation">Makes variants ready.</param>
    /// <param name="limits">Limits of a scenario file.</param>
    /// <param name="files">Where files are read.</param>
    public ScenarioChecker(
        WorldCatalogue catalogue,
        VariantPreparation preparation,
        ScenarioLimits limits,
        ISourceFiles files
    )
    {
        this.files = files;
        Catalogue = catalogue;
        this.preparation = preparation;
        this.limits = limits;
    }

    /// <summary>The worlds there are.</summary>
    public WorldCatalogue Catalogue { get; }

    /// <summary>Checks a file: a scenario, or a CommonRoad scenario as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">Keys to set.</param>
    public CheckResult CheckFile(string path, IReadOnlyList<(string Key, string Value)> overrides)
    {
        if (!path.EndsWith(".xml", StringComparison.OrdinalIgnoreCase))
            return Prepared(
                ScenarioReader.ReadFile(path, Catalogue, files, overrides, limits),
                files,
                overrides,
                () => Encoding.UTF8.GetString(files.Read(path) ?? [])
            );
        if (files.Size(path) is null)
            return new CheckResult(null, [new ScenarioError(path, 0, 0, "", "there is no such file")], []);
        var name = Path.ChangeExtension(path, ".json");
        var result = CheckText(CommonRoadScenario.TextFor(path), name, files, overrides);
        return result with { Errors = OfFile(result.Errors), Warnings = OfFile(result.Warnings) };

        // Nobody wrote the scenario around the file: what is said of it is said of the file.
        IReadOnlyList<ScenarioError> OfFile(IReadOnlyList<ScenarioError> said) =>
            [.. said.Select(one => one.File == name ? one with { File = path, Line = 0, Column = 0, Path = "" } : one)];
    }

    /// <summary>Checks a text.</summary>
    /// <param name="text">The scenario.</param>
    /// <param name="sourceName">Named in errors; relative paths start from its folder.</param>
    /// <param name="files">Where files are read.</param>
    /// <param name="overrides">Keys to set.</param>
    /// <param name="prepare">Whether variants are made ready; reading results needs none.</param>
    public CheckResult CheckText(
        string text,
        string sourceName,
        ISourceFiles files,
        IReadOnlyList<(string Key, string Value)> overrides,
        bool prepare = true
    ) =>
        Prepared(
            ScenarioReader.Read(text, sourceName, Catalogue, files, overrides, limits),
            files,
            overrides,
            () => text,
            prepare
        );

    /// <summary>Makes one variant ready; null with errors reported when it can't run.</summary>
    public PreparedVariant? Prepare(ReadyScenario ready, Variant variant, ICollection<ScenarioError> errors) =>
        preparation.Prepare(
            variant,
            ready.Worlds.Of(ready.Scenario.Points[0].Key),
            ready.Files,
            preparation.Memory(),
            ready.Scenario.SourceName,
            errors
        );

    // Places are those of the text as it was written, which after overrides is not the scenario's.
    private CheckResult Prepared(
        ScenarioReadResult read,
        ISourceFiles files,
        IReadOnlyList<(string Key, string Value)> overrides,
        Func<string> written,
        bool prepare = true
    )
    {
        if (read.Scenario is not { } scenario)
            return new CheckResult(null, [.. read.Errors, .. Placed(ModelErrors(read, files, prepare))], read.Warnings);
        var worlds = LibraryOf(scenario, files);
        var errors = new List<ScenarioError>();
        var variants = prepare ? Prepare(scenario, worlds, files, errors) : [];

        IReadOnlyList<ScenarioError> warnings =
        [
            .. read.Warnings,
            .. Placed([.. DoubtfulGates(scenario), .. WithoutCostModel(scenario, variants)]),
        ];
        return errors.Count > 0
            ? new CheckResult(null, Placed(errors), warnings)
            : new CheckResult(new ReadyScenario(scenario, files, worlds, variants), [], warnings);

        IReadOnlyList<ScenarioError> Placed(IReadOnlyList<ScenarioError> found) =>
            found.Count == 0 ? found : ErrorPlaces.In(written(), overrides, found);
    }

    private Dictionary<string, PreparedVariant> Prepare(
        Scenario scenario,
        WorldLibrary worlds,
        ISourceFiles files,
        List<ScenarioError> errors
    )
    {
        var variants = new Dictionary<string, PreparedVariant>();
        if (scenario.Points.Count == 0)
            return variants;
        var world = worlds.Of(scenario.Points[0].Key);
        var memory = preparation.Memory();
        foreach (var variant in scenario.Variants)
            if (preparation.Prepare(variant, world, files, memory, scenario.SourceName, errors) is { } prepared)
                variants[variant.Name] = prepared;
        return variants;
    }

    // A file that is wrong elsewhere has its models bound all the same, where its world can be made: one check reports all.
    private IReadOnlyList<ScenarioError> ModelErrors(ScenarioReadResult read, ISourceFiles files, bool prepare)
    {
        if (!prepare || read.Draft is not { } draft)
            return [];
        var errors = new List<ScenarioError>();
        try
        {
            Prepare(draft, LibraryOf(draft, files), files, errors);
        }
        catch (InvalidDataException)
        {
            // The world itself is wrong, and that has been reported.
            return [];
        }

        return errors;
    }

    // A gate that no number of rollouts can decide is worth a word before the run, not after it.
    private IEnumerable<ScenarioError> DoubtfulGates(Scenario scenario)
    {
        var metrics = Catalogue.Kind(scenario.WorldKind).Metrics.ToDictionary(metric => metric.Name);
        foreach (var gate in scenario.Gates)
            if (GateRules.Check(gate, metrics[gate.Metric]) is { } doubt)
                yield return new ScenarioError(scenario.SourceName, 0, 0, gate.Path, doubt.Message, doubt.Suggestion);
    }

    private static IEnumerable<ScenarioError> WithoutCostModel(
        Scenario scenario,
        Dictionary<string, PreparedVariant> variants
    ) =>
        scenario.Latency.Source != LatencySource.Modelled
            ? []
            : variants
                .Values.Where(variant => variant.Model is { ModelledLatency: null })
                .Select(variant => new ScenarioError(
                    scenario.SourceName,
                    0,
                    0,
                    $"variants.{variant.Variant.Name}",
                    $"device {variant.Variant.Device} has no cost model, so under \"latency\": \"modelled\" its actions take effect at once",
                    "Boards (asic/...) have one; elsewhere write \"measured\", or a time such as \"30 ms\""
                ));

    private WorldLibrary LibraryOf(Scenario scenario, ISourceFiles files)
    {
        var points = scenario.Points.ToDictionary(point => point.Key);
        return new WorldLibrary(key =>
        {
            var errors = new List<ScenarioError>();
            var section = WorldSection.Resolve(scenario, points[key]);
            return Catalogue.Bind(scenario.WorldKind, section, files, scenario.SourceName, errors)
                ?? throw new InvalidDataException(string.Join("; ", errors));
        });
    }
}
