using System.Globalization;
using System.Text.RegularExpressions;
using SimEval.Devices.Npz;
using SimEval.Models;
using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.EndToEnd;

public sealed class CommandLineTests : IDisposable
{
    private readonly SimEvalProcess _simeval = new();

    public void Dispose() => _simeval.Dispose();

    [Theory]
    [InlineData("rnu", "'rnu' is no verb of 'simeval'. Did you mean 'run'?")]
    [InlineData("version --jsn", "'--jsn' is no option or argument of 'simeval version'. Did you mean '--json'?")]
    [InlineData("", "Required command was not provided")]
    [InlineData("run", "Required argument missing")]
    [InlineData("run x.json --seed many", "--seed takes a whole number, not 'many'")]
    [InlineData("scenario chek x", "Did you mean 'check'?")]
    [InlineData("export x --format yaml", "'yaml' not recognized. Must be one of: 'json' 'csv' 'junit'")]
    [InlineData("version -D engine.lane=1", "Did you mean")]
    [InlineData("version --config none.conf", "none.conf: the configuration cannot be read")]
    public void A_command_line_that_is_not_understood_is_explained_and_ends_with_4(string arguments, string expected)
    {
        var ended = _simeval.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Expect(4);
        Assert.Contains(expected, ended.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(ended.Output);
    }

    [Fact]
    public void Version_is_one_object_with_json() =>
        Assert.Equal("0.1.0", _simeval.Run("version", "--json").Expect(0).Json.GetProperty("version").GetString());

    [Theory]
    [InlineData("status")]
    [InlineData("resume")]
    [InlineData("list")]
    [InlineData("report")]
    [InlineData("replay expert/default/0")]
    [InlineData("accept small-1")]
    [InlineData("delete small-1")]
    [InlineData("export small-1")]
    [InlineData("diff small-1 small-2")]
    public void Without_a_run_there_is_nothing_to_do(string arguments)
    {
        var ended = _simeval.Run(arguments.Split(' ')).Expect(5);
        Assert.Contains("holds no run", ended.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_simeval.Folder, ".simeval")), "reading makes no data folder");
    }

    [Theory]
    [InlineData(5, "holds no run", "status")]
    [InlineData(4, "there is no such file", "run", "none.json")]
    public void A_failure_is_an_object_too_with_json(int code, string told, params string[] arguments)
    {
        var ended = _simeval.Run([.. arguments, "--json"]).Expect(code);
        Assert.Equal(code, ended.Json.GetProperty("exit").GetInt32());
        Assert.Contains(told, ended.Json.GetProperty("errors")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_model_set_on_the_command_line_does_not_fit_is_said_of_it_and_else_of_the_line()
    {
        _simeval.Write(
            "road.json",
            // Some editors put a byte order mark first.
            "\uFEFF"
                + """
                { "world": { "driving": { "observation": { "kind": "vector" } } },
                  "variants": { "expert": "expert",
                                "planner": "PLANNER" } }
                """.Replace(
                    "PLANNER",
                    Path.Combine(SimEvalProcess.Root, "scenarios/models/planner.onnx"),
                    StringComparison.Ordinal
                )
        );
        Assert.Contains(
            "road.json:3:28: ",
            _simeval.Run("scenario", "check", "road.json").Expect(4).Errors,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--set variants.expert: ",
            _simeval
                .Run(
                    "scenario",
                    "check",
                    "road.json",
                    "--set",
                    "variants.expert=" + Path.Combine(SimEvalProcess.Root, "scenarios/models/planner.onnx")
                )
                .Expect(4)
                .Errors,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void All_errors_of_a_file_are_told_with_their_places()
    {
        _simeval.Write(
            "bad.json",
            """
            { "name": "bad", "sedes": 3,
              "world": { "driving": { "road": { "lanes": 2, "length": "600 s" } } },
              "variants": { "expert": "expert" },
              "gates": [{ "metric": "colision.any", "atMost": 0.1 }] }
            """
        );
        var ended = _simeval.Run("scenario", "check", "bad.json").Expect(4);
        Assert.Contains("bad.json:1:", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'seeds'?", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("bad.json:2:", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("collision.any", ended.Errors, StringComparison.Ordinal);
        var json = _simeval.Run("scenario", "check", "bad.json", "--json").Expect(4).Json;
        Assert.False(json.GetProperty("valid").GetBoolean());
        Assert.True(json.GetProperty("errors").GetArrayLength() >= 3);
        _simeval.Run("run", "bad.json").Expect(4);
    }

    [Theory]
    [InlineData("world.driving.ego.spede=3", "unknown key \"spede\"", "Did you mean 'speed'?")]
    [InlineData("world.driving.road.lanes=0", "\"lanes\" is 0", "A whole number from 1 to 8 is expected")]
    [InlineData("variants.constant.policy=exprt", "no policy", "Did you mean 'expert'?")]
    [InlineData("variants.planner.device=asic/g9", "there is no device 'asic/g9' here", "Did you mean 'asic/g1'?")]
    [InlineData("variants.planner.output=acton", "the model has no output 'acton'", "Did you mean 'action'?")]
    public void What_is_wrong_with_a_value_that_was_set_is_told_at_its_key(string set, string wrong, string right)
    {
        var planner = Path.Combine(SimEvalProcess.Root, "scenarios", "models", "planner.int8.onnx");
        _simeval.Write(
            "set.json",
            TestScenarios.Small.Replace(
                "\"constant\":",
                $"\"planner\": \"{planner}\", \"constant\":",
                StringComparison.Ordinal
            )
        );
        var errors = _simeval.Run("scenario", "check", "set.json", "--set", set).Expect(4).Errors;
        Assert.Contains($"--set {set.Split('=')[0]}: ", errors, StringComparison.Ordinal);
        Assert.Contains(wrong, errors, StringComparison.Ordinal);
        Assert.Contains(right, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_that_take_more_memory_together_than_they_may_are_refused_before_they_are_loaded()
    {
        var planner = Path.Combine(SimEvalProcess.Root, "scenarios", "models", "planner.onnx");
        _simeval.Write(
            "two.json",
            TestScenarios.Small.Replace(
                "\"constant\":",
                $"\"planner\": \"{planner}\", \"second\": \"{planner}\", \"constant\":",
                StringComparison.Ordinal
            )
        );
        _simeval.Run("scenario", "check", "two.json").Expect(0);
        var enough = Need("scenario check");
        var errors = _simeval
            .Run("scenario", "check", "two.json", "-D", $"models.memory={enough + 1}B")
            .Expect(4)
            .Errors;
        Assert.Contains("variants.second", errors, StringComparison.Ordinal);
        Assert.Contains("(models.memory)", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("variants.planner", errors, StringComparison.Ordinal);
        // More rollouts in flight than the configuration has are more rows, which count as well.
        Assert.True(Need("run", "--in-flight", "65536") > enough + 10_000_000);
        _simeval.Run("run", "two.json", "--in-flight", "65537").Expect(4);

        long Need(string verb, params string[] more)
        {
            string[] words = [.. verb.Split(' '), "two.json", "-D", "models.memory=1kB", .. more];
            var need = Regex.Match(_simeval.Run(words).Expect(4).Errors, "it takes about ([0-9,]+) bytes of memory");
            return long.Parse(need.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        }
    }

    [Theory]
    [InlineData("model", "run", "--random", "1")]
    [InlineData("model", "check")]
    [InlineData("model", "diff", "PLANNER", "--random", "1")]
    [InlineData("infer", "--inputs", "INPUTS", "--out", "out.npz")]
    public void A_model_that_takes_more_memory_than_it_may_is_refused_at_every_door(params string[] words)
    {
        var planner = Path.Combine(SimEvalProcess.Root, "scenarios", "models", "planner.onnx");
        var inputs = Path.Combine(_simeval.Folder, "inputs.npz");
        using (var file = File.Create(inputs))
            NpzArchive.Write(file, [KeyValuePair.Create("x", Tensor.Of<float>(ElementType.Float32, [1], [0f]))]);
        var at = words[0] == "model" ? 2 : 1;
        string[] line =
        [
            .. words[..at],
            planner,
            .. words[at..]
                .Select(word =>
                    word == "PLANNER" ? planner
                    : word == "INPUTS" ? inputs
                    : word
                ),
            "-D",
            "models.memory=20kB",
        ];
        var errors = _simeval.Run(line).Expect(4).Errors;
        Assert.Contains($"{planner}: it takes about ", errors, StringComparison.Ordinal);
        Assert.Contains("the limit is 20,000 (models.memory)", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_elsewhere_keeps_its_line_beside_a_value_that_was_set()
    {
        _simeval.Write(
            "lines.json",
            TestScenarios.Small.Replace("\"constantVelocity\"", "\"constantVelocty\"", StringComparison.Ordinal)
        );
        var errors = _simeval.Run("scenario", "check", "lines.json", "--set", "seeds=3").Expect(4).Errors;
        Assert.Matches("lines\\.json:[0-9]+:[0-9]+: ", errors);
        Assert.DoesNotContain("--set", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_a_file_does_not_steer_the_terminal()
    {
        _simeval.Write(
            "evil.json",
            "{ \"\\u001b[31mred\": 1, \"world\": { \"driving\": {} }, \"variants\": { \"a\": \"expert\" } }"
        );
        var ended = _simeval.Run("scenario", "check", "evil.json").Expect(4);
        Assert.DoesNotContain("\u001b", ended.Errors + ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none.json")]
    [InlineData("none.xml")]
    public void A_file_that_is_not_there_is_said_so(string file) =>
        Assert.Contains("no such file", _simeval.Run("run", file).Expect(4).Errors, StringComparison.Ordinal);

    [Fact]
    public void A_new_scenario_is_valid_as_it_is()
    {
        _simeval.Run("scenario", "new", "mine.json").Expect(0);
        _simeval.Run("scenario", "check", "mine.json").Expect(0);
        _simeval.Run("scenario", "new", "mine.json").Expect(4);
    }

    [Fact]
    public void The_shipped_schema_is_the_one_that_the_program_prints()
    {
        var shipped = File.ReadAllText(Path.Combine(SimEvalProcess.Root, "scenarios", "scenario.schema.json"));
        Assert.Equal(shipped.Trim(), _simeval.Run("scenario", "schema").Expect(0).Output.Trim());
    }

    [Fact]
    public void Every_shipped_scenario_is_valid()
    {
        foreach (
            var file in Directory.EnumerateFiles(Path.Combine(SimEvalProcess.Root, "scenarios", "driving"), "*.json")
        )
        {
            _simeval.Run("scenario", "check", file).Expect(0);
        }
    }
}
