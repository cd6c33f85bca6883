using SimEval.Devices;
using SimEval.Devices.Tensors;
using SimEval.Metrics.Layers;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Engine.Compression;

/// <summary>
/// Signal to noise of a model's outputs against those of its parent, over the same frames and with nothing else asked of the
/// runtime, so that it fuses what it would fuse.
/// </summary>
public sealed class OutputNoise
{
    private readonly ITensorDevice device;
    private readonly ModelOptions limits;
    private readonly CalibrationFrames frames;
    private readonly List<IReadOnlyDictionary<string, double[]>> expected = [];

    /// <summary>Runs the parent. Throws <see cref="ModelException"/> when it fails.</summary>
    public OutputNoise(ITensorDevice device, ModelOptions limits, OnnxModel parent, CalibrationFrames frames)
    {
        (this.device, this.limits, this.frames) = (device, limits, frames);
        foreach (var outputs in Run(parent))
            expected.Add(Numbers(outputs));
    }

    /// <summary>The SQNR in dB of the output that fares worst; positive infinity where none differs.</summary>
    public double WorstDb(OnnxModel model)
    {
        var folds = new SortedDictionary<string, LayerFold>(StringComparer.Ordinal);
        var at = 0;
        foreach (var outputs in Run(model))
        {
            var given = Numbers(outputs);
            foreach (var (name, numbers) in expected[at++])
            {
                if (!folds.TryGetValue(name, out var fold))
                    folds[name] = fold = new LayerFold(name);
                fold.Add(numbers, given[name]);
            }
        }

        return folds.Values.Select(fold => fold.Finish().SqnrDb).DefaultIfEmpty(double.PositiveInfinity).Min();
    }

    private IEnumerable<IReadOnlyDictionary<string, Tensor>> Run(OnnxModel model)
    {
        using var opened = device.Open(new ModelFile("", OnnxWriter.Write(model)), limits);
        foreach (var frame in frames.Frames)
            yield return opened.Run(frame);
    }

    private static Dictionary<string, double[]> Numbers(IReadOnlyDictionary<string, Tensor> outputs) =>
        outputs
            .Where(pair => TensorNumbers.IsReal(pair.Value.Type))
            .ToDictionary(pair => pair.Key, pair => TensorNumbers.Read(pair.Value), StringComparer.Ordinal);
}
