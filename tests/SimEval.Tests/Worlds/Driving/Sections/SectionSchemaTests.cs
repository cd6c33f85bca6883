using Newtonsoft.Json.Linq;
using SimEval.Engine.Catalogue;
using SimEval.Scenarios;
using SimEval.Tests.Tidy;
using SimEval.Worlds.Driving;
using Xunit;

namespace SimEval.Tests.Worlds.Driving;

/// <summary>The schema that editors see and the reader that decides, held to the same keys.</summary>
public sealed class SectionSchemaTests
{
    private const string Unknown = "qqqqqqqqqqqqqqqqqqqqqqqq";

    public static TheoryData<string, string> Places =>
        new()
        {
            { "properties", "{*}" },
            { "properties.road.properties", """{ "road": {*} }""" },
            { "properties.road.properties.curves.items.properties", """{ "road": { "curves": [{*}] } }""" },
            { "properties.road.properties.merge.properties", """{ "road": { "merge": {*} } }""" },
            { "properties.road.properties.intersection.properties", """{ "road": { "intersection": {*} } }""" },
            {
                "properties.road.properties.intersection.properties.lights.properties",
                """{ "road": { "intersection": { "lights": {*} } } }"""
            },
            { "properties.ego.properties", """{ "ego": {*} }""" },
            { Inside("cutsIn"), """{ "traffic": [{ "cutsIn": {*} }] }""" },
            { Inside("jam"), """{ "traffic": [{ "jam": {*} }] }""" },
            { Inside("jaywalker"), """{ "traffic": [{ "jaywalker": {*} }] }""" },
            { Inside("oncoming"), """{ "traffic": [{ "oncoming": {*} }] }""" },
            { Inside("parked"), """{ "traffic": [{ "parked": {*} }] }""" },
            { Inside("vehicle"), """{ "traffic": [{ "vehicle": {*} }] }""" },
        };

    [Theory]
    [MemberData(nameof(Places))]
    public void The_schema_names_the_keys_that_the_reader_knows(string place, string section)
    {
        var schema = (JObject)new DrivingWorldKind().Schema.SelectToken(place)!;
        var error = Assert.Single(
            Errors(section.Replace("*", $"\"{Unknown}\": 1", StringComparison.Ordinal)),
            e => e.Message.Contains(Unknown, StringComparison.Ordinal)
        );

        var known = error.Suggestion!["Known are ".Length..].Split(", ");
        Assert.Equal(known.Order(), schema.Properties().Select(p => p.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Every_default_reads_as_it_is_written(string place, string section)
    {
        var schema = (JObject)new DrivingWorldKind().Schema.SelectToken(place)!;
        var defaults = schema
            .Properties()
            .Where(p => p.Value["default"] is JValue)
            .Select(p => $"\"{p.Name}\": {p.Value["default"]!.ToString(Newtonsoft.Json.Formatting.None)}");

        Assert.DoesNotContain(
            Errors(section.Replace("*", string.Join(", ", defaults), StringComparison.Ordinal)),
            e =>
                e.Message.Contains("is expected", StringComparison.Ordinal)
                || e.Suggestion?.Contains("xpected", StringComparison.Ordinal) == true
        );
    }

    [Fact]
    public void The_example_is_a_world() =>
        Assert.Empty(Errors(new DrivingWorldKind().Schema["examples"]![0]!.ToString()));

    private static string Inside(string entry) => $"properties.traffic.items.properties.{entry}.properties";

    private static List<ScenarioError> Errors(string section)
    {
        var errors = new List<ScenarioError>();
        new DrivingWorldKind().Bind(
            JObject.Parse(section),
            new DiskFiles(),
            Path.Combine(Repository.Root, "x.json"),
            errors
        );
        return errors;
    }
}
