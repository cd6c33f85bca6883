using SimEval.Devices;
using SimEval.Devices.Cpu;
using SimEval.Engine.Comparison;
using SimEval.Models;
using SimEval.Models.Compression;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Models.Compression;

public sealed class QuantizerTests
{
    private static readonly ModelOptions Limits = new(1 << 28);

    private static OnnxModel Planner =>
        OnnxReader.Read(File.ReadAllBytes(Path.Combine(SharedData.Root, "scenarios/models/planner.onnx")));

    [Fact]
    public void The_shipped_planner_in_8_bits_gives_nearly_the_same_actions()
    {
        var prepared = Preparation.Prepare(Planner);
        var quantized = Quantizer.Quantize(Planner, Ranges(prepared, 256));
        var sqnr = Sqnr(Planner, quantized, 64);
        Assert.True(sqnr > 33, $"{sqnr} dB");
    }

    private static Dictionary<string, ValueRange> Ranges(OnnxModel prepared, int frames)
    {
        var ranges = new Dictionary<string, ValueRange>(StringComparer.Ordinal);
        using var model = Open(prepared, Quantizer.Values(prepared));
        var inputs = RandomInputs.For(model, 1);
        for (var frame = 0; frame < frames; frame++)
        {
            var given = inputs.Frame(frame);
            foreach (var (name, tensor) in model.Run(given).Concat(given))
            {
                var range = ValueRange.Of(tensor.Span<float>());
                ranges[name] = ranges.TryGetValue(name, out var known) ? known.Union(range) : range;
            }
        }

        return ranges;
    }

    private static double Sqnr(OnnxModel reference, OnnxModel other, int frames)
    {
        using var a = Open(reference);
        using var b = Open(other);
        var inputs = RandomInputs.For(a, 2);
        var (signal, noise) = (0.0, 0.0);
        for (var frame = 0; frame < frames; frame++)
        {
            var (x, y) = (a.Run(inputs.Frame(frame)), b.Run(inputs.Frame(frame)));
            foreach (var output in a.Signature.Outputs)
            {
                var left = x[output.Name].Span<float>();
                var right = y[output.Name].Span<float>();
                for (var i = 0; i < left.Length; i++)
                    (signal, noise) = (signal + (double)left[i] * left[i], noise + Math.Pow(left[i] - right[i], 2));
            }
        }

        return 10 * Math.Log10(signal / noise);
    }

    private static ITensorModel Open(OnnxModel model, IReadOnlyCollection<string>? values = null) =>
        new CpuDevice().Open(new ModelFile("", OnnxWriter.Write(model)), Limits, values);
}
