using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios.Units;

namespace SimEval.Scenarios.Reading;

/// <summary>Reads the keys of the root that say who, how much and how long: name, team, labels, seed, budget, stopping.</summary>
internal sealed partial class SettingsReader(Section root, ScenarioLimits limits, Problems problems)
{
    private static readonly double[] DefaultLooks = [0.25, 0.5, 0.75];

    /// <summary>The name, by default the file's.</summary>
    internal string ReadName() => ReadName("name", DefaultName(problems.SourceName));

    /// <summary>The owner.</summary>
    internal string ReadTeam() => ReadName("team", "default");

    private string ReadName(string key, string fallback)
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

    /// <summary>A name made of a file's: what no name may hold becomes '-'.</summary>
    internal static string DefaultName(string sourceName)
    {
        var file = sourceName[(sourceName.LastIndexOfAny(['/', '\\']) + 1)..];
        var dot = file.LastIndexOf('.');
        var stem = NotInNames().Replace(dot > 0 ? file[..dot] : file, "-").TrimStart('-', '.', '_');
        return stem.Length == 0 ? "scenario" : stem[..Math.Min(stem.Length, 100)];
    }

    internal Dictionary<string, string> ReadLabels()
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

    internal ulong ReadSeed()
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

    internal Latency ReadLatency()
    {
        if (root.Take("latency") is not { } value)
        {
            root.Default("latency", "none");
            return Latency.None;
        }

        foreach (var source in (LatencySource[])[LatencySource.None, LatencySource.Modelled, LatencySource.Measured])
        {
            var latency = new Latency(source, TimeSpan.Zero);
            if (value.Type == JTokenType.String && (string)value! == latency.ToString())
                return latency;
        }

        const double most = 10;
        if (
            value.Type == JTokenType.String
            && Quantity.TryRead(value, Dimension.Time, out var seconds, out _)
            && seconds is >= 0 and <= most
        )
            return new Latency(LatencySource.Fixed, TimeSpan.FromSeconds(seconds));
        problems.Error(
            value,
            $"{Section.Shown(value)} is no latency",
            $"Write \"none\", \"modelled\" (as the device's cost model says), \"measured\", or a time up to {most} s such as \"30 ms\""
        );
        return Latency.None;
    }

    internal Budget ReadBudget()
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

    internal EarlyStopping ReadStopping()
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

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex("[^A-Za-z0-9._-]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotInNames();
}
