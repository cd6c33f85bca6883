using System.Collections.Immutable;
using SimEval.Models.Asic.Operators;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>
/// Gemm of dequantized tensors with transA or transB: the tensor is transposed by a node of its own, so that it is moved in
/// integers and the array sees a product. Constant weights stay, since they are laid out anew anyway.
/// </summary>
internal static class TransposedOperands
{
    /// <summary>The graph with such transpositions as nodes.</summary>
    public static Graph Split(Graph graph)
    {
        var index = new QdqIndex(graph);
        var nodes = new List<Node>();
        foreach (var node in graph.Nodes)
        {
            if (node is not { Operator: "Gemm", Domain: "" } || !node.Inputs.Take(2).All(Is8Bit))
            {
                nodes.Add(node);
                continue;
            }

            var turned = Turned(Turned(node, 0, "transA"), 1, "transB");
            nodes.Add(turned);
        }

        return graph with
        {
            Nodes = [.. nodes],
        };

        bool Is8Bit(string value) => index.Dequantized(value)?.Type.Is8Bit() == true;

        Node Turned(Node node, int input, string attribute)
        {
            if (node.Attributes.GetValueOrDefault(attribute) is not AttributeValue.Int(not 0))
                return node;
            if (index.Constant(index.Dequantized(node.Inputs[input])!.Source) is not null)
                return node;
            var turned = $"{node.Outputs[0]}:{attribute}";
            nodes.Add(
                new Node(
                    "Transpose",
                    "",
                    "",
                    [node.Inputs[input]],
                    [turned],
                    ImmutableSortedDictionary
                        .Create<string, AttributeValue>(StringComparer.Ordinal)
                        .Add("perm", new AttributeValue.Ints([1, 0]))
                )
            );
            return node with
            {
                Inputs = node.Inputs.SetItem(input, turned),
                Attributes = node.Attributes.Remove(attribute),
            };
        }
    }
}
