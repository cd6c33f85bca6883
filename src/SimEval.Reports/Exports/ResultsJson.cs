using System.Globalization;
using Newtonsoft.Json;
using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Layers;
using SimEval.Metrics.Results;
using SimEval.Reports.Build;

namespace SimEval.Reports.Exports;

/// <summary>
/// The full results as one JSON object of a versioned shape (docs/formats/results-json.md). Numbers read back to the same
/// bits; 64-bit integers are texts; what does not exist is null.
/// </summary>
public static class ResultsJson
{
    /// <summary>Version of the shape.</summary>
    public const string Schema = "simeval.results/1";

    /// <summary>The whole document.</summary>
    public static string Write(ReportInput input)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var json = new JsonTextWriter(text) { Formatting = Formatting.Indented, Indentation = 1 };
        json.WriteStartObject();
        Text(json, "schema", Schema);
        Text(json, "run", input.Run);
        Text(json, "verdict", input.Verdict.ToString());
        Text(json, "resultsHash", input.ResultsHash);
        Text(json, "reproduce", input.Reproduce);
        json.WritePropertyName("wallSeconds");
        Number(json, input.WallTime.TotalSeconds);
        json.WritePropertyName("frames");
        json.WriteValue(input.Frames);
        Scenario(json, input);
        Counts(json, "rollouts", input.Results.CountAll());
        Metrics(json, input.Results.Plan);
        json.WritePropertyName("gates");
        json.WriteStartArray();
        foreach (var gate in input.Gates)
            Gate(json, gate);
        json.WriteEndArray();
        Departures(json, input);
        Provenance(json, input);
        Results(json, input.Results);
        json.WriteEndObject();
        json.Flush();
        return text.ToString() + "\n";
    }

    private static void Scenario(JsonTextWriter json, ReportInput input)
    {
        var scenario = input.Scenario;
        json.WritePropertyName("scenario");
        json.WriteStartObject();
        Text(json, "name", scenario.Name);
        Text(json, "team", scenario.Team);
        Text(json, "hash", scenario.Hash);
        Text(json, "seed", scenario.Seed.ToString(CultureInfo.InvariantCulture));
        json.WritePropertyName("seeds");
        json.WriteValue(scenario.Seeds);
        json.WritePropertyName("variants");
        json.WriteStartArray();
        for (var i = 0; i < scenario.Variants.Count; i++)
        {
            var variant = scenario.Variants[i];
            json.WriteStartObject();
            Text(json, "name", variant.Name);
            Text(json, "kind", CamelCase(variant.Kind.ToString()));
            Text(json, "source", variant.Source);
            Text(json, "device", variant.Device);
            Counts(json, "rollouts", input.Results.CountOf(input.Results.Plan.VariantOf(variant.Name)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Settings(json, "labels", scenario.Labels.Select(l => (l.Key, l.Value)));
        Settings(json, "defaults", scenario.Defaults.Select(d => (d.Path, d.Value)));
        json.WriteEndObject();
    }

    private static void Metrics(JsonTextWriter json, ResultPlan plan)
    {
        json.WritePropertyName("metrics");
        json.WriteStartArray();
        foreach (var metric in plan.Metrics)
        {
            json.WriteStartObject();
            Text(json, "name", metric.Name);
            Text(json, "title", metric.Title);
            Text(json, "unit", metric.Unit);
            Text(json, "direction", CamelCase(metric.Direction.ToString()));
            Text(json, "scale", CamelCase(metric.Scale.ToString()));
            Text(json, "source", metric.Source);
            Text(json, "description", metric.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Gate(JsonTextWriter json, GateResult gate)
    {
        json.WriteStartObject();
        Text(json, "metric", gate.Metric.Name);
        Text(json, "variant", gate.Variant);
        Text(json, "baseline", gate.Baseline);
        Text(json, "kind", CamelCase(gate.Gate.Kind.ToString()));
        Text(json, "statistic", CamelCase(gate.Gate.Statistic.ToString()));
        json.WritePropertyName("threshold");
        Number(json, gate.Gate.Threshold);
        Text(json, "verdict", gate.Verdict.ToString());
        Text(json, "reason", gate.Reason);
        Estimated(json, "value", gate.Value);
        Estimated(json, "baselineValue", gate.BaselineValue);
        Estimated(json, "decides", gate.Decides);
        Estimated(json, "uncorrected", gate.Uncorrected);
        json.WritePropertyName("isDifference");
        json.WriteValue(gate.IsDifference);
        json.WritePropertyName("line");
        Number(json, gate.Line);
        Text(json, "forbidden", gate.ForbiddenAbove ? "above" : "below");
        json.WritePropertyName("pValue");
        Number(json, gate.PValue);
        json.WritePropertyName("adjustedP");
        Number(json, gate.AdjustedP);
        json.WritePropertyName("tests");
        json.WriteValue(gate.Tests);
        json.WriteEndObject();
    }

    private static void Departures(JsonTextWriter json, ReportInput input)
    {
        json.WritePropertyName("departures");
        json.WriteStartArray();
        foreach (var departure in input.Departures)
        {
            json.WriteStartObject();
            Text(json, "variant", departure.Variant);
            Text(json, "parent", departure.Parent);
            json.WritePropertyName("sameFile");
            json.WriteValue(departure.SameFile);
            json.WritePropertyName("frames");
            json.WriteValue(departure.Frames);
            json.WritePropertyName("rollouts");
            json.WriteValue(departure.Rollouts);
            json.WritePropertyName("equal");
            json.WriteValue(departure.Report?.IsEqual);
            Text(json, "firstDeparture", departure.Report?.FirstDeparture);
            Text(json, "reason", departure.Reason);
            json.WritePropertyName("layers");
            json.WriteStartArray();
            foreach (var layer in departure.Report?.Layers ?? [])
                Layer(json, layer);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Layer(JsonTextWriter json, LayerDifference layer)
    {
        json.WriteStartObject();
        json.Formatting = Formatting.None;
        Text(json, "name", layer.Name);
        json.WritePropertyName("output");
        json.WriteValue(layer.IsOutput);
        json.WritePropertyName("sqnrDb");
        Number(json, layer.SqnrDb);
        json.WritePropertyName("maxError");
        Number(json, layer.MaxError);
        json.WritePropertyName("differing");
        json.WriteValue(layer.Differing);
        json.WritePropertyName("elements");
        json.WriteValue(layer.Elements);
        json.WritePropertyName("differingFrames");
        json.WriteValue(layer.DifferingFrames);
        json.WritePropertyName("frames");
        json.WriteValue(layer.Frames);
        json.WriteEndObject();
        json.Formatting = Formatting.Indented;
    }

    private static void Estimated(JsonTextWriter json, string name, Estimate? estimate)
    {
        json.WritePropertyName(name);
        if (estimate is null)
        {
            json.WriteNull();
            return;
        }

        json.WriteStartObject();
        json.WritePropertyName("value");
        Number(json, estimate.Value);
        json.WritePropertyName("low");
        Number(json, estimate.Interval.Low);
        json.WritePropertyName("high");
        Number(json, estimate.Interval.High);
        json.WritePropertyName("level");
        Number(json, estimate.Level);
        json.WritePropertyName("count");
        json.WriteValue(estimate.Count);
        json.WritePropertyName("effective");
        Number(json, estimate.Effective);
        json.WritePropertyName("clusters");
        json.WriteValue(estimate.Clusters);
        json.WritePropertyName("missing");
        json.WriteValue(estimate.Missing);
        Text(json, "method", estimate.Method);
        json.WriteEndObject();
    }

    private static void Provenance(JsonTextWriter json, ReportInput input)
    {
        Settings(json, "provenance", input.Provenance.Select(p => (p.Name, p.Value)));
        json.WritePropertyName("notes");
        json.WriteStartArray();
        foreach (var note in input.Notes)
            json.WriteValue(note);
        json.WriteEndArray();
    }

    // One line a rollout, so that a file of thousands can be read and compared as text.
    private static void Results(JsonTextWriter json, ResultSet results)
    {
        var plan = results.Plan;
        json.WritePropertyName("results");
        json.WriteStartArray();
        for (var pair = 0; pair < plan.Pairs.Count; pair++)
        {
            for (var variant = 0; variant < plan.Variants.Count; variant++)
            {
                if (results[variant, pair] is not { } result)
                    continue;
                json.Formatting = Formatting.Indented;
                json.WriteStartObject();
                json.Formatting = Formatting.None;
                Text(json, "variant", result.Key.Variant);
                Text(json, "point", result.Key.Point.ToString());
                json.WritePropertyName("seed");
                json.WriteValue(result.Key.Seed);
                Text(json, "assignment", plan.PointOf(result.Key.Point).ToString());
                Text(json, "outcome", CamelCase(result.Outcome.ToString()));
                Text(json, "ending", result.Ending);
                json.WritePropertyName("frames");
                json.WriteValue(result.Frames);
                Text(json, "checksum", result.Checksum.ToString("x16", CultureInfo.InvariantCulture));
                json.WritePropertyName("values");
                json.WriteStartArray();
                foreach (var value in result.Values)
                    Number(json, value);
                json.WriteEndArray();
                Text(json, "detail", result.Detail);
                json.WriteEndObject();
            }
        }

        json.Formatting = Formatting.Indented;
        json.WriteEndArray();
    }

    private static void Counts(JsonTextWriter json, string name, OutcomeCounts counts)
    {
        json.WritePropertyName(name);
        json.WriteStartObject();
        foreach (
            var (key, value) in new[]
            {
                ("completed", counts.Completed),
                ("modelFailed", counts.ModelFailed),
                ("infrastructureErrors", counts.InfrastructureErrors),
                ("cancelled", counts.Cancelled),
                ("discarded", counts.Discarded),
                ("missing", counts.Missing),
            }
        )
        {
            json.WritePropertyName(key);
            json.WriteValue(value);
        }

        json.WriteEndObject();
    }

    private static void Settings(JsonTextWriter json, string name, IEnumerable<(string Name, string Value)> settings)
    {
        json.WritePropertyName(name);
        json.WriteStartArray();
        foreach (var (key, value) in settings)
        {
            json.WriteStartObject();
            Text(json, "name", key);
            Text(json, "value", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Text(JsonTextWriter json, string name, string? value)
    {
        json.WritePropertyName(name);
        json.WriteValue(value);
    }

    private static void Number(JsonTextWriter json, double value)
    {
        if (double.IsFinite(value))
            json.WriteRawValue(value.ToString("R", CultureInfo.InvariantCulture));
        else
            json.WriteNull();
    }

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
