using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios.Sweeps;
using SimEval.Scenarios.Units;

namespace SimEval.Scenarios.Reading;

/// <summary>
/// Reads scenario files: JSON with comments and trailing commas. Reports everything that is wrong with a file, each error with
/// its place and what would be right; never throws on account of the text, and keeps within the limits whatever the text is.
/// </summary>
public static partial class ScenarioReader
{
    /// <summary>The newest version of the format.</summary>
    public const int Version = 1;

    /// <summary>The keys of a scenario file.</summary>
    public static readonly IReadOnlyList<string> Keys =
    [
        "$schema",
        "version",
        "name",
        "description",
        "team",
        "priority",
        "labels",
        "world",
        "sweep",
        "seed",
        "seeds",
        "variants",
        "baseline",
        "metrics",
        "gates",
        "budget",
        "stopping",
        "latency",
    ];

    private static readonly double[] DefaultLooks = [0.25, 0.5, 0.75];

    /// <summary>Reads a file through <paramref name="files"/>; a file that is absent, too large or no UTF-8 is an error like any other.</summary>
    public static ScenarioReadResult ReadFile(
        string path,
        IScenarioCatalogue catalogue,
        ISourceFiles files,
        IReadOnlyList<(string Key, string Value)> overrides,
        ScenarioLimits limits
    )
    {
        string message;
        try
        {
            // A character takes at most four bytes.
            if (files.Size(path) is { } size && size > 4L * limits.FileLength)
                message = $"the file is too large: {size:N0} bytes";
            else if (files.Read(path) is { } bytes)
                return Read(new UTF8Encoding(false, true).GetString(bytes), path, catalogue, files, overrides, limits);
            else
                message = "there is no such file";
        }
        catch (IOException failure)
        {
            message = $"the file cannot be read: {Wording.Clean(failure.Message, 300)}";
        }
        catch (DecoderFallbackException)
        {
            message = "the file is not UTF-8 text";
        }

        return new ScenarioReadResult(null, [new ScenarioError(path, 0, 0, "", message)], []);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="sourceName">The file's name: named in errors, and what relative paths start from.</param>
    /// <param name="catalogue">What worlds there are.</param>
    /// <param name="files">The files that the scenario names.</param>
    /// <param name="overrides">Keys to set before reading: a path ("variants.int8.model", "gates[0].atMost") and a value, which is JSON if it reads as such and a text otherwise.</param>
    /// <param name="limits">The most that the file may ask for.</param>
    public static ScenarioReadResult Read(
        string text,
        string sourceName,
        IScenarioCatalogue catalogue,
        ISourceFiles files,
        IReadOnlyList<(string Key, string Value)> overrides,
        ScenarioLimits limits
    )
    {
        var problems = new Problems(sourceName, limits.Errors);
        var root = JsonSource.ReadObject(text, limits, problems);
        if (root is null)
            return new ScenarioReadResult(null, problems.Errors, []);

        var found = new FoundFiles(files);
        var wrongOverrides = new List<ScenarioError>();
        var setter = new Overrides(root, found, limits, wrongOverrides);
        foreach (var (key, value) in overrides)
            setter.Apply(key, value);
        foreach (var error in wrongOverrides)
            problems.Adopt(error);
        if (overrides.Count > 0)
        {
            text = root.ToString(Formatting.Indented);
            // What is stored must read again, and a value set deep inside may pass a limit that neither part does alone.
            var again = new Problems("--set", 1);
            if (JsonSource.ReadObject(text, limits, again) is null)
                problems.Adopt(again.Errors[0] with { Line = 0, Column = 0 });
        }

        var scenario = IsNewer(root, problems) ? null : ReadRoot(root, text, catalogue, found, limits, problems);
        return new ScenarioReadResult(problems.Any ? null : scenario, problems.Errors, problems.Warnings);
    }

    private static bool IsNewer(JObject root, Problems problems)
    {
        if (!root.TryGetValue("version", StringComparison.Ordinal, out var value))
            return false;
        if (Section.WholeOf(value) is { } version && version > Version)
        {
            problems.Error(
                value,
                $"the file is of version {Section.Shown(value)}; this program reads version {Version}",
                "Use a newer SimEval"
            );
            return true;
        }

        Section.IntegerOf(value, problems, 1, Version);
        return false;
    }

    private static Scenario? ReadRoot(
        JObject root,
        string text,
        IScenarioCatalogue catalogue,
        FoundFiles files,
        ScenarioLimits limits,
        Problems problems
    )
    {
        var defaults = new List<AppliedDefault>();
        var section = new Section(root, problems, defaults);
        section.Take("$schema");
        section.Take("version");
        section.Text("description", "\"description\": \"what it is for\"");
        var name = ReadName(section, "name", DefaultName(problems.SourceName), problems);
        var team = ReadName(section, "team", "default", problems);
        var priority = section.Integer("priority", -1000, 1000, 0);
        var labels = ReadLabels(section, limits, problems);
        var seed = ReadSeed(section, problems);
        var seeds = section.Integer("seeds", 1, limits.Seeds, 1);
        ReadLatency(section, problems);

        var worlds = new WorldReader(catalogue, problems);
        var world = worlds.Read(section);
        var suites = new SuiteReader(catalogue, files, limits, problems, world?.Kind);
        var sweepSection = section.Object("sweep", "\"sweep\": { \"gap\": [\"6 m\", \"12 m\"] }");
        var sweep = sweepSection is null ? Sweep.None : new SweepReader(limits, problems, suites).Read(sweepSection);
        if (world is { } known)
            worlds.CheckPlaceholders(known.Section, sweepSection?.Json);

        var variants = ReadVariants(
            section,
            world?.Kind,
            catalogue,
            files,
            limits,
            problems,
            defaults,
            out var declared
        );
        var baseline = ReadBaseline(section, declared, problems);
        var gateReader = new GateReader(
            limits,
            problems,
            defaults,
            world is null ? null : catalogue.MetricsOf(world.Value.Kind),
            declared
        );
        var metrics = gateReader.ReadMetrics(section.List("metrics", "\"metrics\": [\"score\"]"));
        var gates = gateReader.Read(section.List("gates", "\"gates\": [{ \"metric\": \"score\", \"atLeast\": 0.8 }]"));
        var budget = ReadBudget(section, limits, problems);
        var stopping = ReadStopping(section, problems);
        section.Finish();

        if (
            !CheckSize(root, sweep, seeds, declared.Count, limits, problems)
            || problems.Any
            || world is not var (kind, worldSection)
        )
            return CheckBroken(world, sweep, problems, worlds, files, seed, limits);
        var points = SweepExpansion.Expand(seed, sweep.Parameters, sweep.Samples, sweep.Design);
        worlds.CheckPoints(kind, worldSection, points, files, limits.CheckedPoints);
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
            Variants = variants,
            Baseline = baseline,
            Metrics = metrics,
            Gates = gates,
            Budget = budget,
            Stopping = stopping,
            Defaults = defaults,
            Text = text,
            Hash = ScenarioHash.Of(root),
            SourceName = problems.SourceName,
            Files = files.Found,
        };
    }

    /// <summary>
    /// The file is wrong already; its world is checked all the same where the sweep allows, at a few points, so that one reading
    /// reports the world's errors too.
    /// </summary>
    private static Scenario? CheckBroken(
        (string Kind, JObject Section)? world,
        Sweep sweep,
        Problems problems,
        WorldReader worlds,
        ISourceFiles files,
        ulong seed,
        ScenarioLimits limits
    )
    {
        if (world is not var (kind, section) || problems.Full || problems.TooLarge)
            return null;
        var named = sweep.Parameters.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var marks = section.Descendants().OfType<JValue>().Where(WorldSection.IsMarked).Select(v => (string)v.Value!);
        if (!marks.All(mark => mark.StartsWith("$$", StringComparison.Ordinal) || named.Contains(mark[1..])))
            return null;
        var points = SweepExpansion.Expand(seed, sweep.Parameters, sweep.Samples, sweep.Design);
        worlds.CheckPoints(kind, section, points, files, limits.CheckedPoints);
        return null;
    }

    private static bool CheckSize(
        JObject root,
        Sweep sweep,
        int seeds,
        int variants,
        ScenarioLimits limits,
        Problems problems
    )
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

    private static IReadOnlyList<Variant> ReadVariants(
        Section root,
        string? world,
        IScenarioCatalogue catalogue,
        ISourceFiles files,
        ScenarioLimits limits,
        Problems problems,
        List<AppliedDefault> defaults,
        out IReadOnlyList<string> declared
    )
    {
        declared = [];
        if (root.Need("variants", "\"variants\": { \"expert\": \"expert\" }") is null)
            return [];
        if (root.Object("variants", "\"variants\": { \"expert\": \"expert\" }") is not { } section)
            return [];
        declared = [.. section.Json.Properties().Take(limits.Variants).Select(p => p.Name)];
        return world is null
            ? []
            : new VariantReader(files, limits, problems, defaults, catalogue.PoliciesOf(world)).Read(section.Json);
    }

    private static string? ReadBaseline(Section root, IReadOnlyList<string> declared, Problems problems)
    {
        if (root.Take("baseline") is not { } value || value.Type == JTokenType.Null)
            return null;
        if (Section.TextOf(value, problems, "the name of a variant") is not { } name)
            return null;
        if (declared.Contains(name))
            return name;
        if (declared.Count > 0)
            problems.Error(value, $"there is no variant {Wording.Quote(name)}", Nearest.Suggest(name, [.. declared]));
        return null;
    }

    private static string ReadName(Section root, string key, string fallback, Problems problems)
    {
        if (root.Take(key) is not { } value)
        {
            root.Default(key, fallback);
            return fallback;
        }

        if (Section.TextOf(value, problems, $"\"{key}\": \"{fallback}\"") is not { } name)
            return fallback;
        if (Name().IsMatch(name))
            return name;
        problems.Error(
            value,
            $"{Wording.Quote(name)} is not a {key}: letters, digits, '-', '_' and '.', at most 100, beginning with a letter or digit"
        );
        return fallback;
    }

    private static string DefaultName(string sourceName)
    {
        var file = sourceName[(sourceName.LastIndexOfAny(['/', '\\']) + 1)..];
        var dot = file.LastIndexOf('.');
        var stem = NotInNames().Replace(dot > 0 ? file[..dot] : file, "-").TrimStart('-', '.', '_');
        return stem.Length == 0 ? "scenario" : stem[..Math.Min(stem.Length, 100)];
    }

    private static Dictionary<string, string> ReadLabels(Section root, ScenarioLimits limits, Problems problems)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in root.Object("labels", "\"labels\": { \"branch\": \"main\" }")?.Json.Properties() ?? [])
        {
            if (labels.Count >= limits.Labels)
            {
                problems.Error(property, $"too many labels: at most {limits.Labels}");
                break;
            }

            if (property.Name.Length is 0 or > 100)
                problems.Error(property, "a label's name has 1 to 100 characters");
            else if (Section.TextOf(property.Value, problems, "\"branch\": \"main\"") is { } label)
                labels[property.Name] = label;
        }

        return labels;
    }

    private static ulong ReadSeed(Section root, Problems problems)
    {
        const ulong fallback = 1;
        if (root.Take("seed") is not { } value)
        {
            root.Default("seed", fallback.ToString(CultureInfo.InvariantCulture));
            return fallback;
        }

        if (Section.WholeOf(value) is { } seed && seed >= 0 && seed <= (BigInteger)ulong.MaxValue)
            return (ulong)seed;
        problems.Error(value, $"a seed is a whole number from 0 to {ulong.MaxValue}, not {Section.Shown(value)}");
        return fallback;
    }

    private static void ReadLatency(Section root, Problems problems)
    {
        if (root.Take("latency") is not { } value)
            root.Default("latency", "none");
        else if (value.Type != JTokenType.String || (string)value! != "none")
            problems.Error(
                value,
                $"the latency {Section.Shown(value)} is not supported: actions take effect at once",
                "Write \"none\""
            );
    }

    private static Budget ReadBudget(Section root, ScenarioLimits limits, Problems problems)
    {
        if (root.Object("budget", "\"budget\": { \"rollouts\": 1000, \"wallTime\": \"10 min\" }") is not { } section)
        {
            if (root.Json["budget"] is null)
                root.Default("budget", "none");
            return new Budget(null, null);
        }

        int? rollouts = section.Take("rollouts") is { } count
            ? Section.IntegerOf(count, problems, 1, limits.Rollouts)
            : null;
        TimeSpan? wallTime = null;
        if (section.Take("wallTime") is { } time)
        {
            if (!Quantity.TryRead(time, Dimension.Time, out var seconds, out var problem))
                problems.Error(time, problem);
            else if (seconds is < 1 or > 30 * 86400.0)
                problems.Error(time, $"a wall time lies between 1 s and 720 h, unlike {Section.Shown(time)}");
            else
                wallTime = TimeSpan.FromSeconds(seconds);
        }

        section.Finish();
        return new Budget(rollouts, wallTime);
    }

    private static EarlyStopping ReadStopping(Section root, Problems problems)
    {
        if (
            root.Object("stopping", "\"stopping\": { \"enabled\": true, \"looks\": [0.25, 0.5, 0.75] }")
            is not { } section
        )
        {
            if (root.Json["stopping"] is null)
                root.Default("stopping.enabled", "false");
            return new EarlyStopping(false, DefaultLooks);
        }

        var enabled = true;
        if (section.Take("enabled") is { } value)
        {
            if (value.Type == JTokenType.Boolean)
                enabled = (bool)value;
            else
                problems.Error(value, $"'enabled' is true or false, not {Wording.KindOf(value)}");
        }
        else
            section.Default("enabled", "true");

        var looks = new List<double>();
        if (section.List("looks", "\"looks\": [0.25, 0.5, 0.75]") is { } list)
        {
            foreach (var item in list.Take(100))
            {
                if (
                    Section.NumberOf(
                        item,
                        problems,
                        double.Epsilon,
                        double.BitDecrement(1),
                        "a share of all pairs, above 0 and below 1,"
                    )
                    is not { } look
                )
                    continue;
                if (looks.Count > 0 && look <= looks[^1])
                    problems.Error(item, "looks come in ascending order");
                looks.Add(look);
            }

            if (list.Count > 100)
                problems.Error(list, "at most 100 looks");
        }
        else
            section.Default("looks", "0.25, 0.5, 0.75");
        section.Finish();
        return new EarlyStopping(enabled, section.Json["looks"] is null ? DefaultLooks : looks);
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

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex("[^A-Za-z0-9._-]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotInNames();
}
