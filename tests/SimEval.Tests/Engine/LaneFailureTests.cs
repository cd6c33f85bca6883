using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Devices.Probing;
using SimEval.Engine;
using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Engine;

public sealed class LaneFailureTests
{
    [Fact]
    public async Task A_lane_that_fails_ends_the_run_which_then_goes_on_where_it_can()
    {
        using var folder = new TemporaryFolder();
        var data = Path.Combine(folder.Path, "data");
        string run;
        await using (var broken = await ToyEngine.OpenAsync(data, new FullDevice()))
        {
            run = await broken.SubmitAsync(Scenario(folder.Path));
            var outcome = await Carry(broken, run);
            Assert.Equal(ExecutionEndKind.Failed, outcome.End.Kind);
            Assert.Equal("no room for a session", outcome.End.Reason);
        }

        await using var whole = await ToyEngine.OpenAsync(data);
        Assert.Equal(ExecutionEndKind.Complete, (await Carry(whole, run)).End.Kind);
    }

    private static Task<RunOutcome> Carry(ToyEngine engine, string run) =>
        engine.Service.ExecuteAsync(run, new ExecutionOptions(), null, CancellationToken.None);

    private static string Scenario(string folder)
    {
        var path = Path.Combine(folder, "expert.onnx");
        File.WriteAllBytes(
            path,
            new OnnxBuilder("expert")
                .Input("state", ["batch", "2"])
                .Constant("w", [2, 1], (ReadOnlySpan<float>)[-2f, -2f])
                .Node("MatMul", ["state", "w"], ["action"])
                .Output("action", ["batch", "1"])
                .ToBytes()
        );
        return $$"""
            { "name": "full", "world": { "toy": { "frames": 20 } }, "seeds": 6, "variants": { "model": "{{path}}" } }
            """;
    }

    // The processor, but for sessions: none can be made.
    private sealed class FullDevice : IModelDevice
    {
        public string DeviceClass => "cpu";

        public ILoadedModel Load(ReadOnlyMemory<byte> bytes, ModelOptions options) =>
            new Loaded(new CpuDevice().Load(bytes, options));

        private sealed record Loaded(ILoadedModel Inner) : ILoadedModel
        {
            public ModelSignature Signature => Inner.Signature;

            public IBoundModel Bind(ModelBinding binding, int maximumBatch) =>
                new Bound(Inner.Bind(binding, maximumBatch));

            public void Dispose() => Inner.Dispose();
        }

        private sealed record Bound(IBoundModel Inner) : IBoundModel
        {
            public ModelBinding Binding => Inner.Binding;

            public ProbeReport Probe => Inner.Probe;

            public int StateBytes => Inner.StateBytes;

            public IModelSession CreateSession(int slots) =>
                throw new InvalidOperationException("no room for a session");
        }
    }
}
