using System.Text.Json;
using Xunit;

namespace SimEval.EndToEnd;

public sealed class RunTests : IDisposable
{
    private readonly SimEvalProcess _simeval = new();

    public void Dispose() => _simeval.Dispose();

    [Fact]
    public void A_run_without_gates_has_no_verdict_and_passes()
    {
        _simeval.Write("small.json", TestScenarios.Small);
        var ended = _simeval.Run("run", "small.json", "--json").Expect(0);
        var run = ended.Json;
        Assert.Equal("small-1", run.GetProperty("run").GetString());
        Assert.Equal("None", run.GetProperty("verdict").GetString());
        Assert.Equal(0, run.GetProperty("gates").GetArrayLength());
        Assert.Equal(32, run.GetProperty("rollouts").GetProperty("completed").GetInt32());
        Assert.True(run.GetProperty("frames").GetInt64() > 1000);
        Assert.True(run.GetProperty("framesPerSecond").GetDouble() > 0);
        Assert.Equal(64, run.GetProperty("resultsHash").GetString()!.Length);
        Assert.Single(ended.Output.TrimEnd().Split('\n'));
        Assert.True(
            new FileInfo(Path.Combine(_simeval.Folder, run.GetProperty("report").GetString()!)).Length > 10_000
        );
        Assert.Equal(run.GetRawText(), _simeval.Run("status", "--json").Expect(0).Json.GetRawText());
        Assert.Equal(run.GetRawText(), _simeval.Run("resume", "--json").Expect(0).Json.GetRawText());
    }

    [Theory]
    [InlineData("""[{ "metric": "collision.any", "atMost": 1 }]""", 0, "Pass")]
    [InlineData("""[{ "metric": "speed.mean", "atLeast": "100 m/s" }]""", 1, "Fail")]
    [InlineData("""[{ "metric": "score", "atLeast": 0.99, "variants": ["expert"] }]""", 7, "Inconclusive")]
    public void The_verdict_is_the_exit_code(string gates, int code, string verdict)
    {
        _simeval.Write(
            "gated.json",
            TestScenarios.Small.Replace("\"seeds\"", $"\"gates\": {gates}, \"seeds\"", StringComparison.Ordinal)
        );
        Assert.Equal(
            verdict,
            _simeval.Run("run", "gated.json", "--json").Expect(code).Json.GetProperty("verdict").GetString()
        );
    }

    [Theory]
    [InlineData("road.xml")]
    [InlineData("named.json")]
    [InlineData("listed.json")]
    [InlineData("suite.json")]
    public void A_CommonRoad_file_gives_a_point_for_each_planning_problem_however_it_is_named(string file)
    {
        _simeval.Write("named.json", TestScenarios.OfCommonRoad("road.xml", "{}"));
        _simeval.Write("listed.json", TestScenarios.OfCommonRoad("$road", """{ "road": ["road.xml"] }"""));
        _simeval.Write("suite.json", TestScenarios.OfCommonRoad("$road", """{ "road": { "files": "*.xml" } }"""));

        _simeval.Write("road.xml", TestScenarios.CommonRoad(2));
        var run = _simeval.Run("run", file, "--json", "-q").Expect(0).Json;
        Assert.Equal(4, run.GetProperty("rollouts").GetProperty("completed").GetInt32());

        _simeval.Write("road.xml", TestScenarios.CommonRoad(0));
        var check = _simeval.Run("scenario", "check", file, "--json").Expect(0).Json;
        Assert.Equal((true, 0), (check.GetProperty("valid").GetBoolean(), check.GetProperty("points").GetInt32()));
        Assert.Contains("nothing to run", _simeval.Run("run", file).Expect(5).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gate_without_its_baseline_is_refused_until_a_run_is_accepted()
    {
        var text = TestScenarios.Small.Replace(
            "\"baseline\": \"expert\"",
            "\"gates\": [{ \"metric\": \"score\", \"noWorseBy\": 0.5 }]",
            StringComparison.Ordinal
        );
        _simeval.Write("small.json", TestScenarios.Small);
        _simeval.Write("compared.json", text);
        _simeval.Run("run", "small.json").Expect(0);
        Assert.Contains("baseline", _simeval.Run("run", "compared.json").Expect(4).Errors, StringComparison.Ordinal);
        Assert.Contains(
            "baseline",
            _simeval.Run("run", "compared.json", "--baseline", "none-1").Expect(4).Errors,
            StringComparison.Ordinal
        );
        _simeval.Run("run", "compared.json", "--baseline", "small-1").Expect(0);
        _simeval.Run("accept", "small-1").Expect(0);
        _simeval.Run("run", "compared.json").Expect(0);
        Assert.Contains(
            "bit for bit",
            _simeval.Run("diff", "small-1", "small-2").Expect(0).Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_variant_repeats_the_actions_of_an_earlier_rollout()
    {
        const string expert = "\"expert\": \"expert\", \"constant\": \"constantVelocity\"";
        string Repeating(string rollout) =>
            TestScenarios.Small.Replace(
                expert,
                $$"""{{expert}}, "again": { "recorded": "rollout:{{rollout}}" }""",
                StringComparison.Ordinal
            );
        _simeval.Write("small.json", TestScenarios.Small);
        _simeval.Run("run", "small.json").Expect(0);
        _simeval.Write("again.json", Repeating("small-1/expert/gap=12,speed=15/1"));
        _simeval.Run("run", "again.json").Expect(0);
        _simeval.Run("export", "small-2", "--format", "csv", "--out", "all.csv").Expect(0);
        var rows = File.ReadAllLines(Path.Combine(_simeval.Folder, "all.csv")).Select(line => line.Split(',')).ToList();
        string At(string[] row, string column) => row[Array.IndexOf(rows[0], column)];
        var there = rows.Where(row =>
                At(row, "parameter.gap") == "12" && At(row, "parameter.speed") == "15" && At(row, "seed") == "1"
            )
            .ToDictionary(row => At(row, "variant"), row => At(row, "checksum"));
        Assert.Equal(there["expert"], there["again"]);
        Assert.NotEqual(there["constant"], there["again"]);

        _simeval.Write("gone.json", Repeating("small-1/expert/gap=13,speed=15/1"));
        Assert.Contains(
            "no point 'gap=13,speed=15'",
            _simeval.Run("scenario", "check", "gone.json").Expect(4).Errors,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_that_is_wrong_elsewhere_has_its_models_checked_too()
    {
        _simeval.Write(
            "wrong.json",
            TestScenarios
                .Small.Replace("\"constantVelocity\"", "{ \"model\": \"gone.onnx\" }", StringComparison.Ordinal)
                .Replace("\"seeds\": 2", "\"seeds\": 0", StringComparison.Ordinal)
        );
        var errors = _simeval.Run("scenario", "check", "wrong.json").Expect(4).Errors;
        Assert.Contains("seeds", errors, StringComparison.Ordinal);
        Assert.Contains("gone.onnx", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Order_and_parallelism_change_no_result()
    {
        _simeval.Write("small.json", TestScenarios.Small);
        string[][] ways =
        [
            ["--in-flight", "1"],
            ["--in-flight", "1000", "--shuffle", "7"],
            ["-D", "engine.cohort-size=3", "-D", "engine.cohort-members=5", "--shuffle", "1"],
            ["-D", "engine.lanes=1", "-D", "engine.flush-interval=10ms"],
        ];
        var results = ways.Select(way => _simeval.Run(["run", "small.json", "--json", .. way]).Expect(0).Json)
            .Select(json => json.GetProperty("resultsHash").GetString())
            .Distinct()
            .ToList();
        Assert.Single(results);
        var other = _simeval.Run("run", "small.json", "--json", "--seed", "2").Expect(0).Json;
        Assert.NotEqual(results[0], other.GetProperty("resultsHash").GetString());
    }

    [Fact]
    public void A_rollout_replays_bit_for_bit_and_departs_from_another_policy()
    {
        _simeval.Write("small.json", TestScenarios.Small);
        _simeval.Run("run", "small.json", "--quiet").Expect(0);
        var replay = _simeval
            .Run("replay", "expert/gap=12,speed=15/1", "--against", "constant", "--json")
            .Expect(0)
            .Json;
        Assert.Equal(replay.GetProperty("frames").GetInt32(), replay.GetProperty("matched").GetInt32());
        Assert.Equal(JsonValueKind.Null, replay.GetProperty("firstMismatch").ValueKind);
        Assert.Equal(JsonValueKind.Number, replay.GetProperty("against").GetProperty("firstDeparture").ValueKind);
        Assert.Equal(JsonValueKind.Null, replay.GetProperty("against").GetProperty("layer").ValueKind);
        Assert.Contains(
            "a rollout is named as in",
            _simeval.Run("replay", "expert/gap=13/1").Expect(5).Errors,
            StringComparison.Ordinal
        );
        _simeval.Run("replay", "expert/gap=12,speed=15/1", "--against", "constnat").Expect(4);
    }

    [Fact]
    public void A_build_departs_at_a_layer_in_the_report_and_at_a_frame_and_layer_in_the_replay()
    {
        var models = Path.Combine(SimEvalProcess.Root, "scenarios", "models");
        _simeval.Write(
            "small.json",
            TestScenarios.Small.Replace(
                "\"expert\": \"expert\", \"constant\": \"constantVelocity\" },\n  \"baseline\": \"expert\"",
                $$"""
                "fp32": "{{models}}/planner.onnx", "int8": "{{models}}/planner.int8.onnx",
                "g2": { "model": "{{models}}/planner.int8.onnx", "device": "asic/g2" } },
                  "baseline": "fp32"
                """,
                StringComparison.Ordinal
            )
        );
        _simeval.Run("run", "small.json", "--quiet").Expect(0);
        var report = JsonDocument
            .Parse(File.ReadAllText(Path.Combine(_simeval.Folder, ".simeval", "reports", "small-1.json")))
            .RootElement.GetProperty("departures");
        Assert.Equal(["int8", "g2", "g2"], report.EnumerateArray().Select(d => d.GetProperty("variant").GetString()));
        Assert.Equal([false, false, true], report.EnumerateArray().Select(d => d.GetProperty("equal").GetBoolean()));
        var asked = new[] { "replay", "fp32/gap=12,speed=15/1", "--against", "int8" };
        var against = _simeval.Run([.. asked, "--json"]).Expect(0).Json.GetProperty("against");
        Assert.Equal(report[0].GetProperty("firstDeparture").GetString(), against.GetProperty("layer").GetString());
        Assert.Contains("first at normalised", _simeval.Run(asked).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_probe_finds_is_told_by_model_check()
    {
        var model = Path.Combine(SimEvalProcess.Root, "scenarios", "models", "planner.int8.onnx");
        var json = _simeval.Run("model", "check", model, "--json").Expect(0).Json;
        Assert.True(json.GetProperty("batchInvariant").GetBoolean());
        Assert.True(json.GetProperty("int8Exact").GetBoolean());
        Assert.Contains(
            "Batch-invariant",
            _simeval.Run("model", "check", model).Expect(0).Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_deleted_run_gives_its_space_back_and_its_name_to_nobody()
    {
        _simeval.Write("small.json", TestScenarios.Small);
        _simeval.Run("run", "small.json", "--quiet").Expect(0);
        var deleted = _simeval.Run("delete", "small-1", "--json").Expect(0).Json;
        Assert.True(deleted.GetProperty("blobs").GetInt32() > 0);
        _simeval.Run("status", "small-1").Expect(5);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_simeval.Folder, ".simeval", "reports")));
        Assert.Equal(
            "small-2",
            _simeval.Run("run", "small.json", "--json").Expect(0).Json.GetProperty("run").GetString()
        );
    }

    [Fact]
    public void Exports_are_what_lies_beside_the_report()
    {
        _simeval.Write("small.json", TestScenarios.Small);
        _simeval.Run("run", "small.json", "--quiet").Expect(0);
        var page = Path.Combine(_simeval.Folder, ".simeval", "reports", "small-1");
        foreach (var (format, extension) in new[] { ("json", ".json"), ("csv", ".csv"), ("junit", ".junit.xml") })
        {
            var exported = _simeval.Run("export", "small-1", "--format", format).Expect(0).Output;
            Assert.Equal(
                File.ReadAllText(page + extension).ReplaceLineEndings("\n").TrimEnd(),
                exported.ReplaceLineEndings("\n").TrimEnd()
            );
        }
        _simeval.Run("report", "small-1", "--out", "elsewhere/page.html").Expect(0);
        Assert.True(File.Exists(Path.Combine(_simeval.Folder, "elsewhere", "page.html")));
    }
}
