using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>Scale, zero point and type of an 8-bit tensor that has one of each.</summary>
/// <param name="Scale">Scale.</param>
/// <param name="Zero">Zero point.</param>
/// <param name="Type">uint8 or int8.</param>
internal sealed record Quantization(float Scale, int Zero, ElementType Type);

/// <summary>A float value that is an integer tensor dequantized.</summary>
/// <param name="Source">The integer tensor.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Scales">One scale, or one for each place along the axis.</param>
/// <param name="Zeros">As many zero points.</param>
/// <param name="Axis">The axis; of no meaning with one scale.</param>
internal sealed record Dequantized(string Source, ElementType Type, float[] Scales, int[] Zeros, long Axis)
{
    /// <summary>Its quantization where it is one for the whole tensor.</summary>
    public Quantization? Whole => Scales.Length == 1 ? new Quantization(Scales[0], Zeros[0], Type) : null;

    /// <summary>The same integers, standing for values that are so many times as large.</summary>
    public Dequantized Times(float factor) =>
        factor == 1 ? this : this with { Scales = [.. Scales.Select(scale => factor * scale)] };
}

/// <summary>What a graph's nodes give, and which of its values are dequantized tensors.</summary>
internal sealed class QdqIndex
{
    private readonly Graph graph;
    private readonly Dictionary<string, Node> makers = new(StringComparer.Ordinal);
    private readonly ILookup<string, Node> takers;
    private readonly HashSet<string> outputs;
    private readonly Dictionary<string, Dequantized?> dequantized = new(StringComparer.Ordinal);

    /// <summary>Of a graph.</summary>
    public QdqIndex(Graph graph)
    {
        this.graph = graph;
        takers = graph
            .Nodes.SelectMany(node => node.Inputs.Select(input => (Input: input, Node: node)))
            .ToLookup(pair => pair.Input, pair => pair.Node, StringComparer.Ordinal);
        outputs = graph.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Outputs)
                makers[output] = node;
        }
    }

    /// <summary>The node that gives a value; null for inputs and constants.</summary>
    public Node? Maker(string value) => makers.GetValueOrDefault(value);

    /// <summary>Whether one node takes a value, and it is no output of the graph.</summary>
    public bool IsTakenOnce(string value) => !outputs.Contains(value) && takers[value].Count() == 1;

    /// <summary>Whether nothing takes a value but QuantizeLinear nodes of one quantization: ONNX Runtime makes them one.</summary>
    public bool IsOnlyQuantized(string value) =>
        !outputs.Contains(value) && takers[value].Select(Quantization).Distinct().ToList() is [{ }];

    /// <summary>A constant, or null.</summary>
    public Tensor? Constant(string value) => graph.Initializers.GetValueOrDefault(value);

    /// <summary>The integer tensor that a value is, dequantized; null when it is none, or its parameters are no constants.</summary>
    public Dequantized? Dequantized(string value)
    {
        if (dequantized.TryGetValue(value, out var found))
            return found;
        return dequantized[value] = Find(value);
    }

    /// <summary>The quantization that a QuantizeLinear node applies; null when it is not one for the whole tensor, of 8 bits.</summary>
    public Quantization? Quantization(Node node)
    {
        if (node.Operator != "QuantizeLinear" || node.Domain.Length > 0)
            return null;
        if (Constant(node.Inputs[1]) is not { Count: 1, Type: ElementType.Float32 } scale)
            return null;
        var declared = node.Attributes.GetValueOrDefault("output_dtype") is AttributeValue.Int(var number)
            ? (ElementType)number
            : ElementType.UInt8;
        if (node.Inputs.Length < 3 || node.Inputs[2].Length == 0)
            return Operators.Numerics8.Is8Bit(declared) ? new Quantization(scale.Span<float>()[0], 0, declared) : null;
        return Constant(node.Inputs[2]) is { Count: 1 } zero && Operators.Numerics8.Is8Bit(zero.Type)
            ? new Quantization(scale.Span<float>()[0], Operators.QuantizeRules.Integers(zero)[0], zero.Type)
            : null;
    }

    private Dequantized? Find(string value)
    {
        if (
            Maker(value) is not { Operator: "DequantizeLinear", Domain: "" } node
            || node.Attributes.ContainsKey("block_size")
        )
            return null;
        if (Constant(node.Inputs[1]) is not { Type: ElementType.Float32 } scale || scale.Dims.Count > 1)
            return null;
        var type = TypeOf(node);
        if (type is not (ElementType.UInt8 or ElementType.Int8 or ElementType.Int32))
            return null;
        var scales = scale.Span<float>().ToArray();
        var zeros = new int[scales.Length];
        if (node.Inputs.Length > 2 && node.Inputs[2].Length > 0)
        {
            if (Constant(node.Inputs[2]) is not { } zero || zero.Count != scales.Length)
                return null;
            zeros = Operators.QuantizeRules.Integers(zero);
        }

        var axis = node.Attributes.GetValueOrDefault("axis") is AttributeValue.Int(var number) ? number : 1;
        return new Dequantized(node.Inputs[0], type, scales, zeros, axis);
    }

    private ElementType TypeOf(Node node)
    {
        if (Constant(node.Inputs[0]) is { } tensor)
            return tensor.Type;
        if (node.Inputs.Length > 2 && node.Inputs[2].Length > 0)
            return Constant(node.Inputs[2])?.Type ?? ElementType.Undefined;
        if (Maker(node.Inputs[0]) is { } maker)
            return Quantization(maker)?.Type ?? ElementType.Undefined;
        return graph.Inputs.FirstOrDefault(input => input.Name == node.Inputs[0])?.Type.Element
            ?? ElementType.Undefined;
    }
}
