using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios.Reading;

namespace SimEval.Scenarios.Authoring;

/// <summary>A commented scenario file to start from.</summary>
public static class ScenarioTemplate
{
    /// <summary>
    /// A file that reads without error and runs as it is: the world's own example, its policies as variants, a gate on its first
    /// judged metric; what else a file may say stands in comments.
    /// </summary>
    /// <param name="kind">The kind of world ("driving").</param>
    /// <param name="name">Name of the scenario; what no name may hold becomes '-'.</param>
    /// <param name="schema">What "$schema" says: a path of scenario.schema.json relative to the file, or null to leave it out.</param>
    /// <param name="catalogue">What worlds there are.</param>
    /// <exception cref="ArgumentException">There is no such world; the message names those there are.</exception>
    public static string New(string kind, string name, string? schema, IScenarioCatalogue catalogue)
    {
        if (!catalogue.Worlds.Contains(kind))
        {
            var suggestion = Nearest.Suggest(kind, [.. catalogue.Worlds]);
            throw new ArgumentException($"There is no world '{Wording.Clean(kind)}'. {suggestion}".TrimEnd());
        }

        var section = (catalogue.SchemaOf(kind)["examples"] as JArray)?.FirstOrDefault() as JObject ?? [];
        var policies = catalogue.PoliciesOf(kind);
        var text = new StringBuilder();
        text.Append(
                "// A scenario: a world, the variants to run in it, and what they must meet. Comments and trailing commas are allowed."
            )
            .Append('\n');
        text.Append("{\n");
        if (schema is not null)
            Line(text, $"\"$schema\": {Json(schema)},");
        Line(text, $"\"name\": {Json(SettingsReader.DefaultName(name + ".json"))},");
        text.Append('\n');
        Line(
            text,
            "// Units are written. Any value may be a swept parameter: \"$gap\" here, and \"gap\" under \"sweep\"."
        );
        Line(text, $"\"world\": {Indented(new JObject(new JProperty(kind, section.DeepClone())))},");
        text.Append('\n');
        Line(text, "// \"sweep\": {");
        Line(text, "//   \"gap\": { \"grid\": [\"6 m\", \"40 m\", 12] },");
        Line(text, "//   \"speed\": { \"uniform\": [\"20 m/s\", \"32 m/s\"] },");
        Line(text, "// },");
        Line(text, "\"seeds\": 10,");
        text.Append('\n');
        Line(text, "// A policy's name, or the path of a model: \"mine\": \"../models/mine.onnx\".");
        Line(text, "\"variants\": {");
        foreach (var policy in policies.Take(2))
            Line(text, $"  {Json(policy)}: {Json(policy)},");
        Line(text, "},");
        if (
            catalogue.MetricsOf(kind).FirstOrDefault(m => m is { HasDirection: true, Unit.Length: 0 }) is { } metric
            && policies.Count > 0
        )
        {
            Line(text, $"\"baseline\": {Json(policies[0])},");
            text.Append('\n');
            Line(text, "// Exactly one of atMost, atLeast, noWorseBy (than the baseline).");
            Line(text, "\"gates\": [");
            Line(text, $"  {{ \"metric\": {Json(metric.Name)}, \"noWorseBy\": 0.01 }},");
            Line(text, "],");
        }

        text.Append("}\n");
        return text.ToString();
    }

    private static void Line(StringBuilder text, string line) =>
        text.Append(CultureInfo.InvariantCulture, $"  {line}\n");

    private static string Json(string text) => JsonConvert.ToString(text);

    private static string Indented(JObject json) => json.ToString(Formatting.Indented).ReplaceLineEndings("\n  ");
}
