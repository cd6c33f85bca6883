using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>Which weights become 0.</summary>
public abstract record PruningPattern
{
    private PruningPattern() { }

    /// <summary>
    /// Of each <paramref name="Group"/> neighbours along the axis that a product sums over, the <paramref name="Kept"/> of the
    /// greatest magnitude stay. 2:4 is the form that sparse tensor cores skip zeros of.
    /// </summary>
    public sealed record Structured(int Kept, int Group) : PruningPattern;

    /// <summary>This share of each layer's weights goes, those of the least magnitude.</summary>
    public sealed record Magnitude(double Share) : PruningPattern;
}

/// <summary>What pruning did to one layer.</summary>
/// <param name="Layer">Name of its output.</param>
/// <param name="Zeros">Weights that are 0 afterwards.</param>
/// <param name="Weights">Weights in all.</param>
/// <param name="Error">Norm of what was taken away over the norm of the weights, from 0 to 1.</param>
public sealed record PrunedLayer(string Layer, long Zeros, long Weights, double Error);

/// <summary>A pruned model, dense in its format: what skips zeros finds them.</summary>
/// <param name="Model">The model.</param>
/// <param name="Layers">Layers, in the graph's order.</param>
public sealed record PrunedModel(OnnxModel Model, IReadOnlyList<PrunedLayer> Layers);

/// <summary>Sets weights of products to 0 by their magnitude.</summary>
public static class Pruner
{
    /// <summary>Layers of a prepared model that are pruned, by the name of their output, in the graph's order.</summary>
    public static IReadOnlyList<string> Layers(OnnxModel prepared) =>
        [
            .. prepared
                .Graph.Nodes.Where(node => WeightLayout.Of(node, prepared.Graph) is { Reduction: >= 0 })
                .Select(node => node.Outputs[0]),
        ];

    /// <summary>
    /// Prunes every layer. Of equal magnitudes, the first stay. Throws <see cref="CompressionException"/> when there is none.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="pattern">Which weights.</param>
    /// <param name="except">Layers that stay as they are.</param>
    public static PrunedModel Prune(OnnxModel model, PruningPattern pattern, IReadOnlyCollection<string>? except = null)
    {
        var pruned = new PrunedModel(Preparation.Prepare(model), []);
        return Chosen(pruned.Model, except ?? []).Aggregate(pruned, (before, layer) => Prune(before, layer, pattern));
    }

    /// <summary>
    /// <see cref="Layers"/> without some. Throws <see cref="CompressionException"/> when none is left, or when one of those is
    /// no layer.
    /// </summary>
    public static IReadOnlyList<string> Chosen(OnnxModel prepared, IReadOnlyCollection<string> except)
    {
        var layers = Layers(prepared);
        if (except.FirstOrDefault(name => !layers.Contains(name)) is { } unknown)
            throw new CompressionException(
                $"there is no layer '{unknown}' to leave out; the layers that are pruned are {string.Join(", ", layers)}"
            );
        return layers.Count > except.Count
            ? [.. layers.Where(layer => !except.Contains(layer))]
            : throw new CompressionException(
                layers.Count == 0
                    ? "the model has no product with constant float32 weights to prune"
                    : "every layer is left out"
            );
    }

    /// <summary>
    /// Prunes one more layer. With its inputs' moments, a weight counts by what it does to the layer's output, its magnitude
    /// times the size of its input (Sun et al., "A simple and effective pruning approach", 2023), and those that stay, with the
    /// bias, are fitted anew. Weights that another layer shares are pruned once, as the first of them sums over them.
    /// </summary>
    /// <param name="before">The prepared model, with what is pruned of it.</param>
    /// <param name="layer">One of <see cref="Layers"/>.</param>
    /// <param name="pattern">Which weights.</param>
    /// <param name="moments">Of the layer's inputs; null: only magnitudes count, and nothing is fitted.</param>
    public static PrunedModel Prune(
        PrunedModel before,
        string layer,
        PruningPattern pattern,
        InputMoments? moments = null
    )
    {
        var graph = before.Model.Graph;
        var node = graph.Nodes.Single(node => node.Outputs.Contains(layer));
        var layout = WeightLayout.Of(node, graph)!;
        var isShared = graph.Nodes.Count(other => other.Inputs.Contains(node.Inputs[1])) > 1;
        var wasPruned = isShared && before.Layers.Any(done => Weights(graph, done.Layer) == node.Inputs[1]);
        var original = layout.Weights.Span<float>();
        var weights = wasPruned ? original.ToArray() : Pruned(layout, pattern, moments);
        var told = Told(layer, original, weights);
        var constants = graph.Initializers;
        if (moments is not null && !isShared)
        {
            var bias = node.Input(2) is { Length: > 0 } name ? constants[name].Span<float>().ToArray() : null;
            moments.Fit(layout, weights, bias);
            if (bias is not null)
                constants = constants.SetItem(node.Inputs[2], Tensor.Of([bias.Length], bias));
        }

        constants = constants.SetItem(node.Inputs[1], Tensor.Of(layout.Weights.Dims, weights));
        return new PrunedModel(
            before.Model with
            {
                Graph = graph with { Initializers = constants },
            },
            [.. before.Layers, told]
        );
    }

    private static string Weights(Graph graph, string layer) =>
        graph.Nodes.Single(node => node.Outputs.Contains(layer)).Inputs[1];

    private static float[] Pruned(WeightLayout layout, PruningPattern pattern, InputMoments? moments)
    {
        var weights = layout.Weights.Span<float>().ToArray();
        var worth = new double[weights.Length];
        for (var i = 0; i < worth.Length; i++)
            worth[i] =
                Math.Abs(weights[i])
                * (moments?.SizeOf(i / layout.ReductionStep % (int)layout.Weights.Dims[layout.Reduction]) ?? 1);
        switch (pattern)
        {
            case PruningPattern.Structured(var kept, var group):
                foreach (var places in Groups(layout, group))
                    Clear(weights, worth, places, Math.Max(0, places.Length - kept));
                break;
            case PruningPattern.Magnitude(var share):
                Clear(
                    weights,
                    worth,
                    [.. Enumerable.Range(0, weights.Length)],
                    (int)Math.Round(weights.Length * share)
                );
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(pattern), pattern, "no such pattern");
        }

        return weights;
    }

    /// <summary>Places of weights that are neighbours along the axis that is summed over; the last group of a line may be short.</summary>
    private static IEnumerable<int[]> Groups(WeightLayout layout, int group)
    {
        var (length, step) = ((int)layout.Weights.Dims[layout.Reduction], layout.ReductionStep);
        for (var line = 0; line < layout.Weights.Count / length; line++)
        {
            var start = line / step * step * length + line % step;
            for (var first = 0; first < length; first += group)
                yield return
                [
                    .. Enumerable.Range(first, Math.Min(group, length - first)).Select(i => start + i * step),
                ];
        }
    }

    private static void Clear(float[] weights, double[] worth, int[] places, int count)
    {
        foreach (var place in places.OrderBy(place => worth[place]).ThenByDescending(place => place).Take(count))
            weights[place] = 0;
    }

    private static PrunedLayer Told(string layer, ReadOnlySpan<float> before, ReadOnlySpan<float> after)
    {
        var (all, gone, zeros) = (0.0, 0.0, 0L);
        for (var i = 0; i < before.Length; i++)
        {
            all += (double)before[i] * before[i];
            gone += ((double)before[i] - after[i]) * ((double)before[i] - after[i]);
            zeros += after[i] == 0 ? 1 : 0;
        }

        return new PrunedLayer(layer, zeros, before.Length, all > 0 ? Math.Sqrt(gone / all) : 0);
    }
}
