using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios;
using SimEval.Scenarios.Reading;
using SimEval.Scenarios.Units;

namespace SimEval.Tests.Scenarios.Reading;

/// <summary>
/// A world with a speed, a gap, a lane and a file: { "ego": { "speed": "20 m/s" }, "gap": "9 m", "lanes": 3, "map": "a.xml" }.
/// </summary>
internal sealed class ToyCatalogue : IScenarioCatalogue
{
    private static readonly string[] Keys = ["ego", "gap", "lanes", "map", "kind"];

    public int Checks { get; private set; }

    public IReadOnlyList<string> Worlds { get; } = ["driving", "robot"];

    public JObject SchemaOf(string world) =>
        JObject.Parse(
            """
            {
              "$schema": "http://json-schema.org/draft-07/schema#",
              "type": "object",
              "properties": {
                "ego": { "$ref": "#/definitions/ego" },
                "gap": { "type": "string", "default": "12 m", "description": "Gap." },
                "lanes": { "type": "integer", "default": 3, "x-when": { "map": false } },
                "map": { "type": "string", "x-items": true },
                "kind": { "type": "string", "enum": ["wet", "dry"] }
              },
              "definitions": {
                "ego": { "type": "object", "default": {}, "properties": { "speed": { "type": "string", "default": "20 m/s" } } }
              },
              "examples": [{ "ego": { "speed": "25 m/s" }, "lanes": 2 }]
            }
            """
        );

    public IReadOnlyList<CatalogueMetric> MetricsOf(string world) =>
        [
            new("collision.atFault", "", true, "Collisions.") { IsShare = true, HigherIsBetter = false },
            new("score", "", true, "Score.") { IsShare = true, HigherIsBetter = true },
            new("acceleration.greatest", "m/s2", true, "Acceleration.") { HigherIsBetter = false },
            new("speed.mean", "m/s", false, "Speed."),
        ];

    public IReadOnlyList<string> PoliciesOf(string world) => ["expert", "constantVelocity"];

    public IReadOnlyList<string> ItemsOf(
        string world,
        string path,
        ISourceFiles files,
        ICollection<ScenarioError> errors
    )
    {
        var text = System.Text.Encoding.UTF8.GetString(files.Read(path) ?? []);
        if (!text.StartsWith("broken", StringComparison.Ordinal))
            return text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        errors.Add(new ScenarioError(path, 3, 4, "", "broken"));
        return [];
    }

    public void CheckWorld(
        string world,
        JObject section,
        ISourceFiles files,
        string sourceName,
        ICollection<ScenarioError> errors
    )
    {
        Checks++;
        foreach (var property in section.Properties().Where(p => !Keys.Contains(p.Name)))
            Report(property, $"unknown key '{property.Name}'");
        if (section["ego"] is JObject ego && ego["speed"] is { } speed)
            Quantify(speed, Dimension.Speed, 0, 60);
        if (section["gap"] is { } gap)
            Quantify(gap, Dimension.Length, 1, 200);
        if (section["lanes"] is { } lanes && lanes.Type != JTokenType.Integer)
            Report(lanes, "a whole number is expected");
        if (section["map"] is { } map && files.Size(files.Resolve(sourceName, ((string)map!).Split('#')[0])) is null)
            Report(map, $"there is no file {(string)map!}");

        void Quantify(JToken token, Dimension dimension, double least, double most)
        {
            if (!Quantity.TryRead(token, dimension, out var value, out var problem))
                Report(token, problem);
            else if (value < least || value > most)
                Report(token, $"{value} is out of range");
        }

        void Report(JToken token, string message)
        {
            var info = (IJsonLineInfo)token;
            errors.Add(new ScenarioError(sourceName, info.LineNumber, info.LinePosition, token.Path, message));
        }
    }
}
