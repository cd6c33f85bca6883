using SimEval.Models.Asic.Operators;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>
/// What ONNX Runtime's default session does to pairs of QuantizeLinear and DequantizeLinear before it runs a graph, where that
/// changes how results are rounded. A program equals what ONNX Runtime runs, so lowering begins with the same graph.
/// </summary>
public sealed class RuntimePairs
{
    private readonly Node?[] nodes;
    private readonly Dictionary<string, Tensor> constants;
    private readonly Dictionary<string, int> makers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<int>> takers = new(StringComparer.Ordinal);
    private readonly HashSet<string> outputs;

    private RuntimePairs(Graph graph)
    {
        nodes = [.. graph.Nodes];
        constants = new Dictionary<string, Tensor>(graph.Initializers, StringComparer.Ordinal);
        outputs = graph.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < nodes.Length; i++)
        {
            foreach (var output in nodes[i]!.Outputs)
                makers[output] = i;
            foreach (var input in nodes[i]!.Inputs)
            {
                if (!takers.TryGetValue(input, out var list))
                    takers[input] = list = [];
                list.Add(i);
            }
        }
    }

    /// <summary>
    /// The graph as ONNX Runtime runs it: double pairs merged, then pairs of int8 made unsigned. Values between merged pairs are
    /// gone; all others keep their names.
    /// </summary>
    /// <param name="graph">The graph, its scales and zero points among its initializers.</param>
    public static Graph Apply(Graph graph)
    {
        var pairs = new RuntimePairs(graph);
        for (var i = 0; i < pairs.nodes.Length; i++)
            pairs.Merge(i);
        for (var i = 0; i < pairs.nodes.Length; i++)
            pairs.MakeUnsigned(i);
        return graph with
        {
            Nodes = [.. pairs.nodes.OfType<Node>()],
            Initializers = graph.Initializers.SetItems(pairs.constants),
        };
    }

    // Quantize, dequantize (self), quantize, dequantize: the middle two go, and the range of the others is what both pairs
    // hold (DoubleQDQPairsRemover). Only where nothing else looks into them.
    private void Merge(int self)
    {
        if (!IsDequantize(self) || !makers.TryGetValue(nodes[self]!.Inputs[0], out var parent))
            return;
        if (!IsQuantize(parent) || Edges(parent) != 1 || Takers(nodes[self]!.Outputs[0]) is not [var child])
            return;
        if (!IsQuantize(child) || nodes[child]!.Inputs[0] != nodes[self]!.Outputs[0])
            return;
        // Equal nodes on one value are one node by then.
        var last = Takers(nodes[child]!.Outputs[0]);
        if (last.Count == 0 || outputs.Contains(nodes[child]!.Outputs[0]) || !last.TrueForAll(IsDequantize))
            return;
        if (Pair(parent, self) is not { } first || Of(nodes[child]!) is not { } second)
            return;
        if (!last.TrueForAll(node => Of(nodes[node]!) == second) || Common(first, second) is not { } common)
            return;
        var value = nodes[parent]!.Outputs[0];
        var scale = Constant($"{value}:merged scale", Tensor.Of([], [common.Scale]));
        var zero = Constant($"{value}:merged zero", new Tensor(common.Type, [], new[] { (byte)common.Zero }));
        nodes[parent] = nodes[parent]! with { Inputs = [nodes[parent]!.Inputs[0], scale, zero] };
        foreach (var node in last)
            nodes[node] = nodes[node]! with { Inputs = [value, scale, zero] };
        takers[value] = last;
        nodes[self] = nodes[child] = null;
    }

    // In float32, as ONNX Runtime computes it; a zero point between two integers goes away from zero.
    private static Quantization? Common(Quantization first, Quantization second)
    {
        if (first.Type != second.Type)
            return null;
        if (first == second)
            return first;
        float least = Numerics8.Least(first.Type);
        float greatest = Numerics8.Greatest(first.Type);
        var low = Math.Max((least - first.Zero) * first.Scale, (least - second.Zero) * second.Scale);
        var high = Math.Min((greatest - first.Zero) * first.Scale, (greatest - second.Zero) * second.Scale);
        var scale = (high - low) / (greatest - least);
        if (!(scale > 0) || !float.IsFinite(scale))
            return null;
        var zero = Math.Round(least - low / scale, MidpointRounding.AwayFromZero);
        return zero >= least && zero <= greatest ? new Quantization(scale, (int)zero, first.Type) : null;
    }

    // A pair of int8 with one taker becomes one of uint8, the zero point 128 higher (on x86: QDQS8ToU8Transformer). Fused
    // operators then see other types, and add the other zero point before they round.
    private void MakeUnsigned(int quantize)
    {
        if (!IsQuantize(quantize) || Edges(quantize) != 1)
            return;
        var value = nodes[quantize]!.Outputs[0];
        var dequantize = takers[value][0];
        if (!IsDequantize(dequantize) || nodes[dequantize]!.Inputs[0] != value)
            return;
        if (SignedZero(quantize) is not { } zero || SignedZero(dequantize) != zero)
            return;
        var name = Constant($"{value}:unsigned zero", new Tensor(ElementType.UInt8, [], new[] { (byte)(zero + 128) }));
        nodes[quantize] = Retyped(nodes[quantize]!, name);
        nodes[dequantize] = Retyped(nodes[dequantize]!, name);
    }

    private static Node Retyped(Node node, string zero) =>
        node with
        {
            Inputs = node.Inputs.SetItem(2, zero),
            Attributes = node.Attributes.Remove("output_dtype"),
        };

    private int? SignedZero(int node) =>
        nodes[node]!.Inputs.Length == 3
        && constants.TryGetValue(nodes[node]!.Inputs[2], out var zero)
        && zero is { Type: ElementType.Int8, Count: 1 }
            ? zero.Span<sbyte>()[0]
            : null;

    private string Constant(string name, Tensor tensor)
    {
        constants[name] = tensor;
        return name;
    }

    // The quantization that both nodes of a pair have; null where they differ or leave out the zero point.
    private Quantization? Pair(int quantize, int dequantize) =>
        Of(nodes[quantize]!) is { } quantization && quantization == Of(nodes[dequantize]!) ? quantization : null;

    private Quantization? Of(Node node) =>
        node.Inputs.Length == 3
        && constants.TryGetValue(node.Inputs[1], out var scale)
        && constants.TryGetValue(node.Inputs[2], out var zero)
        && scale is { Type: ElementType.Float32, Count: 1, Dims.Count: <= 1 }
        && zero is { Count: 1, Dims.Count: <= 1 }
        && zero.Type.Is8Bit()
            ? new Quantization(scale.Span<float>()[0], QuantizeRules.Integers(zero)[0], zero.Type)
            : null;

    // Takers of a QuantizeLinear's result. By the time that pairs are looked at, each taker of a dequantized value has a
    // DequantizeLinear of its own. What the graph gives is never changed.
    private int Edges(int quantize)
    {
        var value = nodes[quantize]!.Outputs[0];
        return outputs.Contains(value)
            ? int.MaxValue
            : Takers(value).Sum(taker => IsDequantize(taker) ? Math.Max(1, Uses(nodes[taker]!.Outputs[0])) : 1);
    }

    private int Uses(string value) => Takers(value).Count + (outputs.Contains(value) ? 1 : 0);

    private List<int> Takers(string value) => takers.GetValueOrDefault(value, []);

    private bool IsQuantize(int node) => Is(node, "QuantizeLinear");

    private bool IsDequantize(int node) => Is(node, "DequantizeLinear");

    private bool Is(int node, string operation) =>
        nodes[node] is { Domain: "", Outputs.Length: 1 } there && there.Operator == operation;
}
