using System.Text.Json;
using Xunit;

namespace SimEval.EndToEnd;

/// <summary>A model compiled for a board, and looked into, as a user does it.</summary>
public sealed class ArtifactTests : IDisposable
{
    private readonly SimEvalProcess _simeval = new();

    private static string Planner => Path.Combine(SimEvalProcess.Root, "scenarios", "models", "planner.int8.onnx");

    public void Dispose() => _simeval.Dispose();

    [Fact]
    public void An_artifact_is_shown_checked_run_and_equal_to_its_model()
    {
        var compiled = _simeval.Run("model", "compile", Planner, "--board", "g2", "--out", "p.sea", "--json");
        var hash = compiled.Expect(0).Json.GetProperty("sha256").GetString();
        var shown = _simeval.Run("model", "show", "p.sea", "--json").Expect(0).Json;
        Assert.Equal(("artifact", "g2"), (Text(shown, "format"), Text(shown, "board")));
        Assert.Equal(hash, Text(shown, "sha256"));
        Assert.Equal(["asic/g2"], Runs(shown));
        Assert.True(shown.GetProperty("cycles").GetInt64() > 0);
        _simeval.Run("model", "check", "p.sea").Expect(0);
        Assert.Equal("asic/g2", Text(_simeval.Run("model", "check", "p.sea", "--json").Expect(0).Json, "device"));
        _simeval.Run("model", "run", "p.sea", "--random", "3", "--json").Expect(0);
        var diff = _simeval.Run("model", "diff", Planner, "p.sea", "--random", "20", "--json").Expect(0).Json;
        Assert.True(diff.GetProperty("equal").GetBoolean());
    }

    [Fact]
    public void An_artifact_of_another_compiler_is_treated_like_ours()
    {
        var script = Path.Combine(SimEvalProcess.Root, "tests", "SimEval.Tests", "Models", "Asic", "write_artifact.py");
        var path = Path.Combine(_simeval.Folder, "other.sea");
        using (var python = System.Diagnostics.Process.Start("python3", [script, path, "g3"]))
            python.WaitForExit();
        var shown = _simeval.Run("model", "show", "other.sea", "--json").Expect(0).Json;
        Assert.Equal(("artifact", "g3"), (Text(shown, "format"), Text(shown, "board")));
        Assert.Equal(2, shown.GetProperty("operators").GetProperty("asic.MatMul").GetInt32());
        _simeval.Run("model", "check", "other.sea").Expect(0);
        _simeval.Run("model", "run", "other.sea", "--random", "2").Expect(0);
        _simeval.Run("model", "roofline", "other.sea").Expect(0);
        var diff = _simeval.Run("model", "diff", "other.sea", "other.sea", "--random", "3", "--json").Expect(0).Json;
        Assert.True(diff.GetProperty("equal").GetBoolean());
        Assert.Contains(diff.GetProperty("layers").EnumerateArray(), layer => Text(layer, "name") == "h_dq");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        foreach (var verb in (string[])["show", "check", "run", "diff"])
        {
            string[] more = verb switch
            {
                "run" => ["--random", "1"],
                "diff" => [Planner, "--random", "1"],
                _ => [],
            };
            var refused = _simeval.Run(["model", verb, "other.sea", .. more]).Expect(4);
            Assert.Contains("other.sea: the artifact is truncated", refused.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_artifact_is_refused_in_words_by_every_verb()
    {
        _simeval.Run("model", "compile", Planner, "--board", "g1", "--out", "p.sea").Expect(0);
        var path = Path.Combine(_simeval.Folder, "p.sea");
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        foreach (
            var verb in (string[][])
                [
                    ["show"],
                    ["check"],
                    ["run", "--random", "1"],
                    ["roofline"],
                ]
        )
        {
            var refused = _simeval.Run(["model", verb[0], "p.sea", .. verb[1..]]).Expect(4);
            Assert.Contains("p.sea: the artifact is damaged: section", refused.Errors, StringComparison.Ordinal);
        }

        var compared = _simeval.Run("model", "diff", Planner, "p.sea", "--random", "1").Expect(4);
        Assert.Contains("p.sea: the artifact is damaged: section", compared.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scenario_names_a_board_of_its_own_and_keeps_what_it_was()
    {
        var shipped = Path.Combine(SimEvalProcess.Root, "src", "SimEval.Models", "Asic", "Boards", "g1.json");
        var board = File.ReadAllText(shipped).Replace("\"g1\"", "\"mine\"", StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_simeval.Folder, "boards"));
        _simeval.Write("boards/mine.json", board);
        _simeval.Write(
            "own.json",
            TestScenarios.Small.Replace(
                "\"constant\": \"constantVelocity\"",
                $"\"constant\": {{ \"model\": \"{Planner}\", \"device\": \"asic/boards/mine.json\" }}",
                StringComparison.Ordinal
            )
        );
        _simeval.Run("scenario", "check", "own.json").Expect(0);
        var ran = _simeval.Run("run", "own.json", "--json").Expect(0).Json;
        var hash = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(board))
        );
        var page = File.ReadAllText(Path.Combine(_simeval.Folder, ran.GetProperty("report").GetString()!));
        Assert.Contains(hash, page, StringComparison.Ordinal);

        _simeval.Write(
            "boards/mine.json",
            board.Replace("\"clockMHz\": 500", "\"clockMHz\": 0", StringComparison.Ordinal)
        );
        var refused = _simeval.Run("scenario", "check", "own.json").Expect(4);
        Assert.Contains("mine.json:", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("'clockMHz'", refused.Errors, StringComparison.Ordinal);
        // What ran stays what it was.
        _simeval.Run("replay", "expert/gap=12,speed=15/1", "--against", "constant").Expect(0);
        File.Delete(Path.Combine(_simeval.Folder, "boards", "mine.json"));
        Assert.Contains(
            "there is no file \"boards/mine.json\"",
            _simeval.Run("scenario", "check", "own.json").Expect(4).Errors,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_model_is_shown_with_the_devices_that_run_it()
    {
        var shown = _simeval.Run("model", "show", Planner, "--json").Expect(0).Json;
        Assert.Equal("onnx", Text(shown, "format"));
        Assert.Equal(4, shown.GetProperty("operators").GetProperty("Gemm").GetInt32());
        Assert.Superset(new HashSet<string> { "cpu", "asic/g1", "asic/g2", "asic/g3" }, Runs(shown).ToHashSet());
        var floats = Path.Combine(SimEvalProcess.Root, "scenarios", "models", "planner.fp16.onnx");
        var refused = _simeval.Run("model", "check", floats + "@asic/g1").Expect(8);
        Assert.Contains("board g1 has no Cast (g2, g3 have it)", refused.Errors, StringComparison.Ordinal);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static IEnumerable<string> Runs(JsonElement shown) =>
        shown
            .GetProperty("devices")
            .EnumerateArray()
            .Where(device => device.GetProperty("runs").GetBoolean())
            .Select(device => Text(device, "device")!);
}
