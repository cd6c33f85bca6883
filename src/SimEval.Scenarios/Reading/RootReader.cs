using Newtonsoft.Json.Linq;
using SimEval.Scenarios.Sweeps;

namespace SimEval.Scenarios.Reading;

/// <summary>Reads the root object, section by section, each by its own reader, and puts the scenario together.</summary>
internal sealed class RootReader
{
    private const string VariantsExample = "\"variants\": { \"expert\": \"expert\" }";

    private readonly JObject root;
    private readonly IScenarioCatalogue catalogue;
    private readonly FoundFiles files;
    private readonly ScenarioLimits limits;
    private readonly Problems problems;
    private readonly List<AppliedDefault> defaults = [];
    private readonly Section section;
    private readonly WorldReader worlds;

    internal RootReader(
        JObject root,
        IScenarioCatalogue catalogue,
        FoundFiles files,
        ScenarioLimits limits,
        Problems problems
    )
    {
        (this.root, this.catalogue, this.files, this.limits, this.problems) = (
            root,
            catalogue,
            files,
            limits,
            problems
        );
        section = new Section(root, problems, defaults);
        worlds = new WorldReader(catalogue, problems);
    }

    private sealed record Judging(
        IReadOnlyList<Variant> Variants,
        int Declared,
        string? Baseline,
        IReadOnlyList<string> Metrics,
        IReadOnlyList<GateSpec> Gates
    );

    /// <summary>
    /// The scenario, whose text is <paramref name="text"/>; as far as it could be read when something is wrong, and null when that
    /// is not far enough to make a world.
    /// </summary>
    internal Scenario? Read(string text)
    {
        var hash = ScenarioHash.Of(root);
        section.Take("$schema");
        section.Take("version");
        section.Text("description", "\"description\": \"what it is for\"");
        var settings = new SettingsReader(section, limits, problems);
        var (name, team, labels) = (settings.ReadName(), settings.ReadTeam(), settings.ReadLabels());
        var priority = section.Integer("priority", -1000, 1000, 0);
        var (seed, seeds) = (settings.ReadSeed(), section.Integer("seeds", 1, limits.Seeds, 1));
        var latency = settings.ReadLatency();

        var world = worlds.Read(section);
        var suites = new SuiteReader(catalogue, files, limits, problems, world?.Kind);
        var sweep = ReadSweep(suites, world?.Section);
        var judging = ReadJudging(world?.Kind);
        var (budget, stopping) = (settings.ReadBudget(), settings.ReadStopping());
        if (budget.Rollouts is { } most && most < judging.Declared)
            problems.Error(
                root["budget"]!["rollouts"]!,
                $"a budget of {most} is less than one pair: every variant drives it, which takes {judging.Declared} rollouts"
            );
        section.Finish();

        var sized = CheckSize(sweep, seeds, judging.Declared);
        var points = CheckWorld(world, sweep, seed);
        if (!sized || world is not var (kind, worldSection) || points is null)
            return null;
        if (!problems.Any)
            SchemaDefaults.Collect(catalogue.SchemaOf(kind), worldSection, defaults);
        foreach (var path in suites.Matched)
            files.Size(path);
        return new Scenario
        {
            Name = name,
            Team = team,
            Priority = priority,
            Labels = labels,
            WorldKind = kind,
            World = worldSection,
            Points = points,
            Parameters = Describe(sweep.Parameters, points),
            Seed = seed,
            Seeds = seeds,
            Variants = judging.Variants,
            Baseline = judging.Baseline,
            Metrics = judging.Metrics,
            Gates = judging.Gates,
            Latency = latency,
            Budget = budget,
            Stopping = stopping,
            Defaults = defaults,
            Text = text,
            Hash = hash,
            SourceName = problems.SourceName,
            Files = files.Found,
        };
    }

    private Sweep ReadSweep(SuiteReader suites, JObject? world)
    {
        var given = section.Object("sweep", "\"sweep\": { \"gap\": [\"6 m\", \"12 m\"] }");
        var sweep = given is null ? Sweep.None : new SweepReader(limits, problems, suites).Read(given);
        if (world is null)
            return sweep;
        worlds.CheckPlaceholders(world, given?.Json);
        return suites.Complete(sweep, world, given?.Json);
    }

    private Judging ReadJudging(string? world)
    {
        IReadOnlyList<Variant> variants = [];
        IReadOnlyList<string> declared = [];
        if (
            section.Need("variants", VariantsExample) is not null
            && section.Object("variants", VariantsExample) is { } given
        )
        {
            declared = [.. given.Json.Properties().Take(limits.Variants).Select(p => p.Name)];
            if (world is not null)
                variants = new VariantReader(files, limits, problems, defaults, catalogue.PoliciesOf(world)).Read(
                    given.Json
                );
        }

        var baseline = ReadBaseline(declared);
        var metrics = world is null ? null : catalogue.MetricsOf(world);
        var gates = new GateReader(limits, problems, defaults, metrics, declared);
        return new Judging(
            variants,
            declared.Count,
            baseline,
            gates.ReadMetrics(section.List("metrics", "\"metrics\": [\"score\"]")),
            gates.Read(section.List("gates", "\"gates\": [{ \"metric\": \"score\", \"atLeast\": 0.8 }]"))
        );
    }

    private string? ReadBaseline(IReadOnlyList<string> declared)
    {
        if (section.Take("baseline") is not { } value || value.Type == JTokenType.Null)
            return null;
        if (Section.TextOf(value, problems, "the name of a variant") is not { } name)
            return null;
        if (declared.Contains(name))
            return name;
        if (declared.Count > 0)
            problems.Error(value, $"there is no variant {Wording.Quote(name)}", Nearest.Suggest(name, [.. declared]));
        return null;
    }

    /// <summary>
    /// The points, once the world has been checked at some of them. A file that is wrong elsewhere has its world checked all the
    /// same where the sweep allows, so that one reading reports everything.
    /// </summary>
    private IReadOnlyList<Point>? CheckWorld((string Kind, JObject Section)? world, Sweep sweep, ulong seed)
    {
        if (world is not var (kind, json) || problems.Full || problems.TooLarge)
            return null;
        var named = sweep.Parameters.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var marks = json.Descendants().OfType<JValue>().Where(WorldSection.IsMarked).Select(v => (string)v.Value!);
        if (!marks.All(mark => mark.StartsWith("$$", StringComparison.Ordinal) || named.Contains(mark[1..])))
            return null;
        var points = SweepExpansion.Expand(seed, sweep.Parameters, sweep.Samples, sweep.Design);
        worlds.CheckPoints(kind, json, points, files, limits.CheckedPoints);
        return points;
    }

    private bool CheckSize(Sweep sweep, int seeds, int variants)
    {
        var points = SweepExpansion.Count(sweep.Parameters, sweep.Samples);
        var at = root["sweep"] ?? root;
        if (points > limits.Points)
        {
            problems.Error(at, $"the sweep gives {points:N0} points: at most {limits.Points:N0}");
            problems.TooLarge = true;
            return false;
        }

        if (points * sweep.Parameters.Count > limits.Assignments)
        {
            problems.Error(
                at,
                $"{points:N0} points of {sweep.Parameters.Count} parameters are too many: at most {limits.Assignments:N0} values"
            );
            problems.TooLarge = true;
            return false;
        }

        var rollouts = points * seeds * Math.Max(1, variants);
        if (rollouts <= limits.Rollouts)
            return true;
        problems.Error(
            at,
            $"{points:N0} points x {seeds:N0} seeds x {variants:N0} variants are {rollouts:N0} rollouts: at most {limits.Rollouts:N0}"
        );
        return false;
    }

    private static List<SweptParameter> Describe(IReadOnlyList<SweepParameter> parameters, IReadOnlyList<Point> points)
    {
        const int listedAtMost = 64;
        var described = new List<SweptParameter>(parameters.Count);
        for (var k = 0; k < parameters.Count; k++)
        {
            var index = k;
            var values = points.Select(p => p.Assignment[index].Value).Distinct().ToList();
            var texts = values.Count > 0 && values[0].IsText;
            values = texts ? values : [.. values.OrderBy(v => v.Number)];
            var (least, greatest) =
                texts || values.Count == 0 ? (double.NaN, double.NaN) : (values[0].Number, values[^1].Number);
            described.Add(
                new SweptParameter(
                    parameters[k].Name,
                    parameters[k].Unit,
                    values.Count <= listedAtMost ? values : [],
                    least,
                    greatest
                )
            );
        }

        return described;
    }
}
