using SimEval.Devices.Cpu;
using SimEval.LoadTests.Ladder;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// Frames a second of a perceptron in 8 bits, exact, over the same in float32, on device class cpu at batch 64. The goal is
/// that of the processor: twice with VNNI, else 1.2 times.
/// </summary>
public sealed class Int8Benchmark : IBenchmark
{
    /// <inheritdoc/>
    public string Name => "cpu.int8OverFp32";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        var device = new CpuDevice();
        var perceptron = new Perceptron(device);
        using var fp32 = new Perceptron.Loaded(device, perceptron.Float);
        using var int8 = new Perceptron.Loaded(device, perceptron.Quantized);
        var ratio = PairedRatio.Measure(PairedRatio.Repeat(int8.Step), PairedRatio.Repeat(fp32.Step), budget);
        var goal = device.Numerics.Contains("vnni", StringComparison.Ordinal) ? 2.0 : 1.2;
        yield return Measurement.OfRatio(
            Name,
            ratio,
            goal,
            "frames/s",
            $"batch {Perceptron.Batch}, {device.Numerics}, outputs {perceptron.SqnrDb:F1} dB"
        );
    }
}
