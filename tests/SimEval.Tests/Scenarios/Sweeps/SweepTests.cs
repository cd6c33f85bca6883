using FsCheck;
using FsCheck.Fluent;
using SimEval.Scenarios;
using SimEval.Scenarios.Reading;
using Xunit;
using static SimEval.Tests.Scenarios.Reading.ToyScenario;

namespace SimEval.Tests.Scenarios.Sweeps;

public sealed class SweepTests
{
    [Fact]
    public void Without_a_sweep_there_is_one_point_without_an_assignment()
    {
        var point = Assert.Single(Good(Minimal).Points);

        Assert.Empty(point.Assignment);
        Assert.Equal("default", point.ToString());
    }

    [Fact]
    public void A_grid_holds_both_its_ends()
    {
        var values = Values("gap", """{ "grid": ["6 m", "40 m", 12] }""");

        Assert.Equal(12, values.Count);
        Assert.Equal((6, 40), (values[0].Number, values[^1].Number));
        Assert.All(
            values.Zip(values.Skip(1)),
            pair => Assert.Equal(34.0 / 11, pair.Second.Number - pair.First.Number, 1e-12)
        );
    }

    [Fact]
    public void A_list_keeps_its_order_and_its_units()
    {
        Assert.Equal([9, 6, 12], Values("gap", """["9 m", "0.006 km", "1200 cm"]""").Select(v => v.Number));
        Assert.Equal(["wet", "dry"], Values("kind", """["wet", "dry"]""").Select(v => v.Text));
        Assert.Equal("9 m", Assert.Single(Values("gap", "\"9 m\"")).ToString());
    }

    [Theory]
    [InlineData("random")]
    [InlineData("latinHypercube")]
    [InlineData("sobol")]
    public void Draws_stay_within_their_bounds_and_repeat(string design)
    {
        var sweep =
            $$"""{ "gap": { "logUniform": ["2 m", "50 m"] }, "speed": { "normal": ["20 m/s", "5 m/s"], "clip": ["10 m/s", "30 m/s"] }, "samples": 200, "design": "{{design}}" }""";
        var text = Swept("""{ "gap": "$gap", "ego": { "speed": "$speed" } }""", sweep);
        var points = Good(text).Points;

        Assert.Equal(200, points.Count);
        Assert.All(points, p => Assert.InRange(p.Assignment[0].Value.Number, 2, 50));
        Assert.All(points, p => Assert.InRange(p.Assignment[1].Value.Number, 10, 30));
        Assert.Equal(points.Select(p => p.Key), Good(text).Points.Select(p => p.Key));
        Assert.NotEqual(points.Select(p => p.Key), Good(text, ("seed", "2")).Points.Select(p => p.Key));
        Assert.InRange(points.Average(p => p.Assignment[1].Value.Number), 19, 21);
    }

    [Theory]
    [InlineData("latinHypercube", 37)]
    [InlineData("sobol", 64)]
    public void Stratified_designs_put_one_draw_in_each_slice(string design, int samples)
    {
        var sweep = $$"""{ "gap": { "uniform": ["10 m", "20 m"] }, "samples": {{samples}}, "design": "{{design}}" }""";
        var points = Good(Swept("""{ "gap": "$gap" }""", sweep)).Points;

        var slices = points.Select(p => (int)((p.Assignment[0].Value.Number - 10) / 10 * samples));
        Assert.Equal(Enumerable.Range(0, samples), slices.Order());
    }

    [Fact]
    public void Normal_draws_have_their_mean_and_deviation()
    {
        var draws = Values("gap", """{ "normal": ["100 m", "10 m"] }""", 1000).Select(v => v.Number).ToList();

        Assert.Equal(100, draws.Average(), 0.1);
        Assert.Equal(10, Math.Sqrt(draws.Average(x => (x - 100) * (x - 100))), 0.2);
    }

    [Fact]
    public void Points_are_every_combination_and_all_distinct()
    {
        var gen =
            from gaps in Gen.Choose(1, 5)
            from lanes in Gen.Choose(1, 4)
            from samples in Gen.Choose(1, 9)
            select (gaps, lanes, samples);
        Prop.ForAll(
                gen.ToArbitrary(),
                size =>
                {
                    var sweep =
                        $$"""{ "gap": { "grid": ["6 m", "{{6 + size.gaps}} m", {{size.gaps}}] }, "lanes": { "grid": [1, {{size.lanes}}.5, {{size.lanes}}] }, "speed": { "uniform": ["1 m/s", "2 m/s"] }, "samples": {{size.samples}} }""";
                    var points = Read(
                        Swept("""{ "gap": "$gap", "kind": "$lanes", "ego": { "speed": "$speed" } }""", sweep)
                    ).Scenario!.Points;
                    return points.Count == size.gaps * size.lanes * size.samples
                        && points.Select(p => p.Key).Distinct().Count() == points.Count;
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_key_of_a_point_does_not_depend_on_the_order_of_declaration()
    {
        const string world = """{ "gap": "$gap", "ego": { "speed": "$speed" }, "lanes": "$lanes" }""";
        var one = Good(
            Swept(world, """{ "gap": ["6 m", "9 m"], "speed": { "uniform": ["1 m/s", "2 m/s"] }, "lanes": [1, 2] }""")
        ).Points;
        var other = Good(
            Swept(
                world,
                """{ "lanes": [2, 1], "speed": { "uniform": ["1 m/s", "2 m/s"] }, "gap": ["900 cm", "6 m"] }"""
            )
        ).Points;

        Assert.Equal(one.Select(p => p.Key).Order(), other.Select(p => p.Key).Order());
    }

    [Fact]
    public void The_keys_are_these_on_every_machine()
    {
        var points = Good(
            Swept("""{ "gap": "$gap", "kind": "$kind" }""", """{ "gap": ["6 m"], "kind": ["wet"] }""")
        ).Points;

        Assert.Equal("27dc413c79e64736", Assert.Single(points).Key.ToString());
        Assert.True(PointKey.TryParse(points[0].Key.ToString(), out var key));
        Assert.Equal(points[0].Key, key);
    }

    [Fact]
    public void A_suite_gives_a_point_for_every_item_of_every_file()
    {
        var result = Read(Swept("""{ "map": "$file" }""", """{ "file": { "files": "../data/*.xml" } }"""));

        Assert.Equal(
            ["../data/a.xml", "../data/b.xml#1", "../data/b.xml#2"],
            result.Scenario!.Points.Select(p => p.Assignment[0].Value.Text)
        );
        Assert.Contains("c.xml has nothing to run", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
        Assert.Contains("/scenarios/data/c.xml", result.Scenario.Files);
    }

    [Theory]
    [InlineData("../data/c.xml")]
    [InlineData("../data/*.json")]
    public void A_suite_with_nothing_in_it_has_nothing_to_run(string pattern)
    {
        var result = Read(Swept("""{ "map": "$file" }""", $$"""{ "file": { "files": "{{pattern}}" } }"""));

        Assert.True(result.NothingToRun);
        Assert.Empty(result.Scenario!.Points);
        Assert.Single(result.Warnings);
    }

    [Theory]
    [InlineData("../data/a.xml", "default")]
    [InlineData("../data/b.xml", "map=../data/b.xml#1", "map=../data/b.xml#2")]
    [InlineData("../data/b.xml#2", "default")]
    [InlineData("../data/*.xml", "map=../data/a.xml", "map=../data/b.xml#1", "map=../data/b.xml#2")]
    public void A_file_that_the_world_names_gives_a_point_for_each_of_its_items(string map, params string[] points)
    {
        var scenario = Good(Swept($$"""{ "map": "{{map}}" }""", "{}"));

        Assert.Equal(points, scenario.Points.Select(p => p.ToString()));
        Assert.Contains("/scenarios/data/b.xml", Good(Swept("""{ "map": "../data/b.xml" }""", "{}")).Files);
    }

    [Fact]
    public void A_named_file_of_several_items_is_swept_beside_what_the_sweep_says()
    {
        var text = Swept("""{ "map": "../data/b.xml", "gap": "$map" }""", """{ "map": ["6 m", "9 m", "12 m"] }""");

        var points = Good(text).Points;

        Assert.Equal(6, points.Count);
        Assert.Equal(6, points.Select(p => p.Key).Distinct().Count());
    }

    [Fact]
    public void A_list_of_files_gives_a_point_for_every_item_too()
    {
        var result = Read(
            Swept(
                """{ "map": "$map" }""",
                """{ "map": ["../data/b.xml", "../data/c.xml", "../data/a.xml", "../data/b.xml#2"] }"""
            )
        );

        Assert.Equal(
            ["../data/b.xml#1", "../data/b.xml#2", "../data/a.xml"],
            result.Scenario!.Points.Select(p => p.Assignment[0].Value.Text)
        );
        Assert.Contains("c.xml has nothing to run", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../data/c.xml", "{}")]
    [InlineData("../data/*.json", "{}")]
    [InlineData("$map", "{ \"map\": [\"../data/c.xml\"] }")]
    public void A_named_file_without_an_item_is_right_and_has_nothing_to_run(string map, string sweep)
    {
        var result = Read(Swept($$"""{ "map": "{{map}}" }""", sweep));

        Assert.True(result.NothingToRun);
        Assert.Single(result.Warnings);
    }

    [Theory]
    [InlineData("../data/none.xml", "there is no file")]
    [InlineData("../data/a.xml/none.xml", "there is no file")]
    [InlineData("", "path is empty")]
    public void A_named_file_that_is_not_there_is_one_error_of_the_world(string map, string told) =>
        Assert.Contains(told, Error(Swept($$"""{ "map": "{{map}}" }""", "{}")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_broken_file_of_a_list_is_an_error_of_that_file() =>
        Assert.Equal(
            ("/scenarios/bad/x.xml", 3),
            Error(Swept("""{ "map": "$map" }""", """{ "map": ["../bad/x.xml"] }""")) is var error
                ? (error.File, error.Line)
                : default
        );

    [Fact]
    public void A_broken_file_of_a_suite_is_an_error_of_that_file()
    {
        var error = Error(Swept("""{ "map": "$file" }""", """{ "file": { "files": "../bad/*.xml" } }"""));

        Assert.Equal(("/scenarios/bad/x.xml", 3), (error.File, error.Line));
    }

    [Theory]
    [InlineData("[]", "empty")]
    [InlineData("[\"6 m\", \"6 s\"]", "is a time")]
    [InlineData("[\"6 m\", 7]", "pure number")]
    [InlineData("[\"6 m\", \"wet\"]", "is a text")]
    [InlineData("[\"6 parsec\"]", "unknown unit")]
    [InlineData("[\"6 mm/hh\"]", "unknown unit")]
    [InlineData("[true]", "a swept value is")]
    [InlineData("[null]", "a swept value is")]
    [InlineData("[\"$speed\"]", "stand for another")]
    [InlineData("{ \"grid\": [6, 40] }", "list of three")]
    [InlineData("{ \"grid\": [\"6 m\", \"6 m\", 3] }", "same value")]
    [InlineData("{ \"grid\": [\"6 m\", \"7 s\", 3] }", "is a time")]
    [InlineData("{ \"grid\": [\"6 m\", \"7 m\", 0] }", "from 1")]
    [InlineData("{ \"uniform\": [\"7 m\", \"6 m\"] }", "comes first")]
    [InlineData("{ \"logUniform\": [\"0 m\", \"6 m\"] }", "above 0")]
    [InlineData("{ \"normal\": [\"7 m\", \"0 m\"] }", "above 0")]
    [InlineData("{ \"normal\": [\"7 m\", \"1 m\"], \"clip\": [\"90 m\", \"91 m\"] }", "millionth")]
    [InlineData("{ \"normal\": [\"7 m\", \"1 m\"], \"clip\": [\"1 s\", \"2 s\"] }", "the clip is a time")]
    [InlineData("{ \"unifrom\": [\"6 m\", \"7 m\"] }", "unknown key")]
    [InlineData("{ \"uniform\": [\"6 m\", \"7 m\"], \"grid\": [1, 2, 3] }", "exactly one")]
    [InlineData("{ \"uniform\": [\"6 m\", \"7 m\"], \"clip\": [\"6 m\", \"7 m\"] }", "unknown key")]
    [InlineData("{ \"files\": 5 }", "a text is expected")]
    [InlineData("null", "a sweep is")]
    public void A_wrong_sweep_is_an_error(string sweep, string part)
    {
        var errors = Errors(Swept("""{ "gap": "$gap" }""", $$"""{ "gap": {{sweep}} }"""));

        Assert.Contains(errors, e => e.Message.Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        "{ \"gap\": { \"grid\": [\"1 m\", \"9 m\", 1000] }, \"speed\": { \"grid\": [\"1 m/s\", \"9 m/s\", 1000] } }",
        "points"
    )]
    [InlineData("{ \"gap\": { \"grid\": [\"1 m\", \"9 m\", 1000000000] }, \"speed\": [\"1 m/s\"] }", "from 1 to")]
    [InlineData(
        "{ \"gap\": { \"uniform\": [\"1 m\", \"9 m\"] }, \"speed\": [\"1 m/s\"], \"samples\": 100001 }",
        "from 1 to"
    )]
    [InlineData(
        "{ \"gap\": { \"uniform\": [\"1 m\", \"9 m\"] }, \"speed\": [\"1 m/s\"], \"design\": \"halton\" }",
        "unknown design"
    )]
    public void A_sweep_that_is_too_large_or_unknown_is_an_error(string sweep, string part)
    {
        var error = Error(Swept("""{ "gap": "$gap", "ego": { "speed": "$speed" } }""", sweep));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rollouts_are_limited()
    {
        var limits = new ScenarioLimits { Rollouts = 20 };

        Assert.Empty(Read(With("\"seeds\": 20"), limits).Errors);
        Assert.Contains(
            "21 rollouts",
            Assert.Single(Read(With("\"seeds\": 21"), limits).Errors).Message,
            StringComparison.Ordinal
        );
    }

    private static List<ParameterValue> Values(string key, string sweep, int? samples = null)
    {
        var design = samples is null ? "" : $", \"samples\": {samples}";
        var points = Good(Swept($$"""{ "{{key}}": "$p" }""", $$"""{ "p": {{sweep}}{{design}} }""")).Points;
        return [.. points.Select(p => p.Assignment[0].Value)];
    }
}
