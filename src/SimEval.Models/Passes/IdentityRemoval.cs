using SimEval.Models.Compression;
using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>
/// Removes nodes that give what they take: Identity, Dropout outside of training, Cast to the type it has, Concat and Sum of one
/// value, Transpose that moves no axis. One that names an output of the graph stays.
/// </summary>
internal static class IdentityRemoval
{
    public static Graph Apply(Graph graph, long opset)
    {
        var wiring = new Wiring(graph);
        var same = new Dictionary<string, string>(StringComparer.Ordinal);
        var kept = new List<Node>();
        var changed = false;
        foreach (var old in graph.Nodes)
        {
            var node = old;
            if (node.Inputs.Any(same.ContainsKey))
                node = node with { Inputs = [.. node.Inputs.Select(name => same.GetValueOrDefault(name, name))] };
            node = Subgraphs.Changed(node, inner => Apply(inner, opset));
            changed |= !ReferenceEquals(old, node);
            if (IsIdentity(node, graph, opset) && !wiring.IsHeld(node.Outputs[0]))
            {
                same[node.Outputs[0]] = node.Inputs[0];
                changed = true;
            }
            else
                kept.Add(node);
        }

        return changed ? graph with { Nodes = [.. kept] } : graph;
    }

    private static bool IsIdentity(Node node, Graph graph, long opset)
    {
        if (node.Domain.Length > 0 || node.Inputs.Length == 0 || node.Inputs[0].Length == 0)
            return false;
        var type = graph.Types.GetValueOrDefault(node.Inputs[0], TensorType.Unknown);
        return node.Operator switch
        {
            "Identity" => true,
            // Before set 7 a flag told whether this is training.
            "Dropout" => opset >= 7 && node.Input(2).Length == 0 && node.Given().Count() == 1,
            "Cast" => type.Element != ElementType.Undefined && node.Integer("to", 0) == (long)type.Element,
            "Concat" or "Sum" => node.Inputs.Length == 1 && type.Kind == ValueKind.Tensor,
            "Transpose" => node.Integers("perm") is { } order && order.SequenceEqual(Ascending(order.Length)),
            _ => false,
        };
    }

    private static IEnumerable<long> Ascending(int count) => Enumerable.Range(0, count).Select(axis => (long)axis);
}
