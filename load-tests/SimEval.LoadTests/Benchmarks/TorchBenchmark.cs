using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Sessions;
using SimEval.Devices.Torch;
using SimEval.LoadTests.Ladder;
using SimEval.Models.Onnx;
using SimEval.Scenarios.Numerics;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// Frames a second of a torch session over those of a native loop of the same prepared forward, for an MLP of 48-256-256-12
/// (ReLU): what slots, gathering and the crossing into native code cost. The session is made to run at the batch that is
/// measured, whatever the probe would allow.
/// </summary>
public sealed class TorchBenchmark : IBenchmark
{
    private const int Observed = 48;
    private const int Acted = 12;

    /// <inheritdoc/>
    public string Name => "torch.overBareLoop";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        if (!TorchDevice.IsInstalled)
            throw new BenchmarkUnavailableException(
                "libtorch is not installed (libtorch-dev, cmake, g++; then src/native/torch/install.sh)"
            );
        using var model = new TorchDevice().Load(Network(), new ModelOptions());
        var request = new BindingRequest
        {
            Observation = [new TensorSpec("observation", [Observed], "")],
            Action = new TensorSpec("action", [Acted], ""),
        };
        var binding = ModelBinder.Bind(model.Signature, request, [])!;
        foreach (var batch in new[] { 1, 64, 256 })
        {
            var bound = (TorchBoundModel)model.Bind(binding, batch);
            log.WriteLine($"  batch {batch}: {bound.Probe.Finding}");
            using var session = new TorchSession(bound, batch, new BatchBuckets(batch, batch == 1 ? [1] : [1, batch]));
            var order = Enumerable.Range(0, batch).Reverse().ToArray();
            for (var slot = 0; slot < batch; slot++)
                session.Input(0, slot).Fill(slot % 7 - 3);
            // Enough forwards a step for the clock not to be seen.
            var forwards = Math.Max(1, 256 / batch);
            var ratio = PairedRatio.Measure(
                PairedRatio.Repeat(() =>
                {
                    for (var i = 0; i < forwards; i++)
                        session.Run(order);
                    return forwards * batch;
                }),
                PairedRatio.Repeat(() =>
                {
                    session.Repeat(batch, forwards);
                    return forwards * batch;
                }),
                budget
            );
            yield return Measurement.OfRatio(
                batch == 64 ? Name : $"{Name}.batch{batch}",
                ratio,
                batch == 1 ? 0.9 : 0.95,
                "frames/s",
                $"batch {batch}, slots out of order"
            );
        }
    }

    private static byte[] Network()
    {
        var draws = new Philox(3);
        float[] Values(int count, int fan) =>
            [.. Enumerable.Range(0, count).Select(i => (float)(draws.Normal((ulong)i) / Math.Sqrt(fan)))];
        return new OnnxBuilder("mlp")
            .Input("observation", ["batch", "48"])
            .Output("action", ["batch", "12"])
            .Constant("w0", [Observed, 256], Values(Observed * 256, Observed))
            .Constant("b0", [256], Values(256, 256))
            .Constant("w1", [256, 256], Values(256 * 256, 256))
            .Constant("b1", [256], Values(256, 256))
            .Constant("w2", [256, Acted], Values(256 * Acted, 256))
            .Constant("b2", [Acted], Values(Acted, 256))
            .Node("Gemm", ["observation", "w0", "b0"], ["h0"])
            .Node("Relu", ["h0"], ["r0"])
            .Node("Gemm", ["r0", "w1", "b1"], ["h1"])
            .Node("Relu", ["h1"], ["r1"])
            .Node("Gemm", ["r1", "w2", "b2"], ["action"])
            .ToBytes();
    }
}
