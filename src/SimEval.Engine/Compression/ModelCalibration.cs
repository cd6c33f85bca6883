using SimEval.Devices;
using SimEval.Models;
using SimEval.Models.Compression;
using SimEval.Models.Compression.Calibration;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Engine.Compression;

/// <summary>Runs a model over frames and finds the ranges of its values.</summary>
/// <param name="device">Runs it.</param>
/// <param name="limits">Its limits.</param>
public sealed class ModelCalibration(ITensorDevice device, ModelOptions limits)
{
    /// <summary>
    /// Ranges of the values that are asked for, of those that are of float32. Throws <see cref="ModelException"/> when
    /// the model fails on a frame.
    /// </summary>
    /// <param name="prepared">The prepared model (see <see cref="Preparation"/>).</param>
    /// <param name="asked">Names of its values: <see cref="Quantizer.Values"/>, or <see cref="HalfPrecision.Values"/>.</param>
    /// <param name="frames">Inputs.</param>
    /// <param name="fold">Makes the fold of one value.</param>
    /// <param name="told">Hears how many frames are done.</param>
    public IReadOnlyDictionary<string, ValueRange> Ranges(
        OnnxModel prepared,
        IReadOnlyList<string> asked,
        CalibrationFrames frames,
        Func<CalibrationFold> fold,
        Action<int>? told = null
    )
    {
        var inputs = asked
            .Intersect(prepared.Graph.Inputs.Select(input => input.Name))
            .ToHashSet(StringComparer.Ordinal);
        var folds = new SortedDictionary<string, CalibrationFold>(StringComparer.Ordinal);
        using var model = device.Open(
            new ModelFile("", OnnxWriter.Write(prepared)),
            limits,
            [.. asked.Where(name => !inputs.Contains(name))]
        );
        for (var i = 0; i < frames.Frames.Count; i++)
        {
            var frame = frames.Frames[i];
            Add(model.Run(frame), asked);
            Add(frame, inputs);
            told?.Invoke(i + 1);
        }

        return folds
            .Where(pair => pair.Value.Count > 0)
            .ToDictionary(pair => pair.Key, pair => pair.Value.Finish(), StringComparer.Ordinal);

        void Add(IReadOnlyDictionary<string, Tensor> values, IEnumerable<string> names)
        {
            foreach (var name in names)
            {
                if (!values.TryGetValue(name, out var tensor) || tensor.Type != ElementType.Float32)
                    continue;
                if (!folds.TryGetValue(name, out var known))
                    folds[name] = known = fold();
                known.Add(tensor.Span<float>());
            }
        }
    }
}
