using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios;
using SimEval.Worlds.Driving;
using Xunit;

namespace SimEval.Tests.Worlds.Driving;

public class DrivingSectionTests
{
    [Theory]
    [InlineData("""{ "raod": {} }""", "unknown key \"raod\"", "'road'")]
    [InlineData("""{ "ego": { "sped": "3 m/s" } }""", "unknown key \"sped\"", "'speed'")]
    [InlineData("""{ "ego": { "speed": "3 m" } }""", "a length; a speed is expected", null)]
    [InlineData("""{ "ego": { "speed": "900 m/s" } }""", "\"speed\" is", "0 to 60 m/s")]
    [InlineData("""{ "road": { "lanes": 2.5 } }""", "\"lanes\" is 2.5", "whole number from 1 to 8")]
    [InlineData("""{ "road": { "lanes": 99 } }""", "\"lanes\" is 99", "from 1 to 8")]
    [InlineData("""{ "traffic": { } }""", "\"traffic\" is", "A list")]
    [InlineData("""{ "traffic": [{ "cutIn": { } }] }""", "unknown key \"cutIn\"", "'cutsIn'")]
    [InlineData("""{ "traffic": [{ }] }""", "says nothing", "fill, cutsIn")]
    [InlineData("""{ "traffic": [{ "fill": "20 km" }] }""", "a density", null)]
    [InlineData("""{ "observation": { "kind": "flet" } }""", "\"kind\" is", "'flat'")]
    [InlineData("""{ "observation": { "agents": 3 } }""", "unknown key \"agents\"", null)]
    [InlineData("""{ "action": { "scale": [1] } }""", "\"scale\" has 1", "has 2")]
    [InlineData("""{ "commonRoad": "a.xml", "road": {} }""", "both", "keep one")]
    [InlineData("""{ "commonRoad": "not-here.xml" }""", "there is no file", null)]
    [InlineData("""{ "ego": { "lane": 5 } }""", "no way \"main.5\"", "main.0")]
    [InlineData("""{ "ego": { "position": "2 km" } }""", "starts 2000 m", "Start it earlier")]
    [InlineData("""{ "ego": { "on": "ramp" } }""", "no way \"ramp\"", "main.0")]
    [InlineData("""{ "timeStep": "0.01 s", "duration": "1 h" }""", "360000 frames", "At most 20000")]
    [InlineData(
        """{ "road": { "length": "50 km" }, "traffic": [{ "fill": "100 /km" }] }""",
        "vehicles",
        "At most 2000"
    )]
    [InlineData("""{ "reactive": "yes" }""", "\"reactive\" is", "true or false")]
    public void What_is_wrong_is_said_with_what_would_be_right(string json, string message, string? suggestion)
    {
        var errors = Errors(json);
        Assert.Contains(errors, error => error.Message.Contains(message) && Suggests(error, suggestion));
    }

    [Fact]
    public void All_errors_are_reported_with_their_lines()
    {
        var errors = Errors("{\n \"ego\": { \"speed\": \"3 m\" },\n \"road\": { \"lines\": 2 } }");
        Assert.Equal([2, 3], errors.Select(error => error.Line));
        Assert.Equal(["ego.speed", "road.lines"], errors.Select(error => error.Path));
    }

    [Fact]
    public void Everything_has_a_default()
    {
        var world = Sections.Bind("{}");
        Assert.Equal(0.1, world.TimeStep);
        Assert.Equal(120, world.Horizon);
        Assert.Equal([2], world.Action.Shape);
        Assert.NotEmpty(world.Backdrop);
    }

    [Fact]
    public void Plain_numbers_are_in_base_units() =>
        Assert.Equal(
            Sections.Drive(Sections.Bind("""{ "ego": { "speed": "72 km/h" } }"""), "expert", frames: 5).Checksum,
            Sections.Drive(Sections.Bind("""{ "ego": { "speed": 20 } }"""), "expert", frames: 5).Checksum
        );

    [Fact]
    public void The_schemas_example_binds()
    {
        var schema = new DrivingWorldKind().Schema;
        foreach (var example in schema["examples"]!)
            Sections.Bind((JObject)example.DeepClone());
    }

    [Fact]
    public void The_schema_names_the_keys_that_the_reader_knows()
    {
        var schema = new DrivingWorldKind().Schema;
        foreach (var (path, keys) in Keys(schema, ""))
        {
            var wrong = JObject.Parse(Wrap(path, """{ "zzzzzzzzzz": 1 }"""));
            var error = Assert.Single(Errors(wrong.ToString()), it => it.Message.Contains("zzzzzzzzzz"));
            if (error.Suggestion is { } known)
            {
                foreach (var key in known["Known are ".Length..].Split(", ").Except(OnlyOfOtherKinds))
                    Assert.Contains(key, keys);
            }
        }
    }

    private static readonly string[] OnlyOfOtherKinds = [];

    private static bool Suggests(ScenarioError error, string? suggestion) =>
        suggestion is null || (error.Suggestion ?? "").Contains(suggestion);

    private static List<ScenarioError> Errors(string json)
    {
        using var reader = new JsonTextReader(new StringReader(json));
        var section = JObject.Load(reader, new JsonLoadSettings { LineInfoHandling = LineInfoHandling.Load });
        var errors = new List<ScenarioError>();
        var world = new DrivingWorldKind().Bind(section, new PlainFiles(), "test.json", errors);
        Assert.Null(world);
        return errors;
    }

    private static IEnumerable<(string Path, List<string> Keys)> Keys(JObject schema, string path)
    {
        if (schema["items"] is JObject items)
        {
            foreach (var inner in Keys(items, path + "[]"))
                yield return inner;
        }

        if (schema["properties"] is not JObject properties)
            yield break;
        yield return (path, properties.Properties().Select(property => property.Name).ToList());
        foreach (var property in properties.Properties())
        {
            foreach (var inner in Keys((JObject)property.Value, $"{path}/{property.Name}"))
                yield return inner;
        }
    }

    private static string Wrap(string path, string json)
    {
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            var name = part.Replace("[]", "");
            json = part.EndsWith("[]", StringComparison.Ordinal)
                ? $$"""{ "{{name}}": [{{json}}] }"""
                : $$"""{ "{{name}}": {{json}} }""";
        }

        return json;
    }
}
