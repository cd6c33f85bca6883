using SimEval.Models.Compression;
using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>
/// Gives every node int8 constants of its own. Where a processor lacks VNNI, an exact session of ONNX Runtime makes such
/// constants unsigned under a name that it takes from theirs, once for each node, and refuses the second.
/// </summary>
public static class SeparateConstants
{
    /// <summary>The graph with no int8 constant, and no DequantizeLinear of one, that two of its nodes take.</summary>
    public static Graph Apply(Graph graph)
    {
        var names = new FreshNames(graph);
        var constants = graph.Initializers.ToBuilder();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var dequantizers = graph
            .Nodes.Where(node =>
                node.Operator == "DequantizeLinear"
                && graph.Initializers.TryGetValue(node.Inputs[0], out var weights)
                && weights.Type == ElementType.Int8
            )
            .ToDictionary(node => node.Outputs[0], StringComparer.Ordinal);
        var nodes = new List<Node>(graph.Nodes.Length);
        foreach (var node in graph.Nodes)
            nodes.Add(WithOwnConstants(node with { Inputs = [.. node.Inputs.Select(OwnDequantizer)] }));
        return graph with { Nodes = [.. nodes], Initializers = constants.ToImmutable() };

        // The first to take a value keeps it; its name stays.
        string OwnDequantizer(string value)
        {
            if (!dequantizers.TryGetValue(value, out var dequantizer) || taken.Add(value))
                return value;
            var copy = names.Of(value);
            nodes.Add(WithOwnConstants(dequantizer with { Name = copy, Outputs = [copy] }));
            return copy;
        }

        Node WithOwnConstants(Node node) => node with { Inputs = [.. node.Inputs.Select(OwnConstant)] };

        string OwnConstant(string name)
        {
            if (
                !graph.Initializers.TryGetValue(name, out var constant)
                || constant.Type != ElementType.Int8
                || taken.Add(name)
            )
                return name;
            var copy = names.Of(name);
            constants[copy] = constant;
            return copy;
        }
    }
}
