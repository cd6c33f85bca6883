using SimEval.Models.Asic.Operators;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>Computes what depends on constants alone, so that lowering finds constants where the graph computes them.</summary>
internal static class Preparation
{
    private const long MostFoldedBytes = 64 << 20;
    private const long MostFoldedWork = 1 << 28;

    /// <summary>The graph with Constant nodes and foldable nodes as constants; weights stay quantized.</summary>
    public static Graph Fold(Graph graph, long opset)
    {
        var constants = graph.Initializers.ToBuilder();
        var nodes = new List<Node>();
        foreach (var node in graph.Nodes)
        {
            if (Value(node) is { } value)
                constants[node.Outputs[0]] = value;
            else if (Foldable(node, constants) && Folded(node, constants, opset) is { } results)
            {
                for (var i = 0; i < node.Outputs.Length; i++)
                {
                    if (node.Outputs[i].Length > 0)
                        constants[node.Outputs[i]] = results[i];
                }
            }
            else
                nodes.Add(node);
        }

        return graph with
        {
            Nodes = [.. nodes],
            Initializers = constants.ToImmutable(),
        };
    }

    private static Tensor? Value(Node node)
    {
        if (node.Operator != "Constant" || node.Domain.Length > 0)
            return null;
        return node.Attributes.Values.FirstOrDefault() switch
        {
            AttributeValue.OfTensor(var tensor) => tensor,
            AttributeValue.Float(var number) => Tensor.Of([], [number]),
            AttributeValue.Int(var number) => Tensor.Of([], [number]),
            AttributeValue.Floats(var numbers) => Tensor.Of([numbers.Length], numbers.AsSpan()),
            AttributeValue.Ints(var numbers) => Tensor.Of([numbers.Length], numbers.AsSpan()),
            _ => null,
        };
    }

    // A dequantized weight is what the array takes as integers; folded, it would be a float.
    private static bool Foldable(Node node, IReadOnlyDictionary<string, Tensor> constants) =>
        node.Inputs.Length > 0
        && node.Operator != "DequantizeLinear"
        && node.Inputs.All(input => input.Length == 0 || constants.ContainsKey(input))
        && OperatorRules.Has(OperatorRules.NameOf(node));

    private static Tensor[]? Folded(Node node, IReadOnlyDictionary<string, Tensor> constants, long opset)
    {
        var inputs = node.Inputs.Select(input => input.Length == 0 ? null : Operand.Of(constants[input])).ToArray();
        var step = OperatorRules.Place(new OperatorCall(node, inputs, opset, PlainProduct.Instance, new PackedCache()));
        return
            step.Outputs.Sum(output => (long)output.Bytes) > MostFoldedBytes
            || ProgramLayout.WorkOf(step) > MostFoldedWork
            ? null
            : [.. ProgramLayout.Fold(inputs, step).Select(output => output.Known!)];
    }
}
