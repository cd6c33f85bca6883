using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Engine.Comparison;
using SimEval.Engine.Compression;
using SimEval.LoadTests.Ladder;
using SimEval.Models.Compression;
using SimEval.Models.Compression.Calibration;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Scenarios.Numerics;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// Frames a second of a perceptron (48-256-256-12, ReLU) in 8 bits, exact, over the same in float32, on device class cpu at
/// batch 64. The goal is that of the processor: twice with VNNI, else 1.2 times.
/// </summary>
public sealed class Int8Benchmark : IBenchmark
{
    private const int Batch = 64;
    private const int CalibrationFrames = 512;
    private static readonly int[] Sizes = [48, 256, 256, 12];

    /// <inheritdoc/>
    public string Name => "cpu.int8OverFp32";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        var device = new CpuDevice();
        var parent = OnnxReader.Read(Perceptron());
        var frames = Frames(device, parent);
        var ranges = new ModelCalibration(device, new ModelOptions()).Ranges(
            Preparation.Prepare(parent),
            Quantizer.Values(Preparation.Prepare(parent)),
            frames,
            () => CalibrationFold.Of(CalibrationMethod.MinMax)
        );
        var quantized = Quantizer.Quantize(parent, ranges);
        var sqnr = new OutputNoise(device, new ModelOptions(), parent, frames).WorstDb(quantized);
        using var fp32 = new Loaded(device, parent);
        using var int8 = new Loaded(device, quantized);
        var ratio = PairedRatio.Measure(PairedRatio.Repeat(int8.Step), PairedRatio.Repeat(fp32.Step), budget);
        var goal = device.Numerics.Contains("vnni", StringComparison.Ordinal) ? 2.0 : 1.2;
        yield return Measurement.OfRatio(
            Name,
            ratio,
            goal,
            "frames/s",
            $"batch {Batch}, {device.Numerics}, outputs {sqnr:F1} dB"
        );
    }

    private static CalibrationFrames Frames(CpuDevice device, OnnxModel parent)
    {
        using var model = device.Open(new ModelFile("", OnnxWriter.Write(parent)), new ModelOptions());
        var inputs = RandomInputs.For(model, seed: 1);
        return new CalibrationFrames([.. Enumerable.Range(0, CalibrationFrames).Select(inputs.Frame)]);
    }

    /// <summary>Weights uniform with He's variance, 2 over the number of inputs.</summary>
    private static byte[] Perceptron()
    {
        var random = new Philox(7);
        var builder = new OnnxBuilder("perceptron")
            .Input("observation", ["batch", "48"])
            .Output("action", ["batch", "12"]);
        var from = "observation";
        for (var layer = 0; layer + 1 < Sizes.Length; layer++)
        {
            var (inputs, outputs) = (Sizes[layer], Sizes[layer + 1]);
            var bound = Math.Sqrt(6.0 / inputs);
            var weights = new float[inputs * outputs];
            for (var i = 0; i < weights.Length; i++)
                weights[i] = (float)((random.Uniform((ulong)layer, (ulong)i) * 2 - 1) * bound);
            var isLast = layer + 2 == Sizes.Length;
            var sums = isLast ? "action" : $"sums{layer}";
            builder
                .Constant($"weights{layer}", [inputs, outputs], weights)
                .Constant($"biases{layer}", [outputs], new float[outputs])
                .Node("Gemm", [from, $"weights{layer}", $"biases{layer}"], [sums]);
            if (isLast)
                break;
            from = $"hidden{layer}";
            builder.Node("Relu", [sums], [from]);
        }

        return builder.ToBytes();
    }

    private sealed class Loaded : IDisposable
    {
        private readonly ILoadedModel model;
        private readonly IModelSession session;

        public Loaded(CpuDevice device, OnnxModel graph)
        {
            model = device.Load(OnnxWriter.Write(graph), new ModelOptions());
            var request = new BindingRequest
            {
                Observation = [new TensorSpec("observation", [48], "")],
                Action = new TensorSpec("action", [12], ""),
            };
            var binding =
                ModelBinder.Bind(model.Signature, request, [])
                ?? throw new InvalidOperationException("the perceptron takes 48 numbers and gives 12");
            session = model.Bind(binding, Batch).CreateSession(Batch);
        }

        public long Step()
        {
            if (session.Run(Batch) > 0)
                throw new InvalidOperationException(session.Fault(0));
            return Batch;
        }

        public void Dispose()
        {
            session.Dispose();
            model.Dispose();
        }
    }
}
