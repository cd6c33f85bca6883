using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Devices.Cpu;

/// <summary>
/// A model in which no int8 constant is taken twice. Without VNNI, exact sessions of ONNX Runtime make int8 constants unsigned
/// one taker at a time, and fail at the second taker of one: "Attempt to replace the existing tensor".
/// </summary>
internal static class OwnConstants
{
    /// <summary>Whether a session failed for that.</summary>
    public static bool AreWanted(OnnxRuntimeException failure) =>
        failure.Message.Contains("Attempt to replace the existing tensor", StringComparison.Ordinal);

    /// <summary>The file, every taker of an int8 constant with a copy of its own. Throws <see cref="ModelException"/> when it cannot be read.</summary>
    public static byte[] Of(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var model = OnnxReader.Read(bytes);
            return OnnxWriter.Write(model with { Graph = Of(model.Graph) });
        }
        catch (OnnxFormatException e)
        {
            throw new ModelException(ModelFault.Unreadable, e.Message, e);
        }
    }

    private static Graph Of(Graph graph)
    {
        var constants = graph.Initializers.ToBuilder();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return graph with { Nodes = [.. WithOwnPairs(graph).Select(Own)], Initializers = constants.ToImmutable() };

        Node Own(Node node) => node with { Inputs = [.. node.Inputs.Select(Copied)] };

        string Copied(string input)
        {
            if (!graph.Initializers.TryGetValue(input, out var tensor) || tensor.Type != ElementType.Int8)
                return input;
            var name = input;
            for (var copy = 2; !taken.Add(name); copy++)
                name = $"{input}:{copy}";
            constants[name] = tensor;
            return name;
        }
    }

    // The runtime gives every taker of a dequantized constant a DequantizeLinear of its own, all of the one constant.
    private static IEnumerable<Node> WithOwnPairs(Graph graph)
    {
        var dequantized = graph
            .Nodes.Where(node =>
                node is { Operator: "DequantizeLinear", Outputs.Length: 1 }
                && graph.Initializers.TryGetValue(node.Inputs[0], out var tensor)
                && tensor.Type == ElementType.Int8
            )
            .ToDictionary(node => node.Outputs[0], StringComparer.Ordinal);
        var outputs = graph.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var inner = graph.Nodes.SelectMany(node => node.Subgraphs()).SelectMany(one => one.Captured());
        var kept = new HashSet<string>(outputs.Concat(inner), StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            if (node.Outputs.Length == 1 && dequantized.ContainsKey(node.Outputs[0]) && !kept.Contains(node.Outputs[0]))
                continue;
            var inputs = node.Inputs;
            for (var i = 0; i < inputs.Length; i++)
            {
                if (!dequantized.TryGetValue(inputs[i], out var maker) || kept.Contains(inputs[i]))
                    continue;
                var own = $"{inputs[i]}:of {node.Outputs[0]}:{i}";
                yield return maker with
                {
                    Name = "",
                    Outputs = [own],
                };
                inputs = inputs.SetItem(i, own);
            }

            yield return node with
            {
                Inputs = inputs,
            };
        }
    }
}
