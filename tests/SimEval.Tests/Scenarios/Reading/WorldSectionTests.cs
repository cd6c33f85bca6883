using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SimEval.Scenarios;
using Xunit;
using static SimEval.Tests.Scenarios.Reading.ToyScenario;

namespace SimEval.Tests.Scenarios.Reading;

public sealed class WorldSectionTests
{
    private static readonly string Text = Swept(
        """{ "gap": "$gap", "lanes": "$lanes", "kind": "$kind", "ego": { "speed": "$speed" } }""",
        """{ "gap": ["900 cm"], "lanes": [3], "kind": ["wet"], "speed": ["36 km/h"] }"""
    );

    [Fact]
    public void Placeholders_become_quantities_numbers_and_texts()
    {
        var scenario = Good(Text);
        var section = WorldSection.Resolve(scenario, scenario.Points[0]);

        Assert.Equal("9 m", (string)section["gap"]!);
        Assert.Equal(JTokenType.Integer, section["lanes"]!.Type);
        Assert.Equal(3, (int)section["lanes"]!);
        Assert.Equal("wet", (string)section["kind"]!);
        Assert.Equal("10 m/s", (string)section["ego"]!["speed"]!);
    }

    [Fact]
    public void Tokens_keep_their_path_and_line_in_the_file()
    {
        var scenario = Good(
            "{\n \"world\": { \"driving\": {\n  \"gap\": \"$gap\" } },\n \"sweep\": { \"gap\": [\"6 m\"] }, \"variants\": { \"a\": \"expert\" } }"
        );
        var gap = WorldSection.Resolve(scenario, scenario.Points[0])["gap"]!;

        Assert.Equal("world.driving.gap", gap.Path);
        Assert.Equal(3, ((IJsonLineInfo)gap).LineNumber);
        Assert.Equal("$gap", (string)scenario.World["gap"]!);
    }

    [Fact]
    public void Two_dollars_stand_for_one()
    {
        var error = Error("""{ "world": { "driving": { "map": "$$data" } }, "variants": { "a": "expert" } }""");

        Assert.Contains("no file $data", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"$\"", "is no parameter")]
    [InlineData("\"$5\"", "is no parameter")]
    [InlineData("\"$gap\"", "no parameter \"gap\"")]
    public void A_placeholder_without_a_parameter_is_an_error(string value, string part) =>
        Assert.Contains(
            part,
            Error($$"""{ "world": { "driving": { "gap": {{value}} } }, "variants": { "a": "expert" } }""").Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_placeholder_inside_a_text_is_a_warning()
    {
        var result = Read(Swept("""{ "gap": "$gap", "kind": "very $gap" }""", """{ "gap": ["6 m"] }"""));

        Assert.Contains("inside a text", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
    }
}
