using SimEval.Devices;
using SimEval.Devices.Cpu;
using SimEval.Engine.Comparison;
using SimEval.Engine.Compression;
using SimEval.Models.Compression;
using SimEval.Models.Compression.Calibration;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Tests.Models.Compression;

/// <summary>What tests of compressed models share: models, frames, ranges, and noise against the parent.</summary>
internal static class CompressionBench
{
    public static readonly ModelOptions Limits = new(1 << 28);

    public static readonly CpuDevice Device = new();

    public static OnnxModel Planner =>
        OnnxReader.Read(File.ReadAllBytes(Path.Combine(SharedData.Root, "scenarios/models/planner.onnx")));

    public static ITensorModel Open(OnnxModel model, IReadOnlyCollection<string>? values = null) =>
        Device.Open(new ModelFile("", OnnxWriter.Write(model)), Limits, values);

    public static CalibrationFrames Random(OnnxModel model, int count, ulong seed = 1)
    {
        using var opened = Open(model);
        var inputs = RandomInputs.For(opened, seed);
        return new CalibrationFrames([.. Enumerable.Range(0, count).Select(inputs.Frame)]);
    }

    public static IReadOnlyDictionary<string, ValueRange> Ranges(OnnxModel model, CalibrationFrames frames) =>
        Calibrated(model, frames, Quantizer.Values(Preparation.Prepare(model)));

    public static IReadOnlyDictionary<string, ValueRange> Calibrated(
        OnnxModel model,
        CalibrationFrames frames,
        IReadOnlyList<string> values
    ) =>
        new ModelCalibration(Device, Limits).Ranges(
            Preparation.Prepare(model),
            values,
            frames,
            () => CalibrationFold.Of(CalibrationMethod.MinMax)
        );

    public static OnnxModel Quantized(OnnxModel model, CalibrationFrames frames, QuantizationOptions? options = null) =>
        Quantizer.Quantize(model, Ranges(model, frames), options);

    public static double Sqnr(OnnxModel parent, OnnxModel model, CalibrationFrames frames) =>
        new OutputNoise(Device, Limits, parent, frames).WorstDb(model);
}
