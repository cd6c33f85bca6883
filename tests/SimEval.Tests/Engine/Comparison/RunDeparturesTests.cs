using SimEval.Devices;
using SimEval.Devices.Cpu;
using SimEval.Engine.Comparison;
using SimEval.Engine.Replay;
using SimEval.Engine.Runs;
using SimEval.Metrics.Layers;
using SimEval.Models.Onnx;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Engine.Comparison;

public sealed class RunDeparturesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_build_is_compared_with_the_baseline_and_with_the_variant_whose_file_it_runs()
    {
        var planned = RunDepartures.Planned(
            Scenario(
                "fp32",
                ("idle", "idle", "cpu"),
                ("int8", "a.onnx", "cpu"),
                ("fp32", "b.onnx", "cpu"),
                ("g2", "a.onnx", "asic/g2")
            )
        );
        Assert.Equal(
            [("int8", "fp32", false), ("g2", "fp32", false), ("g2", "int8", true)],
            planned.Select(build => (build.Variant, build.Parent, build.SameFile))
        );
    }

    [Fact]
    public void Without_a_baseline_that_is_a_model_the_first_model_is_what_the_others_are_builds_of()
    {
        var planned = RunDepartures.Planned(
            Scenario("idle", ("idle", "idle", "cpu"), ("one", "a.onnx", "cpu"), ("two", "b.onnx", "cpu"))
        );
        Assert.Equal([("two", "one")], planned.Select(build => (build.Variant, build.Parent)));
        Assert.Empty(RunDepartures.Planned(Scenario(null, ("idle", "idle", "cpu"), ("one", "a.onnx", "cpu"))));
    }

    [Fact]
    public async Task A_build_departs_at_the_layer_that_was_changed_and_a_copy_nowhere()
    {
        var (engine, run) = await RunAsync();
        await using var _ = engine;
        var departures = new RunDepartures(engine.Service.Library, run, run.Plan.Pairs.Count, new ModelOptions());
        var found = await departures.CompareAsync(24);
        Assert.Equal([("far", "model"), ("copy", "model")], found.Select(build => (build.Variant, build.Parent)));
        Assert.All(found, build => Assert.Equal((24, 6), (build.Frames, build.Rollouts)));
        var far = found[0].Report!;
        Assert.Equal("bent", far.FirstDeparture);
        Assert.Equal(["pushed", "bent", "action"], far.Layers.Select(layer => layer.Name));
        Assert.True(far.Layers[0].IsEqual);
        Assert.True(far.Layers[2] is { IsOutput: true, Frames: 24, DifferingFrames: > 0 });
        Assert.True(found[1].Report!.IsEqual);
        // The same again, to the bit.
        var again = await departures.CompareAsync(24);
        Assert.Equal(found.SelectMany(build => build.Report!.Layers), again.SelectMany(build => build.Report!.Layers));
    }

    [Fact]
    public async Task What_cannot_be_compared_is_told_and_nothing_is_thrown()
    {
        var (engine, run) = await RunAsync();
        await using var _ = engine;
        var small = new RunDepartures(engine.Service.Library, run, run.Plan.Pairs.Count, new ModelOptions(10));
        Assert.All(await small.CompareAsync(4), Refused);
        var none = new RunDepartures(engine.Service.Library, run, 0, new ModelOptions());
        Assert.All(
            await none.CompareAsync(4),
            build => Assert.Contains("no such frame", build.Reason, StringComparison.Ordinal)
        );
        var stopped = await none.CompareAsync(4, _ => throw new OperationCanceledException());
        Assert.All(stopped, build => Assert.StartsWith("interrupted", build.Reason, StringComparison.Ordinal));

        static void Refused(BuildDeparture build)
        {
            Assert.Null(build.Report);
            Assert.Contains("10", build.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_layer_of_one_frame_is_told_and_of_a_policy_that_it_has_none()
    {
        var (engine, run) = await RunAsync();
        await using var _ = engine;
        var departures = new RunDepartures(engine.Service.Library, run, run.Plan.Pairs.Count, new ModelOptions());
        var pair = run.Plan.Pairs[0];
        var rollout = await engine.Service.Library.RolloutAsync(run, new RolloutKey("model", pair.Point, pair.Seed));
        var far = departures.At(rollout!, "far", 0);
        Assert.Equal(("bent", 1), (far.Report!.FirstDeparture, far.Frames));
        Assert.Contains("expert is no model", departures.At(rollout!, "expert", 0).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Frames_of_a_run_whose_actions_take_time_are_those_that_the_model_saw()
    {
        var (engine, run) = await RunAsync("\"latency\": \"30 ms\",");
        await using var _ = engine;
        var file = new ModelFile("model.onnx", File.ReadAllBytes(Path.Combine(_folder.Path, "model.onnx")));
        using var model = new CpuDevice().Open(file, new ModelOptions());
        var recorded = RecordedRun.Of(engine.Service.Library, run, model, file, "model");
        var rollout = await recorded.RolloutAsync(recorded.Rollouts[0]);
        var frames = recorded.FramesOf(rollout!).ToList();
        Assert.Equal(rollout!.Recording.Count, frames.Count);
        Assert.All(frames, frame => Assert.Equal(frame.Action[0], model.Run(frame.Inputs)["action"].Span<float>()[0]));
    }

    private async Task<(ToyEngine Engine, StoredRun Run)> RunAsync(string more = "")
    {
        Write("model.onnx", "Relu");
        Write("far.onnx", "Abs");
        Write("copy.onnx", "Relu");
        var engine = await ToyEngine.OpenAsync(Path.Combine(_folder.Path, Guid.NewGuid().ToString("N")));
        var outcome = await engine.RunAsync(
            $$"""
            { "name": "builds", {{more}} "world": { "toy": { "noise": 0.5, "frames": 12 } }, "seeds": 6,
              "variants": { "expert": "expert", "far": "{{_folder.Path}}/far.onnx", "model": "{{_folder.Path}}/model.onnx",
                            "copy": "{{_folder.Path}}/copy.onnx" }, "baseline": "model" }
            """
        );
        return (engine, outcome.Run);
    }

    // Pushes back in one direction only, or in both.
    private void Write(string name, string bends) =>
        File.WriteAllBytes(
            Path.Combine(_folder.Path, name),
            new OnnxBuilder("toy")
                .Input("state", ["batch", "2"])
                .Constant("w", [2, 1], (ReadOnlySpan<float>)[-2f, -2f])
                .Node("MatMul", ["state", "w"], ["pushed"])
                .Node(bends, ["pushed"], ["bent"])
                .Node("Neg", ["bent"], ["action"])
                .Output("action", ["batch", "1"])
                .ToBytes()
        );

    private static Scenario Scenario(string? baseline, params (string Name, string Source, string Device)[] variants) =>
        Reports.SampleRun.Input(seeds: 1).Scenario with
        {
            Baseline = baseline,
            Variants =
            [
                .. variants.Select(v => new Variant(
                    v.Name,
                    v.Source.EndsWith(".onnx", StringComparison.Ordinal) ? PolicyKind.Model : PolicyKind.BuiltIn,
                    v.Source,
                    v.Device,
                    new Dictionary<string, string>(),
                    null,
                    []
                )),
            ],
        };
}
