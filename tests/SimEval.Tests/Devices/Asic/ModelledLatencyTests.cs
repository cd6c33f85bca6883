using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Engine.Catalogue;
using SimEval.Models.Asic;
using SimEval.Models.Asic.Artifacts;
using SimEval.Models.Asic.Boards;
using SimEval.Scenarios;
using SimEval.Tests.Engine;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

public sealed class ModelledLatencyTests : IDisposable
{
    private static readonly Board Board = BoardLibrary.Get("g1");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("onnx")]
    [InlineData("sea")]
    public async Task Every_action_of_a_run_takes_the_cycles_of_a_frame_at_the_board_s_clock(string form)
    {
        var (path, artifact) = Written(form);
        await using var engine = await ToyEngine.OpenAsync(Path.Combine(folder.Path, "data"));
        var run = (await engine.RunAsync(Scenario(path, "modelled"))).Run;
        await engine.Service.Library.OpenAsync(run.Id, prepare: true);
        var schedule = AsicCompiler.Schedule(artifact.Program, Board, batch: 1)!;
        var nanoseconds = schedule.Cycles / Board.ClockHz * 1e9;
        Assert.True(nanoseconds > 1000, $"{nanoseconds} ns");
        foreach (var pair in run.Plan.Pairs)
        {
            var rollout = await engine.Service.Library.RolloutAsync(
                run,
                new RolloutKey("model", pair.Point, pair.Seed)
            );
            var recording = rollout!.Recording;
            // A delay is a whole number of the clock's ticks, of 100 ns.
            Assert.All(
                Enumerable.Range(0, recording.Count),
                frame => Assert.Equal(nanoseconds, recording.Arrival(frame), tolerance: 100.0)
            );
        }
    }

    [Fact]
    public async Task A_variant_that_a_board_cannot_run_says_which_operator_and_which_boards_have_it()
    {
        var model = new QdqBuilder(3);
        var x = model.Quantized(model.Input("state", -1, 2), 0.05f, 128);
        model.Output(model.Node("ReduceSum", [model.Node("Softmax", [x], "p"), model.Integers("axes", 1)], "action"));
        var path = Path.Combine(folder.Path, "attention.onnx");
        await File.WriteAllBytesAsync(path, model.Bytes());
        await using var engine = await ToyEngine.OpenAsync(Path.Combine(folder.Path, "data"));
        var check = engine.Checker.CheckText(Scenario(path, "none"), "/toy/toy.json", new DiskFiles(), []);
        var error = Assert.Single(check.Errors);
        Assert.Equal("variants.model", error.Path);
        Assert.Contains("board g1 has no Softmax in float32 (g2, g3 have it)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("torch")]
    [InlineData("cuda")]
    public void An_artifact_is_told_from_a_damaged_model_by_what_is_no_board(string device)
    {
        var file = new ModelFile("", File.ReadAllBytes(Written("sea").Path));
        var error = Assert.Throws<ModelException>(() => DeviceCatalogue.Tensors(device).Graph(file));
        Assert.Equal(
            $"this is an artifact for asic/g1, which {device} does not run; name asic/g1 as the device",
            error.Message
        );
    }

    private (string Path, Artifact Artifact) Written(string form)
    {
        var model = new QdqBuilder(3);
        var x = model.Quantized(model.Input("state", -1, 2), 0.05f, 128);
        var h = model.Quantized(model.Node("MatMul", [x, model.Weights("w", [2, 300], -1, 0.01f)], "h"), 0.05f, 128);
        var y = model.Node("MatMul", [h, model.Weights("v", [300, 1], -1, 0.01f)], "push");
        var bytes = model.Output(model.Quantized(y, 0.05f, 128)).Bytes();
        var artifact = AsicLoading.Load(new ModelFile("m.onnx", bytes), Board, new ModelOptions());
        var path = Path.Combine(folder.Path, $"model.{form}");
        File.WriteAllBytes(path, form == "sea" ? artifact.ToBytes() : bytes);
        return (path, artifact);
    }

    private static string Scenario(string path, string latency) =>
        $$"""
            { "name": "board", "world": { "toy": { "noise": 0.5, "frames": 12 } }, "seeds": 4, "latency": "{{latency}}",
              "variants": { "model": { "model": "{{path}}", "device": "asic/g1" } } }
            """;
}
