using Newtonsoft.Json.Linq;
using SimEval.Scenarios.Authoring;
using SimEval.Scenarios.Reading;
using SimEval.Tests.Scenarios.Reading;
using Xunit;
using static SimEval.Tests.Scenarios.Reading.ToyScenario;

namespace SimEval.Tests.Scenarios.Authoring;

public sealed class ScenarioTemplateTests
{
    [Fact]
    public void A_new_file_reads_without_a_word()
    {
        var text = ScenarioTemplate.New("driving", "my-scenario", "../scenario.schema.json", new ToyCatalogue());
        var result = Read(text);

        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        Assert.Equal("my-scenario", result.Scenario!.Name);
        Assert.Equal("25 m/s", (string)result.Scenario.World["ego"]!["speed"]!);
        Assert.Single(result.Scenario.Gates);
    }

    [Fact]
    public void A_name_that_is_none_becomes_one() =>
        Assert.Equal(
            "my-file",
            Read(ScenarioTemplate.New("driving", "my file", null, new ToyCatalogue())).Scenario!.Name
        );

    [Fact]
    public void An_unknown_kind_names_the_nearest() =>
        Assert.Contains(
            "'driving'",
            Assert
                .Throws<ArgumentException>(() => ScenarioTemplate.New("drivng", "a", null, new ToyCatalogue()))
                .Message,
            StringComparison.Ordinal
        );
}

public sealed class ScenarioExpansionTests
{
    [Fact]
    public void Sizes_multiply_and_the_budget_takes_whole_pairs()
    {
        var text =
            """{ "world": { "driving": { "gap": "$gap" } }, "sweep": { "gap": { "grid": ["6 m", "40 m", 12] } }, "seeds": 10, "variants": { "a": "expert", "b": "constantVelocity", "c": "expert" }, "budget": { "rollouts": 100 } }""";
        var expansion = ScenarioExpansion.Of(Good(text));

        Assert.Equal((120, 99), (expansion.Pairs, expansion.Rollouts));
        Assert.Equal(
            "12 points x 10 seeds x 3 variants = 360 rollouts, of which the budget allows 99",
            expansion.ToString()
        );
        Assert.Equal(["gap: 12 values from 6 m to 40 m"], expansion.Parameters);
    }
}

public sealed class ScenarioSchemaTests
{
    [Fact]
    public void It_names_every_key_that_the_reader_knows()
    {
        var schema = ScenarioSchema.Generate(new ToyCatalogue());

        Assert.Equal(
            ScenarioReader.Keys.Order(),
            ((JObject)schema["properties"]!).Properties().Select(p => p.Name).Order()
        );
    }

    [Fact]
    public void Every_reference_in_it_leads_somewhere()
    {
        var schema = ScenarioSchema.Generate(new ToyCatalogue());

        var references = schema
            .Descendants()
            .OfType<JProperty>()
            .Where(p => p.Name == "$ref")
            .Select(p => (string)p.Value!)
            .ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.NotNull(Follow(schema, reference)));
    }

    [Fact]
    public void A_plain_value_of_a_world_may_be_a_placeholder()
    {
        var schema = ScenarioSchema.Generate(new ToyCatalogue());

        var gap = (JObject)Follow(schema, "#/definitions/world.driving/properties/gap")!;
        Assert.Equal("12 m", (string)gap["default"]!);
        Assert.Equal("#/definitions/placeholder", (string)gap["anyOf"]![1]!["$ref"]!);
    }

    private static JToken? Follow(JObject root, string reference) =>
        reference[2..].Split('/').Aggregate((JToken?)root, (token, name) => token?[name]);
}
