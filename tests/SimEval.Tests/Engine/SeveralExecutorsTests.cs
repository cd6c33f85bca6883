using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Devices.Probing;
using SimEval.Engine;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Engine;

/// <summary>How many executors a device has, and how they batch, changes how fast a run is and nothing else.</summary>
public sealed class SeveralExecutorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_lane_has_an_executor_of_its_own_on_the_one_device_and_results_are_the_same()
    {
        var hashes = new List<string>();
        foreach (var lanes in (int[])[1, 3])
        {
            using var device = new CountingDevice(lanes);
            hashes.Add(await RunAsync(ToyEngine.Limits with { Lanes = lanes, CohortMembers = 6 }, new(), device));
            Assert.Equal((1, lanes), (device.Loaded, device.Sessions));
        }

        Assert.Equal(hashes[0], hashes[1]);
    }

    [Fact]
    public async Task Batches_waits_deadlines_and_buckets_change_no_result()
    {
        var limits = ToyEngine.Limits;
        var expected = await RunAsync(limits, new());
        Assert.Equal(expected, await RunAsync(limits with { MaximumBatch = 1 }, new()));
        Assert.Equal(expected, await RunAsync(limits, new ModelOptions { Buckets = [3, 8] }));
        var waiting = limits with { MaximumWait = TimeSpan.FromSeconds(1), FrameDeadline = 0.002 };
        Assert.Equal(expected, await RunAsync(waiting, new ModelOptions { Buckets = [5] }));
    }

    private async Task<string> RunAsync(EngineLimits limits, ModelOptions options, IModelDevice? device = null)
    {
        var data = Path.Combine(_folder.Path, Guid.NewGuid().ToString("N"));
        await using var engine = await ToyEngine.OpenAsync(data, device, limits, options);
        return (await engine.RunAsync(Scenario())).Run.Conclusion!.ResultsHash;
    }

    private string Scenario()
    {
        var path = Path.Combine(_folder.Path, "policy.onnx");
        File.WriteAllBytes(
            path,
            new OnnxBuilder("policy")
                .Input("state", ["batch", "2"])
                .Constant("w", [2, 1], [-1.7f, -2.3f])
                .Node("MatMul", ["state", "w"], ["pushed"])
                .Node("Tanh", ["pushed"], ["action"])
                .Output("action", ["batch", "1"])
                .ToBytes()
        );
        return $$"""
            { "name": "lanes", "world": { "toy": { "noise": 0.5, "frames": 20 } }, "seeds": 24,
              "variants": { "model": "{{path}}" } }
            """;
    }

    // The processor, counting what is loaded on it. No lane begins before all have their executor: a quick one would leave
    // nothing to the others.
    private sealed class CountingDevice(int lanes) : IModelDevice, IDisposable
    {
        private readonly CountdownEvent awaited = new(lanes);
        private int loaded;
        private int sessions;

        public string DeviceClass => "cpu";

        /// <summary>Models loaded for the execution; the check before it loads one, too.</summary>
        public int Loaded => loaded - 1;

        public int Sessions => sessions;

        public void Dispose() => awaited.Dispose();

        public ILoadedModel Load(ReadOnlyMemory<byte> bytes, ModelOptions options)
        {
            Interlocked.Increment(ref loaded);
            return new LoadedModel(this, new CpuDevice().Load(bytes, options));
        }

        private sealed record LoadedModel(CountingDevice Device, ILoadedModel Inner) : ILoadedModel
        {
            public ModelSignature Signature => Inner.Signature;

            public IBoundModel Bind(ModelBinding binding, int maximumBatch) =>
                new BoundModel(Device, Inner.Bind(binding, maximumBatch));

            public void Dispose() => Inner.Dispose();
        }

        private sealed record BoundModel(CountingDevice Device, IBoundModel Inner) : IBoundModel
        {
            public ModelBinding Binding => Inner.Binding;

            public ProbeReport Probe => Inner.Probe;

            public int StateBytes => Inner.StateBytes;

            public IModelSession CreateSession(int slots)
            {
                Interlocked.Increment(ref Device.sessions);
                Device.awaited.Signal();
                Device.awaited.Wait(TimeSpan.FromSeconds(30));
                return Inner.CreateSession(slots);
            }
        }
    }
}
