using System.Globalization;
using SimEval.Devices.Asic;
using SimEval.Devices.Cpu;
using SimEval.LoadTests.Ladder;
using SimEval.Models.Asic.Boards;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// The emulator's whole forward of a perceptron over the processor's peak for exact 8-bit products, both in multiply-adds a
/// second: gathering the batch, quantizing the observations and requantizing every layer included.
/// </summary>
public sealed class AsicForwardBenchmark : IBenchmark
{
    /// <inheritdoc/>
    public string Name => "asic.forwardOverPeak";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        if (!NativeInt8.Has(NativeInt8.Madd256))
            throw new BenchmarkUnavailableException(
                "there is no library of 8-bit kernels, or no AVX2: src/native/kernels-int8/install.sh builds it with gcc"
            );
        var instructions = NativeProduct.Vnni is null ? NativeInt8.Madd256 : NativeInt8.Vnni512;
        using var loaded = new Perceptron.Loaded(
            new AsicDevice(BoardLibrary.Get("g2")),
            new Perceptron(new CpuDevice()).Quantized
        );
        var ratio = PairedRatio.Measure(
            PairedRatio.Repeat(() => loaded.Step() * Perceptron.Macs),
            PairedRatio.Repeat(() => (long)NativeInt8.Peak(instructions, 1 << 12)),
            budget
        );
        yield return Measurement.OfRatio(
            Name,
            ratio,
            0.7,
            "multiply-adds/s",
            string.Create(
                CultureInfo.InvariantCulture,
                $"48-256-256-12 at batch {Perceptron.Batch} for asic/g2; {ratio.RateA / Perceptron.Macs:N0} frames/s"
            )
        );
    }
}
