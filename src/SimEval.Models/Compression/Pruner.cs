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
    /// <summary>
    /// Prunes every product with constant weights. Of equal magnitudes, the first stay. Throws
    /// <see cref="CompressionException"/> when there is no such product.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="pattern">Which weights.</param>
    /// <param name="except">Layers left as they are, by the name of their output.</param>
    public static PrunedModel Prune(OnnxModel model, PruningPattern pattern, IReadOnlySet<string>? except = null)
    {
        var prepared = Preparation.Prepare(model);
        var constants = prepared.Graph.Initializers;
        var layers = new List<PrunedLayer>();
        foreach (var node in prepared.Graph.Nodes)
        {
            if (
                WeightLayout.Of(node, prepared.Graph) is not { Reduction: >= 0 } layout
                || except?.Contains(node.Outputs[0]) == true
            )
                continue;
            // Weights that two layers share are pruned once, as the first of them sums over them.
            var before = layout.Weights.Span<float>();
            var pruned = ReferenceEquals(constants[node.Inputs[1]], layout.Weights)
                ? Pruned(layout, pattern)
                : constants[node.Inputs[1]].Span<float>().ToArray();
            constants = constants.SetItem(node.Inputs[1], Tensor.Of(layout.Weights.Dims, pruned));
            layers.Add(Told(node.Outputs[0], before, pruned));
        }

        return layers.Count > 0
            ? new PrunedModel(prepared with { Graph = prepared.Graph with { Initializers = constants } }, layers)
            : throw new CompressionException("the model has no product with constant float32 weights to prune");
    }

    private static float[] Pruned(WeightLayout layout, PruningPattern pattern)
    {
        var weights = layout.Weights.Span<float>().ToArray();
        switch (pattern)
        {
            case PruningPattern.Structured(var kept, var group):
                foreach (var places in Groups(layout, group))
                    Clear(weights, places, Math.Max(0, places.Length - kept));
                break;
            case PruningPattern.Magnitude(var share):
                Clear(weights, [.. Enumerable.Range(0, weights.Length)], (int)Math.Round(weights.Length * share));
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

    private static void Clear(float[] weights, int[] places, int count)
    {
        foreach (
            var place in places.OrderBy(place => Math.Abs(weights[place])).ThenByDescending(place => place).Take(count)
        )
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
