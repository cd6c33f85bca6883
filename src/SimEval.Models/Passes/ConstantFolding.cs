using SimEval.Models.Compression;
using SimEval.Models.Graphs;
using SimEval.Models.Shapes.Rules;

namespace SimEval.Models.Passes;

/// <summary>
/// Makes constants of Constant nodes, and of what <see cref="Evaluation"/> computes out of constants and of shapes that are
/// known. Quantization is left alone: a pair of QuantizeLinear and DequantizeLinear means its rounding.
/// </summary>
internal static class ConstantFolding
{
    // A file of a few bytes must not become gigabytes: what a result may have beyond its inputs, and all of them together.
    private const long MostGrownBytes = 1 << 16;
    private const long MostBytes = 256L << 20;

    public static Graph Apply(Graph graph, long opset)
    {
        var constants = graph.Initializers.ToBuilder();
        // An output of the graph needs a node that gives it.
        var outputs = graph.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var kept = new List<Node>();
        var changed = false;
        var left = MostBytes;
        foreach (var old in graph.Nodes)
        {
            var node = Subgraphs.Changed(old, inner => Apply(inner, opset));
            changed |= !ReferenceEquals(node, old);
            if (
                node is { Domain: "", Outputs: [var output] }
                && output.Length > 0
                && !outputs.Contains(output)
                && Value(node) is { } tensor
                && (left -= tensor.Data.Length) >= 0
            )
            {
                constants[output] = tensor;
                changed = true;
            }
            else
                kept.Add(node);
        }

        return changed ? graph with { Nodes = [.. kept], Initializers = constants.ToImmutable() } : graph;

        Tensor? Value(Node node)
        {
            if (node.Operator == "Constant")
                return ConstantRules.TensorOf(node);
            if (node.Operator is "Shape" or "Size")
                return Sizes(node, graph.Types.GetValueOrDefault(node.Input(0), TensorType.Unknown));
            var inputs = new Tensor?[node.Inputs.Length];
            for (var i = 0; i < inputs.Length; i++)
            {
                if (node.Inputs[i].Length > 0 && !constants.TryGetValue(node.Inputs[i], out inputs[i]))
                    return null;
            }

            // What inference found of the result bounds it before it is computed.
            var type = graph.Types.GetValueOrDefault(node.Outputs[0], TensorType.Unknown);
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
