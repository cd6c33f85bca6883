using System.Text.Json;
using SimEval.Devices;
using SimEval.Devices.Cpu;
using SimEval.Devices.Npz;
using SimEval.Engine.Comparison;
using SimEval.Engine.Inference;
using Xunit;

namespace SimEval.EndToEnd;

/// <summary>Batch inference and the verbs about models, as a user has them.</summary>
public sealed class InferTests : IDisposable
{
    private readonly SimEvalProcess _simeval = new();

    private static string Planner => Path.Combine(SimEvalProcess.Root, "scenarios", "models", "planner.onnx");

    public void Dispose() => _simeval.Dispose();

    [Fact]
    public async Task A_killed_inference_goes_on_and_ends_with_the_same_bytes()
    {
        _simeval.Write("long.json", TestScenarios.Long(40));
        _simeval.Run("run", "long.json", "-q").Expect(0);
        var whole = _simeval.Run("infer", Planner, "--frames", "long-1", "--out", "whole.npz", "--json").Expect(0).Json;
        Assert.Equal(0, whole.GetProperty("metrics").GetProperty("l1").GetDouble());
        var draw = new Random();
        var moments = new List<int>();
        string[] verb = ["infer", Planner, "--frames", "long-1", "--out", "killed.npz"];
        for (var kill = 0; kill < 3; kill++)
        {
            using var running = _simeval.Start(verb);
            moments.Add(draw.Next(200, 1200));
            await Task.Delay(TimeSpan.FromMilliseconds(moments[^1]));
            running.Kill();
            running.Wait();
            if (Listed().Contains("infer-planner-2", StringComparer.Ordinal))
            {
                verb = ["resume", "infer-planner-2"];
            }
        }
        if (verb[0] == "resume")
        {
            _simeval.Run("resume", "infer-planner-2", "-q").Expect(0);
        }
        else
        {
            _simeval.Run([.. verb, "-q"]).Expect(0);
        }
        Assert.True(
            Bytes("whole.npz").SequenceEqual(Bytes("killed.npz")),
            $"killed at {string.Join(", ", moments)} ms"
        );
        Assert.Equal(["long-1", "infer-planner-1", "infer-planner-2"], Listed());
        var status = _simeval.Run("status", "infer-planner-2", "--json").Expect(0).Json;
        Assert.Equal("finished", status.GetProperty("state").GetString());
        Assert.Equal(whole.GetProperty("resultsHash").GetString(), status.GetProperty("resultsHash").GetString());
    }

    [Fact]
    public void Given_tensors_are_inferred_block_by_block_and_the_run_is_no_evaluation()
    {
        WriteInputs("inputs.npz", 600);
        var ended = _simeval
            .Run("infer", Planner, "--inputs", "inputs.npz", "--out", "folder", "--json")
            .Expect(0)
            .Json;
        Assert.Equal(3, ended.GetProperty("units").GetInt32());
        Assert.Equal(
            ["00000.npz", "00001.npz", "00002.npz"],
            Directory.GetFiles(Path.Combine(_simeval.Folder, "folder")).Select(Path.GetFileName).Order()
        );
        Assert.Contains(
            "batch inference",
            _simeval.Run("report", "infer-planner-1").Expect(4).Errors,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "batch inference",
            _simeval.Run("accept", "infer-planner-1").Expect(4).Errors,
            StringComparison.Ordinal
        );
        _simeval.Run("delete", "infer-planner-1").Expect(0);
        Assert.Empty(Listed());
    }

    [Fact]
    public void A_model_is_compared_with_itself_over_recorded_frames()
    {
        _simeval.Write("small.json", TestScenarios.Small);
        _simeval.Run("run", "small.json", "-q").Expect(0);
        var report = _simeval
            .Run("model", "diff", Planner, $"{Planner}@cpu", "--frames", "small-1", "--count", "40", "--json")
            .Expect(0)
            .Json;
        Assert.True(report.GetProperty("equal").GetBoolean());
        Assert.Equal(40, report.GetProperty("frames").GetInt32());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("firstDeparture").ValueKind);
        Assert.True(report.GetProperty("layers").GetArrayLength() > 3);
    }

    [Theory]
    [InlineData(4, "no such file", "model", "run", "none.onnx", "--random", "1")]
    [InlineData(4, "no device 'gpu'", "model", "run", "PLANNER@gpu", "--random", "1")]
    [InlineData(4, "either --inputs", "model", "run", "PLANNER")]
    [InlineData(4, "not an ONNX model", "model", "run", "text.onnx", "--random", "1")]
    [InlineData(4, "does not begin with", "model", "run", "PLANNER", "--inputs", "text.onnx")]
    [InlineData(4, "there is no such folder", "model", "conformance", "none")]
    [InlineData(5, "holds no test", "model", "conformance", ".")]
    [InlineData(5, "there is no run nowhere-1", "model", "diff", "PLANNER", "PLANNER", "--frames", "nowhere-1")]
    [InlineData(4, "there is no run nowhere-1", "infer", "PLANNER", "--frames", "nowhere-1", "--out", "o.npz")]
    public void What_cannot_be_done_is_said_in_a_line(int code, string told, params string[] arguments)
    {
        _simeval.Write("text.onnx", "this is a text");
        _simeval.Write("small.json", TestScenarios.Small);
        if (told.Contains("nowhere", StringComparison.Ordinal))
        {
            _simeval.Run("run", "small.json", "-q").Expect(0);
        }
        var ended = _simeval
            .Run([.. arguments.Select(word => word.Replace("PLANNER", Planner, StringComparison.Ordinal))])
            .Expect(code);
        Assert.Contains(told, ended.Errors, StringComparison.Ordinal);
    }

    private List<string?> Listed()
    {
        var ended = _simeval.Run("list", "--json");
        return ended.Code is 0
            ? [.. ended.Json.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("run").GetString())]
            : [];
    }

    private byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(_simeval.Folder, name));

    private void WriteInputs(string name, int rows)
    {
        using var model = new CpuDevice().Open(new ModelFile(Planner, File.ReadAllBytes(Planner)), new ModelOptions());
        var draws = new RandomInputs(model.Signature, 3);
        var frames = Enumerable.Range(0, rows).Select(draws.Frame).ToList();
        using var file = File.Create(Path.Combine(_simeval.Folder, name));
        NpzArchive.Write(
            file,
            model.Signature.Inputs.Select(input =>
                KeyValuePair.Create(
                    input.Name,
                    TensorStack.Frames(input.Name, [.. frames.Select(frame => frame[input.Name])])
                )
            )
        );
    }
}
