using SimEval.Scenarios;
using SimEval.Scenarios.Reading;
using Xunit;
using static SimEval.Tests.Scenarios.Reading.ToyScenario;

namespace SimEval.Tests.Scenarios.Reading;

public sealed class ScenarioReaderTests
{
    private const string Full = """
        // A cut-in.
        {
          "$schema": "../scenario.schema.json",
          "name": "cut-in", "team": "ai", "priority": 5, "labels": { "branch": "main" },
          "description": "what it is for",
          "world": { "driving": { "ego": { "speed": "$speed" }, "gap": "$gap", "lanes": "$lanes", } },
          "sweep": {
            "gap": { "grid": ["6 m", "40 m", 3] }, "lanes": [2, 3], "speed": { "uniform": ["72 km/h", "32 m/s"] },
            "samples": 4,
          },
          "seed": 42, "seeds": 10,
          "variants": {
            "expert": "expert",
            "fp32": "../models/planner.onnx",
            "int8": { "model": "../models/planner.int8.onnx", "device": "cpu", "inputs": { "obs": "ego" },
                      "output": "action", "states": [{ "input": "h0", "output": "h1" }] },
          },
          "baseline": "fp32",
          "metrics": ["score"],
          "gates": [
            { "metric": "collision.atFault", "atMost": "1 %" },
            { "metric": "acceleration.greatest", "atMost": "3 m/s2", "statistic": "p95", "variants": ["int8"], "confidence": 0.99, "minValid": 0.5 },
            { "metric": "score", "noWorseBy": 0.01 },
          ],
          "budget": { "rollouts": 600, "wallTime": "10 min" },
          "stopping": { "looks": [0.2, 0.5] },
          "latency": "none",
        }
        """;

    [Fact]
    public void A_whole_file_is_read()
    {
        var scenario = Good(Full);

        Assert.Equal(
            ("cut-in", "ai", 5, 42UL, 10),
            (scenario.Name, scenario.Team, scenario.Priority, scenario.Seed, scenario.Seeds)
        );
        Assert.Equal("main", scenario.Labels["branch"]);
        Assert.Equal(3 * 2 * 4, scenario.Points.Count);
        Assert.Equal(["gap", "lanes", "speed"], scenario.Parameters.Select(p => p.Name));
        Assert.Equal(["m", "", "m/s"], scenario.Parameters.Select(p => p.Unit));
        Assert.Equal((6, 40), (scenario.Parameters[0].Minimum, scenario.Parameters[0].Maximum));
        Assert.All(scenario.Points, p => Assert.InRange(p.Assignment[2].Value.Number, 20, 32));
        Assert.Equal("fp32", scenario.Baseline);
        Assert.Equal(new Budget(600, TimeSpan.FromMinutes(10)), scenario.Budget);
        Assert.True(scenario.Stopping.Enabled);
        Assert.Equal([0.2, 0.5], scenario.Stopping.Looks);
        Assert.Equal(["score"], scenario.Metrics);
    }

    [Fact]
    public void Variants_are_shorthands_or_objects()
    {
        var variants = Good(Full).Variants;

        Assert.Equal((PolicyKind.BuiltIn, "expert", "cpu"), (variants[0].Kind, variants[0].Source, variants[0].Device));
        Assert.Equal((PolicyKind.Model, "/scenarios/models/planner.onnx"), (variants[1].Kind, variants[1].Source));
        Assert.Equal("ego", variants[2].Inputs["obs"]);
        Assert.Equal("action", variants[2].Output);
        Assert.Equal(new StatePair("h0", "h1"), Assert.Single(variants[2].States));
    }

    [Fact]
    public void Gates_are_read_with_their_units_and_defaults()
    {
        var gates = Good(Full).Gates;

        Assert.Equal(
            (GateKind.AtMost, 0.01, GateStatistic.Mean, 0.95, 0.98),
            (gates[0].Kind, gates[0].Threshold, gates[0].Statistic, gates[0].Confidence, gates[0].MinValid)
        );
        Assert.Equal(
            (3.0, GateStatistic.P95, 0.99, 0.5),
            (gates[1].Threshold, gates[1].Statistic, gates[1].Confidence, gates[1].MinValid)
        );
        Assert.Equal(["int8"], gates[1].Variants);
        Assert.Equal((GateKind.NoWorseBy, "gates[2]"), (gates[2].Kind, gates[2].Path));
    }

    [Fact]
    public void What_is_left_out_is_listed_with_its_default()
    {
        var defaults = Good(Minimal).Defaults.ToDictionary(d => d.Path, d => d.Value);

        Assert.Equal("cut-in", defaults["name"]);
        Assert.Equal("1", defaults["seed"]);
        Assert.Equal("1", defaults["seeds"]);
        Assert.Equal("12 m", defaults["world.driving.gap"]);
        Assert.Equal("default", defaults["team"]);
        Assert.Equal("20 m/s", defaults["world.driving.ego.speed"]);
        Assert.Equal("3", defaults["world.driving.lanes"]);
    }

    [Fact]
    public void A_default_that_does_not_apply_is_not_listed()
    {
        var defaults = Good(
            """{ "world": { "driving": { "map": "../data/a.xml" } }, "variants": { "a": "expert" } }"""
        ).Defaults;

        Assert.DoesNotContain(defaults, d => d.Path == "world.driving.lanes");
    }

    [Fact]
    public void Every_file_it_names_is_listed()
    {
        var files = Good(Full).Files;

        Assert.Contains("/scenarios/models/planner.onnx", files);
        Assert.Contains("/scenarios/models/planner.int8.onnx", files);
    }

    [Fact]
    public void All_errors_are_reported_each_at_its_place()
    {
        var errors = Errors(
            """
            {
              "name": 5,
              "sed": 7,
              "world": { "driving": { "gap": "9 s", "ego": { "speed": "$sped" } } },
              "sweep": { "speed": ["20 m/s"] },
              "seeds": "ten",
              "variants": { "a": "experd", "b": "../models/planner.onx" },
              "baseline": "c",
              "gates": [ { "metric": "scor", "atLeast": 1, "atMost": 0 } ],
              "seeds": 3,
            }
            """
        );

        Assert.Equal(
            [(2, 11), (3, 3), (4, 59), (6, 12), (7, 22), (7, 37), (8, 15), (9, 14), (9, 26), (10, 3)],
            errors.Select(e => (e.Line, e.Column))
        );
        Assert.Equal("Did you mean 'seed'?", errors[1].Suggestion);
        Assert.Equal("Did you mean 'speed'?", errors[2].Suggestion);
        Assert.Equal("Did you mean 'expert'?", errors[4].Suggestion);
        Assert.Contains("planner.onnx", errors[5].Suggestion, StringComparison.Ordinal);
        Assert.Equal("Did you mean 'score'?", errors[8].Suggestion);
        Assert.Contains("a second time", errors[9].Message, StringComparison.Ordinal);
        Assert.Equal("gates[0].metric", errors[8].Path);
    }

    [Fact]
    public void The_errors_of_the_world_come_with_the_others_of_the_file()
    {
        var errors = Errors(
            """
            {
              "world": { "driving": { "gap": "9 s", "lane": 2 } },
              "variants": { "a": "experd" }
            }
            """
        );

        Assert.Equal([(2, 34), (2, 41), (3, 22)], errors.Select(e => (e.Line, e.Column)));
        Assert.Equal("world.driving.gap", errors[0].Path);
        Assert.Contains("\"9 m\"", errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_that_some_points_give_names_the_point_and_the_parameter()
    {
        var error = Error(Swept("""{ "gap": "$gap" }""", """{ "gap": ["9 m", "300 m"] }"""));

        Assert.Equal("world.driving.gap", error.Path);
        Assert.Contains("gap=300", error.Message, StringComparison.Ordinal);
        Assert.Contains("'gap'", error.Suggestion, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1, 1, "empty")]
    [InlineData("[1]", 1, 1, "one object")]
    [InlineData("{\n  \"a\": 1\n  \"b\": 2\n}", 3, 3, "comma")]
    [InlineData("{\n  \"a\": \"abc\n}", 2, 8, "closing quote")]
    [InlineData("{ \"a\": [1, 2 }", 1, 14, "bracket")]
    [InlineData("{ \"a\": tru }", 1, 8, "no true, false")]
    [InlineData("{ \"a\": x }", 1, 8, "a value is expected")]
    [InlineData("{ \"a\": 1", 1, 9, "ends before")]
    [InlineData("{ \"a\": 1 } }", 1, 12, "follows the end")]
    [InlineData("{ /* a", 1, 3, "comment")]
    [InlineData("{ \"a\": new Date(1) }", 1, 8, "constructor")]
    public void A_text_that_is_no_JSON_gives_one_error_at_its_place(string text, int line, int column, string part)
    {
        var error = Error(text);

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Line, line, line);
        Assert.InRange(error.Column, column, column + 1);
    }

    [Theory]
    [InlineData("\"seed\": 012", "012 is not")]
    [InlineData("\"seed\": 0x12", "0x12 is not")]
    [InlineData("\"seed\": NaN", "NaN is not")]
    [InlineData("\"seed\": 1e999", "1e999 is not")]
    [InlineData("'seed': 1", "double quotes")]
    [InlineData("seed: 1", "double quotes")]
    [InlineData("\"metrics\": [\"score\",, \"score\"]", "missing")]
    public void What_only_loose_readers_take_is_an_error(string key, string part) =>
        Assert.Contains(Errors(With(key)), e => e.Message.Contains(part, StringComparison.Ordinal));

    [Theory]
    [InlineData("\"version\": 2", "version 2")]
    [InlineData("\"version\": \"1\"", "whole number")]
    [InlineData("\"name\": \"a/b\"", "not a name")]
    [InlineData("\"team\": \"\"", "not a team")]
    [InlineData("\"priority\": 1.5", "whole number")]
    [InlineData("\"seed\": -1", "from 0")]
    [InlineData("\"seed\": 18446744073709551616", "from 0")]
    [InlineData("\"seeds\": 0", "from 1")]
    [InlineData("\"latency\": \"slow\"", "is no latency")]
    [InlineData("\"labels\": { \"a\": 1 }", "a text is expected")]
    [InlineData("\"budget\": { \"wallTime\": 10 }", "\"10 s\"")]
    [InlineData("\"budget\": { \"wallTime\": \"10 m\" }", "a time is expected")]
    [InlineData("\"budget\": { \"rollots\": 10 }", "unknown key")]
    [InlineData("\"stopping\": { \"looks\": [0.5, 0.25] }", "ascending")]
    [InlineData("\"stopping\": { \"looks\": [1] }", "below 1")]
    [InlineData("\"stopping\": true", "must be an object")]
    [InlineData("\"baseline\": \"expart\"", "no variant")]
    [InlineData("\"gates\": [{ \"metric\": \"score\" }]", "exactly one")]
    [InlineData("\"gates\": [{ \"metric\": \"score\", \"atLeast\": 80 }]", "between 0 and 1")]
    [InlineData("\"gates\": [{ \"metric\": \"score\", \"noWorseBy\": -0.1 }]", "at least 0")]
    [InlineData("\"gates\": [{ \"metric\": \"speed.mean\", \"noWorseBy\": \"1 m/s\" }]", "neither better")]
    [InlineData("\"gates\": [{ \"metric\": \"acceleration.greatest\", \"atMost\": 3 }]", "\"3 m/s2\"")]
    [InlineData(
        "\"gates\": [{ \"metric\": \"score\", \"atLeast\": 0.5, \"statistic\": \"p90\" }]",
        "unknown statistic"
    )]
    [InlineData("\"gates\": [{ \"metric\": \"score\", \"atLeast\": 0.5, \"confidence\": 0.5 }]", "above 0.5")]
    [InlineData("\"gates\": [{ \"metric\": \"score\", \"atLeast\": 0.5, \"variants\": [\"x\"] }]", "no variant")]
    [InlineData("\"metrics\": [\"sccore\"]", "no metric")]
    public void A_wrong_value_says_what_would_be_right(string key, string part)
    {
        var error = Error(With(key));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.True(error.Line == 1 && error.Column > Minimal.Length - 2, error.ToString());
    }

    [Theory]
    [InlineData("""{ "variants": { "a": "expert" } }""", "'world' is missing")]
    [InlineData("""{ "world": { "driving": {} } }""", "'variants' is missing")]
    [InlineData("""{ "world": { "drivin": {} }, "variants": { "a": "expert" } }""", "unknown world")]
    [InlineData("""{ "world": { }, "variants": { "a": "expert" } }""", "one key")]
    [InlineData("""{ "world": { "driving": {} }, "variants": { } }""", "no variant")]
    [InlineData("""{ "world": { "driving": {} }, "variants": { "a/b": "expert" } }""", "variant's name")]
    [InlineData("""{ "world": { "driving": {} }, "variants": { "a": { } } }""", "exactly one")]
    [InlineData(
        """{ "world": { "driving": {} }, "variants": { "a": { "policy": "expert", "device": "cpu" } } }""",
        "belongs to a model"
    )]
    [InlineData(
        """{ "world": { "driving": {} }, "variants": { "a": { "model": "../models/planner.onnx", "device": "gpu" } } }""",
        "device class"
    )]
    [InlineData("""{ "world": { "driving": {} }, "variants": { "a": { "model": "..\u0000" } } }""", "cannot be read")]
    public void A_wrong_world_or_variant_is_one_error(string text, string part) =>
        Assert.Contains(part, Error(text).Message, StringComparison.Ordinal);

    [Fact]
    public void A_swept_parameter_that_nothing_uses_is_a_warning()
    {
        var result = Read(Swept("{}", """{ "gap": ["9 m"] }"""));

        Assert.NotNull(result.Scenario);
        Assert.Contains("$gap", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gate_against_the_metric_s_direction_is_a_warning()
    {
        var result = Read(With("\"gates\": [{ \"metric\": \"score\", \"atMost\": 0.5 }]"));

        Assert.NotNull(result.Scenario);
        Assert.Single(result.Warnings);
    }

    [Fact]
    public void The_hash_is_of_what_the_file_says_and_not_of_how()
    {
        var plain = Good(
            """{ "world": { "driving": { "lanes": 2 } }, "seed": 10, "variants": { "expert": "expert" } }"""
        );
        var other = Good(
            """
            // another order, comments, a number written otherwise
            { "$schema": "x", "variants": { "expert": "expert", }, "seed": 1e1, "world": { "driving": { "lanes": 2 } } }
            """
        );

        Assert.Equal(plain.Hash, other.Hash);
        Assert.NotEqual(plain.Hash, Good(Minimal).Hash);
        Assert.Matches("^[0-9a-f]{64}$", plain.Hash);
    }

    [Fact]
    public void Hostile_text_reaches_a_message_only_cleaned()
    {
        var error = Error(With("\"\\u001b[31m" + new string('x', 500) + "\": 1"));

        Assert.DoesNotContain('\u001b', error.ToString());
        Assert.True(error.ToString().Length < 700);
    }

    [Theory]
    [InlineData("/none.json", "no such file")]
    public void A_file_that_is_not_there_is_an_error(string path, string part)
    {
        var result = ScenarioReader.ReadFile(path, new ToyCatalogue(), Files, [], new ScenarioLimits());

        Assert.Contains(part, Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }
}
