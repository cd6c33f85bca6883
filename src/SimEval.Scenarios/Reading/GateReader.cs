using Newtonsoft.Json.Linq;
using SimEval.Scenarios.Units;

namespace SimEval.Scenarios.Reading;

/// <summary>Reads the "gates" and "metrics" lists against the world's registry of metrics.</summary>
internal sealed class GateReader(
    ScenarioLimits limits,
    Problems problems,
    List<AppliedDefault> defaults,
    IReadOnlyList<CatalogueMetric>? metrics,
    IReadOnlyList<string> variants
)
{
    private const string Example = "{ \"metric\": \"collision.atFault\", \"atMost\": 0.01 }";

    internal static readonly IReadOnlyDictionary<string, GateKind> Kinds = new Dictionary<string, GateKind>(
        StringComparer.Ordinal
    )
    {
        ["atMost"] = GateKind.AtMost,
        ["atLeast"] = GateKind.AtLeast,
        ["noWorseBy"] = GateKind.NoWorseBy,
    };

    internal static readonly IReadOnlyDictionary<string, GateStatistic> Statistics = new Dictionary<
        string,
        GateStatistic
    >(StringComparer.Ordinal)
    {
        ["mean"] = GateStatistic.Mean,
        ["p50"] = GateStatistic.P50,
        ["p05"] = GateStatistic.P05,
        ["p95"] = GateStatistic.P95,
        ["p99"] = GateStatistic.P99,
    };

    internal IReadOnlyList<GateSpec> Read(JArray? list)
    {
        var gates = new List<GateSpec>();
        foreach (var item in list ?? [])
        {
            if (gates.Count >= limits.Gates)
            {
                problems.Error(item, $"too many gates: at most {limits.Gates}");
                break;
            }

            if (item is not JObject json)
                problems.Error(item, $"a gate is an object, not {Wording.KindOf(item)}", $"Write {Example}");
            else if (ReadOne(json) is { } gate)
                gates.Add(gate);
        }

        return gates;
    }

    /// <summary>The metrics to show first.</summary>
    internal IReadOnlyList<string> ReadMetrics(JArray? list)
    {
        var names = new List<string>();
        foreach (var item in list ?? [])
        {
            if (Section.TextOf(item, problems, "\"metrics\": [\"score\"]") is not { } name || !Known(name, item, out _))
                continue;
            if (names.Contains(name))
                problems.Warn(item, $"{Wording.Quote(name)} stands in the list already");
            else
                names.Add(name);
        }

        return names;
    }

    private GateSpec? ReadOne(JObject json)
    {
        var section = new Section(json, problems, defaults);
        var metricToken = section.Need("metric", Example);
        var given = Kinds.Keys.Where(json.ContainsKey).ToList();
        foreach (var key in Kinds.Keys)
            section.Take(key);
        var statistic = ReadStatistic(section);
        var judged = ReadVariants(section);
        var confidence = ReadShare(section, "confidence", 0.95, 0.5, 1, open: true);
        var minValid = ReadShare(section, "minValid", 0.98, 0, 1, open: false);
        section.Finish();
        if (given.Count != 1)
            problems.Error(json, $"a gate has exactly one of {string.Join(", ", Kinds.Keys)}, not {given.Count}");

        CatalogueMetric? metric = null;
        var name = metricToken is null ? null : Section.TextOf(metricToken, problems, "\"metric\": \"score\"");
        if (name is not null && !Known(name, metricToken!, out metric))
            name = null;
        if (given.Count != 1)
            return null;
        var kind = Kinds[given[0]];
        var limit = json[given[0]]!;
        var threshold = ReadThreshold(limit, kind, metric);
        if (metric is not null)
            CheckDirection(limit, given[0], kind, metric);
        return name is null || threshold is not { } bound
            ? null
            : new GateSpec(name, kind, bound, statistic, judged, confidence, minValid, json.Path);
    }

    private bool Known(string name, JToken at, out CatalogueMetric? metric)
    {
        metric = metrics?.FirstOrDefault(m => m.Name == name);
        if (metric is not null)
            return true;
        if (metrics is not null)
            problems.Error(
                at,
                $"the world measures no metric {Wording.Quote(name)}",
                Nearest.Suggest(name, [.. metrics.Select(m => m.Name)])
            );
        return false;
    }

    private void CheckDirection(JToken at, string key, GateKind kind, CatalogueMetric metric)
    {
        if (kind == GateKind.NoWorseBy && !metric.HasDirection)
            problems.Error(
                at,
                $"'{metric.Name}' is neither better high nor low, so nothing can be no worse",
                "Write atMost or atLeast"
            );
        else if (kind != GateKind.NoWorseBy && metric.HigherIsBetter == (kind == GateKind.AtMost))
            problems.Warn(
                at,
                $"'{metric.Name}' is better when {(kind == GateKind.AtMost ? "higher" : "lower")}, and this gate demands '{key}'"
            );
    }

    private double? ReadThreshold(JToken value, GateKind kind, CatalogueMetric? metric)
    {
        var (dimension, factor) = (Dimension.Number, 1.0);
        // A unit that is no quantity's (a count of things) takes a pure number.
        if (metric is { Unit.Length: > 0 } && !Quantity.TryParse("1 " + metric.Unit, out factor, out dimension, out _))
            (dimension, factor) = (Dimension.Number, 1);
        if (metric is null && value.Type == JTokenType.String)
            return null;
        if (!Quantity.TryRead(value, metric is null ? Dimension.Number : dimension, out var number, out var problem))
        {
            problems.Error(value, problem);
            return null;
        }

        number /= factor;
        var share = metric is { IsShare: true };
        if (kind == GateKind.NoWorseBy && number < 0)
            problems.Error(value, "a margin is at least 0");
        else if (share && number is < 0 or > 1)
            problems.Error(
                value,
                $"'{metric!.Name}' lies between 0 and 1, and so does what a gate demands of it; {Section.Shown(value)} does not",
                number is > 1 and <= 100 ? $"Write \"{Section.Shown(value).Trim('"')} %\" for a percentage" : null
            );
        else
            return number;
        return null;
    }

    private GateStatistic ReadStatistic(Section section)
    {
        if (section.Take("statistic") is not { } value)
        {
            section.Default("statistic", "mean");
            return GateStatistic.Mean;
        }

        if (Section.TextOf(value, problems, "\"statistic\": \"mean\"") is { } name && !Statistics.ContainsKey(name))
            problems.Error(
                value,
                $"unknown statistic {Wording.Quote(name)}",
                Nearest.Suggest(name, [.. Statistics.Keys])
            );
        return value.Type == JTokenType.String ? Statistics.GetValueOrDefault((string)value!) : GateStatistic.Mean;
    }

    private List<string> ReadVariants(Section section)
    {
        var names = new List<string>();
        foreach (var item in section.List("variants", "\"variants\": [\"int8\"]") ?? [])
        {
            if (Section.TextOf(item, problems, "\"variants\": [\"int8\"]") is not { } name)
                continue;
            if (!variants.Contains(name))
                problems.Error(
                    item,
                    $"there is no variant {Wording.Quote(name)}",
                    Nearest.Suggest(name, [.. variants])
                );
            else if (!names.Contains(name))
                names.Add(name);
        }

        return names;
    }

    private double ReadShare(Section section, string key, double fallback, double least, double most, bool open)
    {
        if (section.Take(key) is not { } value)
        {
            section.Default(key, fallback.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return fallback;
        }

        var expected = open ? $"a number above {least} and below {most}" : $"a number from {least} to {most}";
        var number = Section.NumberOf(
            value,
            problems,
            open ? double.BitIncrement(least) : least,
            open ? double.BitDecrement(most) : most,
            expected
        );
        return number ?? fallback;
    }
}
