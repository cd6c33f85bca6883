using SimEval.Devices;
using SimEval.Devices.Npz;
using SimEval.Devices.Tensors;
using SimEval.Engine;
using SimEval.Engine.Inference;
using SimEval.Engine.Replay;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Tests.Devices.Torch;
using Xunit;

namespace SimEval.Tests.Engine;

/// <summary>A model inferred over the rollouts that it drove itself gives the actions that it gave there, bit for bit.</summary>
public sealed class InferenceOfRolloutsTests : IDisposable
{
    private const string Mine = """
        { "name": "mine", "title": "as g2", "array": { "rows": 8, "columns": 8, "dataflows": ["ws"] }, "clockMHz": 100,
          "sramKiB": 64, "dramGBs": 1, "streamsWeights": true, "vectorLanes": 8, "moveBytesPerCycle": 8,
          "energyPj": { "mac": 1, "vector": 1, "sramByte": 1, "dramByte": 1 }, "operatorsOf": "g2", "operators": [] }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("none")]
    [InlineData("30 ms")]
    [InlineData("270 ms")]
    public Task States_of_an_ONNX_model_go_on_from_frame_to_frame(string latency) =>
        GivesWhatItGaveAsync(
            "memory.onnx",
            new OnnxBuilder("memory")
                .Input("state", ["batch", "2"])
                .Input("h", ["batch", "2"])
                .Constant("w", [2, 1], (ReadOnlySpan<float>)[-2f, -2f])
                .Constant("half", [1], (ReadOnlySpan<float>)[0.5f])
                .Node("Mul", ["h", "half"], ["less"])
                .Node("Add", ["state", "less"], ["hn"])
                .Node("MatMul", ["hn", "w"], ["action"])
                .Output("action", ["batch", "1"])
                .Output("hn", ["batch", "2"])
                .ToBytes(),
            """{ "model": "FILE", "output": "action", "states": [{ "input": "h", "output": "hn" }] }""",
            "cpu",
            latency
        );

    [TorchTheory]
    [InlineData("none")]
    [InlineData("270 ms")]
    public Task State_inside_a_TorchScript_module_goes_on_from_frame_to_frame(string latency) =>
        GivesWhatItGaveAsync(
            "memory.pt",
            ScriptArchive.Of(
                """
                def forward(self, x: Tensor) -> Tensor:
                  steps = self.steps
                  self.steps = torch.add(steps, 1)
                  return torch.sub(torch.mul(torch.sum(x, [1], True), -2), self.steps)
                """,
                ("steps", 0)
            ),
            """{ "model": "FILE", "device": "torch" }""",
            "torch",
            latency
        );

    [Fact]
    public async Task A_board_of_ones_own_is_the_one_that_the_inference_began_with()
    {
        var board = Path.Combine(_folder.Path, "mine.json");
        await File.WriteAllTextAsync(board, Mine);
        var model = new OnnxBuilder("twice")
            .Input("x", ["batch", "2"])
            .Output("y", ["batch", "2"])
            .Node("Add", ["x", "x"], ["y"])
            .ToBytes();
        var inputs = new MemoryStream();
        NpzArchive.Write(inputs, [new("x", Tensor.Of([1, 2], [1f, 2f]))]);
        var output = Path.Combine(_folder.Path, "out.npz");
        await using var engine = await ToyEngine.OpenAsync(Path.Combine(_folder.Path, "data"));
        var run = await engine.Inference.SubmitAsync(
            new InferenceRequest(
                new ModelFile("twice.onnx", model),
                $"asic/{board}",
                null,
                null,
                new ModelFile("x.npz", inputs.ToArray()),
                output,
                "infer"
            ),
            "token"
        );
        File.Delete(board);
        await engine.Inference.ExecuteAsync(run, null, default);
        var given = NpzArchive.Read(await File.ReadAllBytesAsync(output), 1 << 20);
        Assert.Equal([2f, 4f], given["y"].Span<float>().ToArray());
    }

    private async Task GivesWhatItGaveAsync(string name, byte[] model, string variant, string device, string latency)
    {
        var path = Path.Combine(_folder.Path, name);
        await File.WriteAllBytesAsync(path, model);
        await using var engine = await ToyEngine.OpenAsync(Path.Combine(_folder.Path, "data"));
        var outcome = await engine.RunAsync(
            $$"""
            { "name": "own", "world": { "toy": { "noise": 0.5, "frames": 20 } }, "seeds": 4, "latency": "{{latency}}",
              "variants": { "model": {{variant.Replace("FILE", path, StringComparison.Ordinal)}} } }
            """
        );
        Assert.Equal(4, (await engine.Service.Library.CountedAsync(outcome.Run)).CountOf(0).Completed);
        var file = new ModelFile(path, model);
        using var opened = DeviceCatalogue.Tensors(device).Open(file, new ModelOptions());
        var recorded = RecordedRun.Of(engine.Service.Library, outcome.Run, opened, file, null);
        var units = new RolloutUnits(opened, recorded);
        Assert.Equal(4, units.Count);
        for (var unit = 0; unit < units.Count; unit++)
        {
            var arrays = (await units.RunAsync(unit, default)).ToDictionary(pair => pair.Key, pair => pair.Value);
            var given = TensorNumbers.Read(arrays[recorded.Binding.Action.Name]);
            Assert.Equal(TensorNumbers.Read(arrays[RolloutUnits.ActionArray]), given);
            Assert.True(given.Distinct().Count() > 3);
        }
    }
}
