using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SimEval.LoadTests.Ladder;

/// <summary>bench.json: an array of {name, value, goal, direction, unit, detail}, sorted by name.</summary>
public static class BenchmarkFile
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Writes the file whole, or not at all. With <paramref name="keepOthers"/>, figures of that file that were not measured
    /// this time stay in it.
    /// </summary>
    public static void Write(string path, IReadOnlyCollection<Measurement> measurements, bool keepOthers)
    {
        var entries = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        if (keepOthers && File.Exists(path) && JsonNode.Parse(File.ReadAllText(path)) is JsonArray earlier)
        {
            foreach (var entry in earlier.OfType<JsonObject>())
            {
                entries[(string?)entry["name"] ?? ""] = entry.DeepClone();
            }
        }
        foreach (var measurement in measurements)
        {
            entries[measurement.Name] = ToJson(measurement);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = path + ".new";
        File.WriteAllText(temporary, new JsonArray([.. entries.Values]).ToJsonString(Indented) + "\n");
        File.Move(temporary, path, overwrite: true);
    }

    private static JsonObject ToJson(Measurement measurement) =>
        new()
        {
            ["name"] = measurement.Name,
            ["value"] = measurement.Value is { } value && double.IsFinite(value) ? value : null,
            ["goal"] = measurement.Goal,
            ["direction"] = measurement.Direction == GoalDirection.AtLeast ? "atLeast" : "atMost",
            ["unit"] = measurement.Unit,
            ["detail"] = measurement.Detail,
        };
}
