using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Engine.Comparison;
using SimEval.Engine.Compression;
using SimEval.Models.Compression;
using SimEval.Models.Compression.Calibration;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using SimEval.Scenarios.Numerics;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>A perceptron (48-256-256-12, ReLU) with random weights, in float32 and quantized by SimEval.</summary>
internal sealed class Perceptron
{
    /// <summary>Frames of one forward.</summary>
    public const int Batch = 64;

    private const int CalibrationFrames = 512;
    private static readonly int[] Sizes = [48, 256, 256, 12];

    /// <summary>Makes both, calibrated on random frames.</summary>
    public Perceptron(CpuDevice device)
    {
        Float = OnnxReader.Read(Bytes());
        var frames = Frames(device, Float);
        var prepared = Preparation.Prepare(Float);
        var ranges = new ModelCalibration(device, new ModelOptions()).Ranges(
            prepared,
            Quantizer.Values(prepared),
            frames,
            () => CalibrationFold.Of(CalibrationMethod.MinMax)
        );
        Quantized = Quantizer.Quantize(Float, ranges);
        SqnrDb = new OutputNoise(device, new ModelOptions(), Float, frames).WorstDb(Quantized);
    }

    /// <summary>In float32.</summary>
    public OnnxModel Float { get; }

    /// <summary>In 8 bits.</summary>
    public OnnxModel Quantized { get; }

    /// <summary>Signal over quantization noise of the actions, in dB.</summary>
    public double SqnrDb { get; }

    /// <summary>Multiply-adds of one frame.</summary>
    public static long Macs => Sizes.Zip(Sizes.Skip(1), (inputs, outputs) => (long)inputs * outputs).Sum();

    private static CalibrationFrames Frames(CpuDevice device, OnnxModel parent)
    {
        using var model = device.Open(new ModelFile("", OnnxWriter.Write(parent)), new ModelOptions());
        var inputs = RandomInputs.For(model, seed: 1);
        return new CalibrationFrames([.. Enumerable.Range(0, CalibrationFrames).Select(inputs.Frame)]);
    }

    /// <summary>Weights uniform with He's variance, 2 over the number of inputs.</summary>
    public static byte[] Bytes()
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

    /// <summary>One of the two on a device, bound, in a session of a batch.</summary>
    public sealed class Loaded : IDisposable
    {
        private readonly ILoadedModel model;
        private readonly IModelSession session;

        /// <summary>Loads it.</summary>
        public Loaded(IModelDevice device, OnnxModel graph)
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

        /// <summary>A forward of the batch; returns its frames.</summary>
        public long Step()
        {
            if (session.Run(Batch) > 0)
                throw new InvalidOperationException(session.Fault(0));
            return Batch;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            session.Dispose();
            model.Dispose();
        }
    }
}
