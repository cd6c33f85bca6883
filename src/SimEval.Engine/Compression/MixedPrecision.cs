using SimEval.Models.Compression;
using SimEval.Models.Graphs;

namespace SimEval.Engine.Compression;

/// <summary>One layer and what it alone does to the outputs when it is quantized.</summary>
/// <param name="Layer">Name of its output.</param>
/// <param name="OutputSqnrDb">SQNR of the worst output with this layer quantized and all others in float.</param>
public sealed record LayerSensitivity(string Layer, double OutputSqnrDb);

/// <summary>
/// Chooses which layers stay in float: they are ranked by the noise that each alone brings to the outputs, and the noisiest
/// stay, as many as a budget asks.
/// </summary>
/// <param name="prepared">The prepared model.</param>
/// <param name="ranges">Ranges of its values.</param>
/// <param name="options">How the rest is quantized.</param>
/// <param name="noise">Measures outputs.</param>
public sealed class MixedPrecision(
    OnnxModel prepared,
    IReadOnlyDictionary<string, ValueRange> ranges,
    QuantizationOptions options,
    OutputNoise noise
)
{
    private readonly IReadOnlyList<string> layers = Quantizer.Layers(prepared, ranges, options);

    /// <summary>Layers, the most harmful first; equally harmful ones in the order of the graph.</summary>
    /// <param name="told">Hears how many layers of how many are measured.</param>
    public IReadOnlyList<LayerSensitivity> Rank(Action<int, int>? told = null)
    {
        var measured = new List<LayerSensitivity>(layers.Count);
        foreach (var layer in layers)
        {
            var alone = With([.. layers.Where(other => other != layer)]);
            measured.Add(new LayerSensitivity(layer, noise.WorstDb(alone)));
            told?.Invoke(measured.Count, layers.Count);
        }

        return [.. measured.OrderBy(layer => layer.OutputSqnrDb)];
    }

    /// <summary>
    /// The model with so many of the noisiest layers in float. Throws <see cref="CompressionException"/> when that is all of
    /// them.
    /// </summary>
    /// <param name="ranked">All layers, the most harmful first.</param>
    /// <param name="count">How many stay in float.</param>
    public OnnxModel Keep(IReadOnlyList<LayerSensitivity> ranked, int count) =>
        count < layers.Count
            ? With([.. ranked.Take(count).Select(layer => layer.Layer)])
            : throw new CompressionException(
                $"{count} of the layers were to stay in float, and the model has {layers.Count} that can be quantized"
            );

    /// <summary>
    /// The model with the fewest of the noisiest layers in float that reaches an output SQNR. Throws
    /// <see cref="CompressionException"/> that says what can be reached.
    /// </summary>
    /// <param name="ranked">All layers, the most harmful first.</param>
    /// <param name="leastDb">SQNR of the worst output, in dB.</param>
    /// <returns>How many stay in float, and the model.</returns>
    public (int Kept, OnnxModel Model) Reach(IReadOnlyList<LayerSensitivity> ranked, double leastDb)
    {
        var best = double.NegativeInfinity;
        for (var count = 0; count < layers.Count; count++)
        {
            var model = Keep(ranked, count);
            var reached = noise.WorstDb(model);
            if (reached >= leastDb)
                return (count, model);
            best = Math.Max(best, reached);
        }

        if (layers.Count == 0)
            throw new CompressionException(
                $"{leastDb} dB were asked of a model of which no layer is quantized, so that there is none to leave in float"
            );
        throw new CompressionException(
            $"no choice of layers reaches {leastDb} dB while one is quantized; the best reaches {best:F1} dB"
        );
    }

    private OnnxModel With(IEnumerable<string> inFloat) =>
        Quantizer.Quantize(prepared, ranges, options with { Float = options.Float.Union(inFloat) });
}
