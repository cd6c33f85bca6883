using SimEval.Models.Graphs;

namespace SimEval.Engine.Comparison;

/// <summary>
/// The layers of a graph: names of computed values, and for each the value that stands in for it further on. A value that is
/// quantized and dequantized again is stood in for by what the DequantizeLinear gives; every other value by itself.
/// </summary>
/// <param name="Layers">Names in topological order.</param>
/// <param name="StandIns">The value to look at, by layer.</param>
public sealed record LayerNames(IReadOnlyList<string> Layers, IReadOnlyDictionary<string, string> StandIns)
{
    /// <summary>The layers of a graph; values that depend on no input (weights and what is folded from them) are left out.</summary>
    public static LayerNames Of(Graph graph)
    {
        var varying = graph.Inputs.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        var quantized = new Dictionary<string, string>(StringComparer.Ordinal);
        var layers = new List<string>();
        var standIns = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            if (!node.Inputs.Any(varying.Contains) && !HasGraph(node))
                continue;
            var outputs = node.Outputs.Where(output => output.Length > 0).ToList();
            varying.UnionWith(outputs);
            if (IsQuantize(node))
            {
                quantized[outputs[0]] = node.Inputs[0];
                continue;
            }

            if (node.Operator == "DequantizeLinear" && quantized.TryGetValue(node.Inputs[0], out var origin))
                standIns[origin] = outputs[0];
            foreach (var output in outputs)
            {
                layers.Add(output);
                standIns.TryAdd(output, output);
            }
        }

        return new LayerNames(layers, standIns);
    }

    /// <summary>Layers that two graphs share, by name, in the order of the first.</summary>
    /// <param name="reference">The first.</param>
    /// <param name="other">The second.</param>
    /// <returns>Name, value of the first, value of the second.</returns>
    public static IReadOnlyList<LayerPair> Pairs(LayerNames reference, LayerNames other)
    {
        var pairs = new List<LayerPair>();
        var seen = new HashSet<(string, string)>();
        foreach (var layer in reference.Layers)
        {
            if (!other.StandIns.TryGetValue(layer, out var there))
                continue;
            var here = reference.StandIns[layer];
            // A layer and its stand-in lead to the same pair of values; the layer's own name is the one that is known.
            if (seen.Add((here, there)))
                pairs.Add(new LayerPair(layer, here, there));
        }

        return pairs;
    }

    private static bool IsQuantize(Node node) => node.Operator is "QuantizeLinear" or "DynamicQuantizeLinear";

    // A subgraph may take values of the graphs around it that its node does not list.
    private static bool HasGraph(Node node) => node.Attributes.Values.Any(value => value is AttributeValue.OfGraph);
}

/// <summary>One layer in two models.</summary>
/// <param name="Name">Its name in the reference.</param>
/// <param name="Reference">The value to look at in the reference.</param>
/// <param name="Other">The value to look at in the other.</param>
public sealed record LayerPair(string Name, string Reference, string Other);
