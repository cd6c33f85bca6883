using System.Collections.Immutable;
using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>
/// Writes a plan into a graph as QuantizeLinear and DequantizeLinear pairs, placed as ONNX Runtime's static quantizer places
/// them, so that any runtime that knows the form fuses them into integer kernels. A value that a quantized node gives is
/// "x/raw" in float, "x/quantized" in 8 bits, and "x" again where it is dequantized: every consumer, and every name of the
/// original, keeps its meaning.
/// </summary>
internal sealed class QdqWriter
{
    private readonly Graph graph;
    private readonly QuantizationPlan plan;
    private readonly QuantizationOptions options;
    private readonly FreshNames names;
    private readonly ImmutableArray<Node>.Builder nodes = ImmutableArray.CreateBuilder<Node>();
    private readonly ImmutableSortedDictionary<string, Tensor>.Builder constants;
    private readonly Dictionary<string, string> dequantized = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Scale, string Zero)> parameters = new(StringComparer.Ordinal);

    private QdqWriter(Graph graph, QuantizationPlan plan, QuantizationOptions options)
    {
        (this.graph, this.plan, this.options) = (graph, plan, options);
        names = new FreshNames(graph);
        constants = graph.Initializers.ToBuilder();
    }

    /// <summary>The graph with its pairs; constants that nothing takes any more are left out.</summary>
    public static Graph Write(Graph graph, QuantizationPlan plan, QuantizationOptions options) =>
        new QdqWriter(graph, plan, options).Write();

    private Graph Write()
    {
        foreach (var input in graph.Inputs)
            QuantizeBeside(input.Name);
        foreach (var node in graph.Nodes)
        {
            if (!plan.IsQuantized(node))
            {
                nodes.Add(node);
                foreach (var output in node.Given())
                    QuantizeBeside(output);
                continue;
            }

            var given = node.Outputs.Select(output =>
                plan.ScaleOf(output) is null ? output : names.Of($"{output}/raw")
            );
            var written = Quantized(node) with { Outputs = [.. given] };
            nodes.Add(written);
            for (var i = 0; i < node.Outputs.Length; i++)
            {
                if (plan.ScaleOf(node.Outputs[i]) is not null)
                    Pair(written.Outputs[i], node.Outputs[i], node.Outputs[i]);
            }
        }

        return Trimmed.Of(graph with { Nodes = nodes.ToImmutable(), Initializers = constants.ToImmutable() });
    }

    /// <summary>A float value that quantized nodes take beside others: it stays, and a pair beside it gives the 8-bit one.</summary>
    private void QuantizeBeside(string value)
    {
        if (plan.ScaleOf(value) is null)
            return;
        var name = names.Of($"{value}/dequantized");
        Pair(value, value, name);
        dequantized[value] = name;
    }

    private void Pair(string raw, string value, string result)
    {
        var (scale, zero) = ParametersOf(value);
        var integers = names.Of($"{value}/quantized");
        nodes.Add(Linear("QuantizeLinear", [raw, scale, zero], integers, -1));
        nodes.Add(Linear("DequantizeLinear", [integers, scale, zero], result, -1));
    }

    private (string Scale, string Zero) ParametersOf(string value)
    {
        if (parameters.TryGetValue(value, out var known))
            return known;
        var scale = plan.ScaleOf(value)!.Value;
        known = (names.Of($"{value}/scale"), names.Of($"{value}/zero"));
        constants[known.Scale] = Tensor.Of([], [scale.Scale]);
        constants[known.Zero] = Tensor.Of<byte>(ElementType.UInt8, [], [scale.Zero]);
        return parameters[value] = known;
    }

    private Node Quantized(Node node)
    {
        var inputs = node.Inputs.ToBuilder();
        var layout = WeightLayout.Of(node, graph);
        foreach (var place in QuantizationPlan.Activations(node))
        {
            if (place == 1 && layout is not null)
                continue;
            inputs[place] = plan.IsConstant(inputs[place])
                ? Operand(inputs[place])
                : dequantized.GetValueOrDefault(inputs[place], inputs[place]);
        }

        if (layout is not null)
            Weights(node, layout, inputs);
        return node with { Inputs = inputs.ToImmutable() };
    }

    /// <summary>A constant that is no weight: 8 bits with one scale, as the value beside it is.</summary>
    private string Operand(string name)
    {
        if (dequantized.TryGetValue(name, out var known))
            return known;
        var tensor = graph.Initializers[name];
        var elements = tensor.Span<float>();
        var scale = AffineScale.Of(ValueRange.Of(elements));
        var integers = new byte[elements.Length];
        for (var i = 0; i < integers.Length; i++)
            integers[i] = scale.Quantize(elements[i]);
        var result = Constant(
            name,
            new Tensor(ElementType.UInt8, tensor.Dims, integers),
            Tensor.Of([], [scale.Scale]),
            Tensor.Of<byte>(ElementType.UInt8, [], [scale.Zero]),
            -1
        );
        return dequantized[name] = result;
    }

    private void Weights(Node node, WeightLayout layout, ImmutableArray<string>.Builder inputs)
    {
        var perChannel = options.PerChannel ? layout : layout with { Axis = -1 };
        var biases = Corrected(node, node.Input(2) is { Length: > 0 } given ? graph.Initializers[given] : null);
        var step = InputScale(node);
        var weights = WeightScales.Of(
            layout.Weights.Span<float>(),
            perChannel.Channels,
            perChannel.Inner,
            options.ReduceRange ? 63 : 127,
            biases is null ? null : channel => LeastFor(biases, channel, perChannel.Channels) / step
        );
        inputs[1] = Constant(
            node.Inputs[1],
            Tensor.Of<sbyte>(ElementType.Int8, layout.Weights.Dims, weights.Quantize(layout.Weights.Span<float>())),
            Scales(weights, perChannel),
            Tensor.Of<sbyte>(ElementType.Int8, Dims(perChannel), new sbyte[perChannel.Channels]),
            perChannel.Axis
        );
        if (biases is null)
            return;
        var steps = weights.Scales.Select(scale => scale * step).ToArray();
        if (inputs.Count == 2)
            inputs.Add("");
        inputs[2] = Constant(
            inputs[2].Length > 0 ? inputs[2] : $"{node.Outputs[0]}/bias",
            Tensor.Of<int>(ElementType.Int32, biases.Dims, Biases(biases.Span<float>(), steps)),
            Tensor.Of(Dims(perChannel), steps),
            Tensor.Of<int>(ElementType.Int32, Dims(perChannel), new int[steps.Length]),
            perChannel.Axis < 0 ? -1 : 0
        );
    }

    private Tensor? Corrected(Node node, Tensor? biases)
    {
        if (node.Operator == "MatMul" || !options.Corrections.TryGetValue(node.Outputs[0], out var correction))
            return biases;
        var corrected = correction.ToArray();
        for (var i = 0; biases is not null && i < corrected.Length; i++)
            corrected[i] += biases.Span<float>()[i];
        return Tensor.Of([corrected.Length], corrected);
    }

    private float InputScale(Node node) =>
        plan.IsConstant(node.Inputs[0])
            ? AffineScale.Of(ValueRange.Of(graph.Initializers[node.Inputs[0]].Span<float>())).Scale
            : plan.ScaleOf(node.Inputs[0])!.Value.Scale;

    /// <summary>The step that keeps a channel's bias within 30 bits, so that the sum it starts has room.</summary>
    private static double LeastFor(Tensor biases, int channel, int channels)
    {
        var elements = biases.Span<float>();
        var range = ValueRange.Of(channels == 1 ? elements : elements.Slice(channel, 1));
        var greatest = Math.Max(-(double)range.Least, range.Greatest);
        return greatest / (1 << 30);
    }

    private static int[] Biases(ReadOnlySpan<float> biases, float[] steps)
    {
        var integers = new int[biases.Length];
        for (var i = 0; i < integers.Length; i++)
            integers[i] = (int)
                Math.Clamp(Math.Round((double)biases[i] / steps[i % steps.Length]), -(1L << 30), 1 << 30);
        return integers;
    }

    private string Constant(string name, Tensor integers, Tensor scale, Tensor zero, int axis)
    {
        var (quantized, scaled, zeros) = (
            names.Of($"{name}/quantized"),
            names.Of($"{name}/scale"),
            names.Of($"{name}/zero")
        );
        (constants[quantized], constants[scaled], constants[zeros]) = (integers, scale, zero);
        var result = names.Of($"{name}/dequantized");
        nodes.Add(Linear("DequantizeLinear", [quantized, scaled, zeros], result, axis));
        return result;
    }

    private static Node Linear(string name, ImmutableArray<string> inputs, string output, int axis) =>
        new(
            name,
            "",
            $"{output}/{name}",
            inputs,
            [output],
            axis < 0 ? NodeAttributes.None : NodeAttributes.None.Add("axis", new AttributeValue.Int(axis))
        );

    private static Tensor Scales(WeightScales weights, WeightLayout layout) =>
        Tensor.Of(Dims(layout), [.. weights.Scales]);

    private static long[] Dims(WeightLayout layout) => layout.Axis < 0 ? [] : [layout.Channels];
}
