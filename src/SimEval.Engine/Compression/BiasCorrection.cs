using System.Collections.Immutable;
using SimEval.Devices;
using SimEval.Models;
using SimEval.Models.Compression;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Engine.Compression;

/// <summary>
/// Finds what rounding takes from the mean of each channel of each layer, so that the layer's bias can give it back. An input
/// that hardly changes is rounded the same way in every frame: an error that does not average out, and that a closed loop
/// integrates. Layers are corrected one after the other, each behind those before it.
/// </summary>
/// <param name="device">Runs the models.</param>
/// <param name="limits">Their limits.</param>
/// <param name="frames">Inputs; means are taken over them.</param>
public sealed class BiasCorrection(ITensorDevice device, ModelOptions limits, CalibrationFrames frames)
{
    /// <summary>Fewer frames than this tell more of themselves than of the model: nothing is corrected.</summary>
    public const int LeastFrames = 64;

    /// <summary>The options with the corrections of all layers that have a bias, or could.</summary>
    /// <param name="prepared">The prepared model.</param>
    /// <param name="ranges">Ranges of its values.</param>
    /// <param name="options">How it is quantized.</param>
    /// <param name="told">Hears how many layers of how many are done.</param>
    public QuantizationOptions Find(
        OnnxModel prepared,
        IReadOnlyDictionary<string, ValueRange> ranges,
        QuantizationOptions options,
        Action<int, int>? told = null
    )
    {
        var layers = Quantizer.LayersWithBias(prepared, ranges, options);
        if (frames.Frames.Count < LeastFrames || layers.Count == 0)
            return options;
        var wanted = Means(prepared, layers);
        for (var i = 0; i < layers.Count; i++)
        {
            var layer = layers[i];
            var reached = Means(Quantizer.Quantize(prepared, ranges, options), [layer])[layer];
            var missing = wanted[layer].Zip(reached, (want, got) => (float)(want - got)).ToImmutableArray();
            options = options with { Corrections = options.Corrections.Add(layer, missing) };
            told?.Invoke(i + 1, layers.Count);
        }

        return options;
    }

    private Dictionary<string, double[]> Means(OnnxModel model, IReadOnlyList<string> layers)
    {
        var sums = new Dictionary<string, double[]>(StringComparer.Ordinal);
        var counts = layers.ToDictionary(layer => layer, _ => 0L);
        using var opened = device.Open(new ModelFile("", OnnxWriter.Write(model)), limits, layers);
        foreach (var frame in frames.Frames)
        {
            var values = opened.Run(frame);
            foreach (var layer in layers)
            {
                var value = values[layer];
                // Gemm gives [rows, channels], a convolution [batch, channels, ...].
                var channels = (int)value.Dims[1];
                var inner = (int)value.Dims.Skip(2).Aggregate(1L, (product, size) => product * size);
                if (!sums.TryGetValue(layer, out var sum))
                    sums[layer] = sum = new double[channels];
                var elements = value.Span<float>();
                for (var i = 0; i < elements.Length; i++)
                    sum[i / inner % channels] += elements[i];
                counts[layer] += elements.Length / channels;
            }
        }

        return layers.ToDictionary(layer => layer, layer => Array.ConvertAll(sums[layer], sum => sum / counts[layer]));
    }
}
