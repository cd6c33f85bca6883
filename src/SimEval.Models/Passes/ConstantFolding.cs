using SimEval.Models.Compression;
using SimEval.Models.Graphs;
using SimEval.Models.Shapes.Rules;

namespace SimEval.Models.Passes;

/// <summary>Computes a node's outputs from its inputs, all of them constants (null: left out); null where it does not.</summary>
internal delegate IReadOnlyList<Tensor>? NodeEvaluator(Node node, IReadOnlyList<Tensor?> inputs, long opset);

/// <summary>
/// Makes constants of Constant nodes, and of what <see cref="Evaluation"/> computes out of constants and of shapes that are
/// known. Quantization is left alone: a pair of QuantizeLinear and DequantizeLinear means its rounding.
/// </summary>
internal static class ConstantFolding
{
    // A file of a few bytes must not become gigabytes: what a result may have beyond its inputs, and all of them together.
    private const long MostGrownBytes = 1 << 16;
    private const long MostBytes = 256L << 20;

    public static Graph Apply(Graph graph, long opset) => Apply(graph, opset, null);

    /// <param name="graph">The graph.</param>
    /// <param name="opset">Version of ONNX's own operator set.</param>
    /// <param name="more">Computes what <see cref="Evaluation"/> does not, and bounds what it makes; null: nothing does.</param>
    public static Graph Apply(Graph graph, long opset, NodeEvaluator? more)
    {
        var constants = graph.Initializers.ToBuilder();
        // An output of the graph needs a node that gives it.
        var outputs = graph.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var kept = new List<Node>();
        var changed = false;
        var left = MostBytes;
        foreach (var old in graph.Nodes)
        {
            var node = Subgraphs.Changed(old, inner => Apply(inner, opset, more));
            changed |= !ReferenceEquals(node, old);
            if (
                node.Given().Any()
                && !node.Given().Any(outputs.Contains)
                && Values(node) is { } values
                && (left -= values.Sum(value => (long)value.Data.Length)) >= 0
            )
            {
                for (var i = 0; i < node.Outputs.Length; i++)
                {
                    if (node.Outputs[i].Length > 0)
                        constants[node.Outputs[i]] = values[i];
                }

                changed = true;
            }
            else
                kept.Add(node);
        }

        return changed ? graph with { Nodes = [.. kept], Initializers = constants.ToImmutable() } : graph;

        IReadOnlyList<Tensor>? Values(Node node)
        {
            if (node is { Operator: "Constant", Domain: "", Outputs.Length: 1 })
                return ConstantRules.TensorOf(node) is { } constant ? [constant] : null;
            if (
                node is { Operator: "Shape" or "Size", Domain: "", Outputs.Length: 1 }
                && Sizes(node, graph.Types.GetValueOrDefault(node.Input(0), TensorType.Unknown)) is { } sizes
            )
                return [sizes];
            var inputs = new Tensor?[node.Inputs.Length];
            for (var i = 0; i < inputs.Length; i++)
            {
                if (node.Inputs[i].Length > 0 && !constants.TryGetValue(node.Inputs[i], out inputs[i]))
                    return null;
            }

            return Evaluated(node, inputs) is { } value ? [value] : more?.Invoke(node, inputs, opset);
        }

        Tensor? Evaluated(Node node, Tensor?[] inputs)
        {
            if (node is not { Domain: "", Outputs: [var output] })
                return null;
            // What inference found of the result bounds it before it is computed.
            var type = graph.Types.GetValueOrDefault(output, TensorType.Unknown);
            var bytes = type.Count * (Int128)type.Element.Bits() / 8;
            var most = MostGrownBytes + inputs.Sum(input => (long)(input?.Data.Length ?? 0));
            return bytes <= most && bytes <= left && type.Element.Bits() >= 8
                ? Evaluation.Of(node, inputs, type, opset)
                : null;
        }
    }

    private static Tensor? Sizes(Node node, TensorType type)
    {
        if (type.Count is not { } count || type.Shape is not { } shape)
            return null;
        if (node.Operator == "Size")
            return Tensor.Of([], [count]);
        var (from, to) = (At("start", 0), At("end", shape.Count));
        long[] sizes = [.. shape.Take(to).Skip(from).Select(size => size.Size)];
        return Tensor.Of([sizes.Length], sizes);

        int At(string name, int otherwise)
        {
            var at = node.Integer(name, otherwise);
            return (int)Math.Clamp(at < 0 ? at + shape.Count : at, 0, shape.Count);
        }
    }
}
