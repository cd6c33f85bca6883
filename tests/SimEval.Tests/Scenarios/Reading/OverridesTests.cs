using SimEval.Scenarios;
using Xunit;
using static SimEval.Tests.Scenarios.Reading.ToyScenario;

namespace SimEval.Tests.Scenarios.Reading;

public sealed class OverridesTests
{
    private const string Text = """
        {
          "world": { "driving": { "gap": "$gap" } },
          "sweep": { "gap": ["6 m", "9 m"] },
          "variants": { "expert": "expert", "v1.2": "../models/planner.onnx", "int8": { "model": "../models/planner.int8.onnx" } },
          "gates": [ { "metric": "score", "atLeast": 0.5 } ],
        }
        """;

    [Fact]
    public void Many_keys_are_set_and_the_rest_stays()
    {
        var scenario = Good(
            Text,
            ("seed", "7"),
            ("gates[0].atLeast", "0.25"),
            ("team", "ai"),
            ("budget.rollouts", "5"),
            ("world.driving.lanes", "2"),
            ("sweep.gap", """{ "grid": ["6 m", "40 m", 12] }""")
        );

        Assert.Equal(
            (7UL, "ai", 5, 12),
            (scenario.Seed, scenario.Team, scenario.Budget.Rollouts, scenario.Points.Count)
        );
        Assert.Equal(0.25, scenario.Gates[0].Threshold);
        Assert.Equal(3, scenario.Variants.Count);
    }

    [Theory]
    [InlineData("variants.int8.model")]
    [InlineData("variants.int8")]
    [InlineData("variants.v1.2.model")]
    [InlineData("variants.v1.2")]
    [InlineData("variants.expert.model")]
    public void A_model_is_swapped_and_its_path_starts_from_the_current_folder(string key)
    {
        var scenario = Good(Text, (key, "new.onnx"));

        Assert.Contains(scenario.Variants, v => v is { Kind: PolicyKind.Model, Source: "/cwd/new.onnx" });
    }

    [Fact]
    public void A_file_of_the_world_starts_from_the_current_folder_when_it_is_there() =>
        Assert.Contains("/cwd/map.xml", Good(Text, ("world.driving.map", "map.xml")).Text, StringComparison.Ordinal);

    [Fact]
    public void The_text_reads_again_to_the_same_scenario()
    {
        var once = Good(Text, ("variants.int8.model", "new.onnx"), ("seed", "7"));
        var again = Good(once.Text);

        Assert.Equal(once.Hash, again.Hash);
        Assert.Equal(once.Points.Select(p => p.Key), again.Points.Select(p => p.Key));
        Assert.Equal(once.Variants.Select(v => v.Source), again.Variants.Select(v => v.Source));
        Assert.Equal(once.Hash, Good(Text, ("seed", "7"), ("variants.int8.model", "/cwd/new.onnx")).Hash);
    }

    [Fact]
    public void A_key_may_lie_in_an_object_that_the_file_leaves_out()
    {
        var scenario = Good(
            Text,
            ("variants.int8.inputs.obs", "observation"),
            ("labels.branch", "main"),
            ("stopping.enabled", "true")
        );

        Assert.Equal("observation", scenario.Variants.Single(v => v.Name == "int8").Inputs["obs"]);
    }

    [Theory]
    [InlineData("world.driving.lanes", "many")]
    [InlineData("world.driving.roda.lanes", "2")]
    [InlineData("variants.int8.inptus.obs", "x")]
    [InlineData("gates[0].at.x", "1")]
    public void What_is_wrong_with_an_override_names_it(string key, string value) =>
        Assert.Equal($"--set {key}", Error(Text, (key, value)).File);

    [Theory]
    [InlineData("sed", "7", "unknown key 'sed'", "seed")]
    [InlineData("variants.int88.model", "x", "no variant 'int88'", "int8")]
    [InlineData("variants.int88", "x.onnx", "no variant 'int88'", "int8")]
    [InlineData("sweep.gab", "[1]", "sweeps no parameter 'gab'", "gap")]
    [InlineData("gates[1].atMost", "1", "no entry 1", "0 to 0")]
    [InlineData("gates.atMost", "1", "written [0]", "gates[0]")]
    [InlineData("seed.x", "1", "is one value", "seed=")]
    [InlineData("world.driving.gap.x", "1", "is a text", "")]
    [InlineData("", "1", "missing", "")]
    [InlineData("a..b", "1", "unknown key", "")]
    [InlineData("gates[", "1", "written [0]", "")]
    [InlineData("variants.int8.states[0].input", "h", "no list 'states'", "variants.int8.states=[...]")]
    [InlineData("variants.", "1", "missing", "")]
    [InlineData("seed", "x", "a seed is", "")]
    [InlineData("budget.rollots", "5", "unknown key 'rollots'", "rollouts")]
    [InlineData("variants.int8.modle", "5", "unknown key 'modle'", "model")]
    public void A_wrong_override_names_itself(string key, string value, string message, string suggestion)
    {
        var error = Errors(Text, (key, value)).First(e => e.File == $"--set {key}");

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(suggestion, error.Suggestion ?? "", StringComparison.Ordinal);
    }
}
