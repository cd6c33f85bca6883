using Xunit;

namespace SimEval.EndToEnd;

/// <summary>Quantizing and pruning, as a user does them.</summary>
public sealed class CompressionTests : IDisposable
{
    private readonly SimEvalProcess _simeval = new();

    private static string Planner => Path.Combine(SimEvalProcess.Root, "scenarios", "models", "planner.onnx");

    public void Dispose() => _simeval.Dispose();

    [Fact]
    public void A_model_calibrated_from_a_recorded_run_is_near_its_parent_and_the_same_file_each_time()
    {
        _simeval.Write("long.json", TestScenarios.Long(2));
        _simeval.Run("run", "long.json", "-q").Expect(0);
        string[] verb = ["model", "quantize", Planner, "--calibrate", "long-1", "--count", "200", "--json", "--out"];
        var told = _simeval.Run([.. verb, "a.onnx"]).Expect(0).Json;
        _simeval.Run([.. verb, "b.onnx"]).Expect(0);
        Assert.Equal(Bytes("a.onnx"), Bytes("b.onnx"));
        Assert.True(told.GetProperty("outputSqnrDb").GetDouble() > 25);
        Assert.True(told.GetProperty("bytesAfter").GetInt64() < told.GetProperty("bytesBefore").GetInt64() / 2);
        var diff = _simeval.Run("model", "diff", Planner, "a.onnx", "--frames", "long-1", "--json").Expect(1).Json;
        Assert.Equal("normalised", diff.GetProperty("firstDeparture").GetString());
    }

    [Fact]
    public void The_shipped_planner_in_8_bits_scores_within_a_hundredth_of_float32()
    {
        var scenarios = Path.Combine(SimEvalProcess.Root, "scenarios");
        var others = new[] { "\"expert\"", "\"fp16\"", "\"2of4\"" };
        var ladder = File.ReadLines(Path.Combine(scenarios, "driving", "precision-ladder.json"))
            .Where(line => !others.Any(name => line.TrimStart().StartsWith(name, StringComparison.Ordinal)))
            .Select(line => line.Replace("\"../", $"\"{scenarios}/", StringComparison.Ordinal));
        _simeval.Write("ladder.json", string.Join('\n', ladder));
        _simeval.Run("run", "ladder.json", "-q").Expect(0);
    }

    [Fact]
    public void Other_precisions_and_pruning_end_with_one_line()
    {
        foreach (
            var verb in new string[][]
            {
                ["quantize", Planner, "--precision", "fp16"],
                ["quantize", Planner, "--precision", "int4", "--block", "16"],
                ["prune", Planner, "--pattern", "2:4", "--random", "64"],
                ["prune", Planner, "--sparsity", "0.5"],
            }
        )
            Assert.True(
                _simeval
                    .Run(["model", .. verb, "--out", "o.onnx", "--json"])
                    .Expect(0)
                    .Json.TryGetProperty("layers", out _)
            );
        _simeval.Run("model", "quantize", Planner, "--precision", "fp16", "--keep", "1", "--out", "o.onnx").Expect(4);
        _simeval.Run("model", "quantize", Planner, "--out", "o.onnx").Expect(4);
        _simeval.Run("model", "prune", Planner, "--pattern", "4:2", "--out", "o.onnx").Expect(4);
    }

    private byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(_simeval.Folder, file));
}
