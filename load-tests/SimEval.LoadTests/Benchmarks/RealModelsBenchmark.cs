using System.Globalization;
using SimEval.Devices;
using SimEval.Devices.Asic;
using SimEval.Devices.Cpu;
using SimEval.Engine.Compression;
using SimEval.LoadTests.Ladder;
using SimEval.Models.Asic;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Compression;
using SimEval.Models.Compression.Calibration;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using Step = (
    System.Collections.Generic.IReadOnlyDictionary<string, SimEval.Models.Graphs.Tensor> Frame,
    System.Collections.Generic.IReadOnlyDictionary<string, SimEval.Models.Graphs.Tensor> Given
);

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// Models from the data beside the repository, quantized with the defaults on the first half of their makers' own inputs:
/// what is kept on the second half (each build running on its own states), how much faster the build is on device class cpu,
/// and what boards make of it.
/// </summary>
public sealed class RealModelsBenchmark : IBenchmark
{
    private const int CalibrationFrames = 512;
    private const int RankingFrames = 32;
    private const double LeastDb = 20;
    private static readonly CpuDevice Cpu = new();
    private static readonly ModelOptions Options = new();

    /// <inheritdoc/>
    public string Name => "real";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        var folder = Path.GetFullPath(Path.Combine(new ShippedCutIn(1).Root, "..", "shared", "data"));
        if (!Directory.Exists(folder))
            throw new BenchmarkUnavailableException($"real models lie in {folder}, which is not here");
        foreach (var real in RealModel.In(folder))
        {
            var trimmed = budget.Quick ? real with { Inputs = [.. real.Inputs.Take(8)] } : real;
            foreach (var measurement in Measure(trimmed, budget))
                yield return measurement;
        }
    }

    private static IEnumerable<Measurement> Measure(RealModel real, BenchmarkBudget budget)
    {
        var parent = OnnxReader.Read(real.Bytes);
        using var fp32 = Open(parent);
        var expected = real.Stream(fp32).ToList();
        var (quantized, kept, actual) = Best(real, parent, expected);
        var (sqnr, agreement) = Compare(real, expected, actual);
        using var int8 = Open(quantized);
        var bytes = OnnxWriter.Write(quantized);
        yield return new Measurement(
            $"real.{real.Name}.int8Sqnr",
            sqnr,
            LeastDb,
            GoalDirection.AtLeast,
            "dB",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{expected.Count - (expected.Count / 2)} frames on its own states; {agreement:P2} of the outputs on the same side of 0.5; {kept} of its layers in float; {real.Bytes.Length:N0} bytes to {bytes.Length:N0}; {Boards(real, quantized, bytes, actual)}"
            )
        );
        var at = 0;
        var brief = budget with { Loop = TimeSpan.FromTicks(Math.Min(budget.Loop.Ticks, TimeSpan.TicksPerSecond / 2)) };
        var ratio = PairedRatio.Measure(
            PairedRatio.Repeat(() => Once(int8)),
            PairedRatio.Repeat(() => Once(fp32)),
            brief
        );
        yield return Measurement.OfRatio($"real.{real.Name}.int8OverFp32", ratio, 1, "frames/s", "one frame a forward");

        long Once(ITensorModel model)
        {
            model.Run(expected[at++ % expected.Count].Frame);
            return 1;
        }
    }

    private static ITensorModel Open(OnnxModel model) => Cpu.Open(new ModelFile("", OnnxWriter.Write(model)), Options);

    // The first build that is near enough; the nearest where none is.
    private static (OnnxModel Model, int Kept, List<Step> Steps) Best(
        RealModel real,
        OnnxModel parent,
        List<Step> expected
    )
    {
        (OnnxModel, int, List<Step>)? best = null;
        var nearest = double.NegativeInfinity;
        foreach (var (model, kept) in Builds(parent, [.. expected.Take(expected.Count / 2).Select(step => step.Frame)]))
        {
            using var opened = Open(model);
            var steps = real.Stream(opened).ToList();
            var (sqnr, _) = Compare(real, expected, steps);
            if (best is null || sqnr > nearest)
                (best, nearest) = ((model, kept, steps), sqnr);
            if (nearest >= LeastDb)
                break;
        }

        return best!.Value;
    }

    // With the defaults; then with 1, 2, 4 ... of the layers that harm the outputs most in float.
    private static IEnumerable<(OnnxModel Model, int Kept)> Builds(
        OnnxModel parent,
        IReadOnlyList<IReadOnlyDictionary<string, Tensor>> seen
    )
    {
        var prepared = Preparation.Prepare(parent);
        var frames = new CalibrationFrames(seen);
        var ranges = new ModelCalibration(Cpu, Options).Ranges(
            prepared,
            Quantizer.Values(prepared),
            frames.Sample(CalibrationFrames),
            () => CalibrationFold.Of(CalibrationMethod.MinMax)
        );
        yield return (Quantizer.Quantize(prepared, ranges), 0);
        var noise = new OutputNoise(Cpu, Options, prepared, frames.Sample(RankingFrames));
        var mixed = new MixedPrecision(prepared, ranges, new QuantizationOptions(), noise);
        var ranked = mixed.Rank();
        for (var kept = 1; kept < ranked.Count; kept *= 2)
            yield return (mixed.Keep(ranked, kept), kept);
    }

    // Of the frames that it was not calibrated on.
    private static (double SqnrDb, double Agreement) Compare(RealModel real, List<Step> expected, List<Step> actual)
    {
        var (signal, noise, same, count) = (0.0, 0.0, 0L, 0L);
        for (var i = expected.Count / 2; i < expected.Count; i++)
        {
            var a = expected[i].Given[real.Output].Span<float>();
            var b = actual[i].Given[real.Output].Span<float>();
            for (var k = 0; k < a.Length; k++, count++)
            {
                signal += (double)a[k] * a[k];
                noise += Math.Pow((double)a[k] - b[k], 2);
                same += a[k] > 0.5f == b[k] > 0.5f ? 1 : 0;
            }
        }

        return (10 * Math.Log10(signal / noise), (double)same / count);
    }

    // On each board: the time of a frame by its cost model, and how far its outputs are from cpu's on the same frames.
    private static string Boards(RealModel real, OnnxModel quantized, byte[] bytes, List<Step> actual)
    {
        var told = new List<string>();
        foreach (var board in BoardLibrary.All)
        {
            try
            {
                using var emulated = new AsicDevice(board).Open(new ModelFile("", bytes), Options);
                var schedule = AsicCompiler.Schedule(AsicCompiler.Compile(quantized, board), board, batch: 1);
                var furthest = 0f;
                foreach (var (frame, given) in actual.Take(64))
                {
                    var a = given[real.Output].Span<float>();
                    var b = emulated.Run(frame)[real.Output].Span<float>();
                    for (var i = 0; i < a.Length; i++)
                        furthest = Math.Max(furthest, Math.Abs(a[i] - b[i]));
                }

                told.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{board.DeviceClass} {(schedule is null ? "without a schedule" : $"{schedule.Seconds * 1e6:N1} us a frame")}, at most {furthest:0.0e+0} from cpu"
                    )
                );
            }
            catch (Exception e) when (e is ModelException or CompileException)
            {
                told.Add($"not on {board.DeviceClass}: {e.Message}");
            }
        }

        return string.Join("; ", told);
    }
}
