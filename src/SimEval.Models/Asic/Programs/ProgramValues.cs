using System.Collections.Immutable;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Programs;

/// <summary>What can be seen inside a program: its float values, and its integer values under the names they stand for.</summary>
public static class ProgramValues
{
    /// <summary>
    /// The program as a graph whose values are those of the graph it was made from, as far as the program has them: an
    /// instruction that gives integers stands as the QuantizeLinear and DequantizeLinear of the value they stand for.
    /// </summary>
    public static Graph View(AsicProgram program)
    {
        var layers = program.Layers.ToLookup(layer => layer.Quantized, StringComparer.Ordinal);
        var nodes = new List<Node>();
        foreach (var node in program.Graph.Nodes)
        {
            if (node.Outputs.Length != 1 || !layers.Contains(node.Outputs[0]))
            {
                nodes.Add(node);
                continue;
            }

            foreach (var layer in layers[node.Outputs[0]].Take(1))
            {
                nodes.Add(Plain("QuantizeLinear", [layer.Name, .. node.Inputs], layer.Quantized));
                nodes.Add(Plain("DequantizeLinear", [layer.Quantized], layer.Dequantized));
            }
        }

        // What the program dequantizes for itself is there already.
        return program.Graph with
        {
            Nodes = [.. nodes.DistinctBy(node => node.Given().First())],
        };
    }

    /// <summary>The program giving some values of its <see cref="View"/> beside its outputs; null for one that it does not have.</summary>
    public static AsicProgram? WithOutputs(AsicProgram program, IEnumerable<string> values)
    {
        var graph = program.Graph;
        var given = graph.Given().ToHashSet(StringComparer.Ordinal);
        var declared = graph.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var layers = program.Layers.ToLookup(layer => layer.Dequantized, StringComparer.Ordinal);
        var constants = graph.Initializers.ToBuilder();
        var (nodes, outputs) = (graph.Nodes.ToBuilder(), graph.Outputs.ToBuilder());
        foreach (var value in values.Distinct(StringComparer.Ordinal))
        {
            if (given.Add(value))
            {
                if (layers[value].FirstOrDefault() is not { } layer)
                    return null;
                var (scale, zero) = ($"{value}:scale", $"{value}:zero");
                constants[scale] = Tensor.Of([], [layer.Scale]);
                constants[zero] = new Tensor(layer.Type, [], new[] { (byte)layer.Zero });
                nodes.Add(Plain("DequantizeLinear", [layer.Quantized, scale, zero], value));
            }

            if (declared.Add(value))
                outputs.Add(new GraphValue(value, TensorType.Unknown));
        }

        return program with
        {
            Graph = graph with
            {
                Nodes = nodes.ToImmutable(),
                Outputs = outputs.ToImmutable(),
                Initializers = constants.ToImmutable(),
            },
        };
    }

    private static Node Plain(string operation, ImmutableArray<string> inputs, string output) =>
        new(
            operation,
            "",
            "",
            inputs,
            [output],
            ImmutableSortedDictionary.Create<string, AttributeValue>(StringComparer.Ordinal)
        );
}
