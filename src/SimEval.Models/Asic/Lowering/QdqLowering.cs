using System.Collections.Immutable;
using SimEval.Models.Asic.Operators;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;
using SimEval.Models.Passes;

namespace SimEval.Models.Asic.Lowering;

/// <summary>
/// Lowers a graph with quantize and dequantize nodes to a program: what lies between dequantized inputs and a quantized output
/// becomes one integer instruction, where it has an integer form; what is left computes in float32 as the graph says.
/// </summary>
internal sealed class QdqLowering
{
    private readonly Graph graph;
    private readonly long opset;
    private readonly TableEvaluator? evaluator;
    private readonly QdqIndex index;
    private readonly Dictionary<string, Tensor> constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> aliases = new(StringComparer.Ordinal);
    private readonly List<Node> nodes = [];

    private QdqLowering(Graph graph, long opset, TableEvaluator? evaluator)
    {
        (this.graph, this.opset, this.evaluator) = (graph, opset, evaluator);
        index = new QdqIndex(graph);
    }

    /// <summary>The program of a graph.</summary>
    /// <param name="model">The model; its constants folded.</param>
    /// <param name="evaluator">Gives the values of tables; null: the emulator's own functions do.</param>
    public static AsicProgram Lower(OnnxModel model, TableEvaluator? evaluator)
    {
        var opset = model.Opsets.GetValueOrDefault("", 1);
        var lowering = new QdqLowering(model.Graph, opset, evaluator);
        var graph = lowering.Lower();
        return new AsicProgram(graph, opset) { Layers = [.. lowering.Layers(graph)] };
    }

    private IEnumerable<QuantizedLayer> Layers(Graph lowered)
    {
        var given = lowered.Nodes.SelectMany(node => node.Outputs).ToHashSet(StringComparer.Ordinal);
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes.Where(node => node is { Operator: "DequantizeLinear", Domain: "" }))
            named.TryAdd(node.Inputs[0], node.Outputs[0]);
        foreach (var node in graph.Nodes)
        {
            if (index.Quantization(node) is not { } of || !given.Contains(node.Outputs[0]))
                continue;
            var dequantized = named.GetValueOrDefault(node.Outputs[0], $"{node.Outputs[0]}:dequantized");
            yield return new QuantizedLayer(node.Inputs[0], node.Outputs[0], dequantized, of.Scale, of.Zero, of.Type);
        }
    }

    private Graph Lower()
    {
        foreach (var node in graph.Nodes)
            Lower(node);
        foreach (var output in graph.Outputs.Where(output => aliases.ContainsKey(output.Name)))
            nodes.Add(Make("Identity", "", [aliases[output.Name]], output.Name));
        var lowered = graph with
        {
            Nodes = [.. nodes],
            Initializers = graph.Initializers.SetItems(constants),
            Types = graph.Types.Clear(),
        };
        return DeadCode.Apply(lowered, opset);
    }

    private void Lower(Node node)
    {
        if (index.Quantization(node) is { } quantization)
        {
            var made = new List<Node>();
            if (Integer(node.Inputs[0], quantization, node.Outputs[0], made))
            {
                nodes.AddRange(made.Select(Renamed));
                return;
            }
        }
        else if (node.Outputs.Length == 1 && ProductMatch.Of(node.Outputs[0], index) is { } product)
        {
            nodes.Add(Renamed(product.Emit(node.Outputs[0], null, null, constants)));
            return;
        }

        nodes.Add(Renamed(OperatorForm.Lower(node, index, constants) ?? node));
    }

    /// <summary>Makes the nodes that give a value, quantized, in integers; false where it has no integer form.</summary>
    /// <param name="value">The float value.</param>
    /// <param name="result">Its quantization.</param>
    /// <param name="output">Name of the quantized value.</param>
    /// <param name="made">Where the nodes go, in order.</param>
    private bool Integer(string value, Quantization result, string output, List<Node> made)
    {
        if (index.Dequantized(value) is { } same && same.Whole == result)
        {
            if (made.Count == 0 && graph.Outputs.All(declared => declared.Name != output))
                aliases[output] = aliases.GetValueOrDefault(same.Source, same.Source);
            made.Add(Make("Identity", "", [same.Source], output));
            return true;
        }

        return Moved(value, result, output, made)
            || Product(value, result, output, made)
            || Pair(value, result, output, made)
            || Pooled(value, result, output, made)
            || Table(value, result, output, made);
    }

    private bool Moved(string value, Quantization result, string output, List<Node> made)
    {
        if (index.Maker(value) is not { Domain: "", Outputs.Length: 1 } node)
            return false;
        var data =
            MovedIntegers.IsMove(node) ? 1
            : node.Operator == "Concat" ? node.Inputs.Length
            : 0;
        if (data == 0 || index.Constant(value) is not null)
            return false;
        var inputs = node.Inputs.ToBuilder();
        for (var i = 0; i < data; i++)
        {
            inputs[i] = $"{output}:{i}";
            if (!Integer(node.Inputs[i], result, inputs[i], made))
                return false;
        }

        made.Add(node with { Inputs = inputs.ToImmutable(), Outputs = [output] });
        return true;
    }

    private bool Product(string value, Quantization result, string output, List<Node> made)
    {
        (int Least, int Greatest)? bounds = null;
        if (Clamped(value) is var (inner, low, high))
        {
            var (least, greatest) = (Numerics8.Least(result.Type), Numerics8.Greatest(result.Type));
            bounds = (Bound(low, result, least, greatest), Bound(high, result, least, greatest));
            value = inner;
        }

        if (ProductMatch.Of(value, index) is not { IsInteger: true } product)
            return false;
        made.Add(product.Emit(output, result, bounds, constants));
        return true;
    }

    private bool Pair(string value, Quantization result, string output, List<Node> made)
    {
        if (!IsFused(ref value, result))
            return false;
        if (index.Maker(value) is not { Domain: "", Operator: "Add" or "Sub" or "Mul" or "Div" } node)
            return false;
        var (a, b) = (index.Dequantized(node.Inputs[0]), index.Dequantized(node.Inputs[1]));
        if (a?.Whole is not { } left || b?.Whole is not { } right || !left.Type.Is8Bit() || !right.Type.Is8Bit())
            return false;
        var attributes = Quantizations(("a", left), ("b", right), ("y", result));
        made.Add(new Node(node.Operator, AsicProgram.Domain, node.Name, [a.Source, b.Source], [output], attributes));
        return true;
    }

    private bool Pooled(string value, Quantization result, string output, List<Node> made)
    {
        if (!IsFused(ref value, result))
            return false;
        if (index.Maker(value) is not { Domain: "", Outputs.Length: 1 } node)
            return false;
        if (index.Dequantized(node.Inputs[0]) is not { Whole: { } whole } source || !whole.Type.Is8Bit())
            return false;
        var attributes = node.Attributes.SetItems(Quantizations(("x", whole), ("y", result)));
        switch (node.Operator)
        {
            case "MaxPool" when whole == result && whole.Scale > 0:
                made.Add(node with { Inputs = node.Inputs.SetItem(0, source.Source), Outputs = [output] });
                return true;
            case "AveragePool" or "GlobalAveragePool":
            case "Softmax" when whole.Type == result.Type:
                break;
            case "ReduceMean" when node.Inputs.Length == 1:
                break;
            case "ReduceMean" when index.Constant(node.Inputs[1]) is { Type: ElementType.Int64 } axes:
                attributes = attributes.SetItem("axes", new AttributeValue.Ints([.. axes.Span<long>()]));
                break;
            default:
                return false;
        }

        if (node.Operator == "ReduceMean" && !attributes.ContainsKey("axes"))
            return false;
        made.Add(new Node(node.Operator, AsicProgram.Domain, node.Name, [source.Source], [output], attributes));
        return true;
    }

    private static ImmutableSortedDictionary<string, AttributeValue> Quantizations(
        params ReadOnlySpan<(string Name, Quantization Of)> operands
    )
    {
        var attributes = ImmutableSortedDictionary.CreateBuilder<string, AttributeValue>(StringComparer.Ordinal);
        foreach (var (name, of) in operands)
        {
            attributes[$"{name}Scale"] = new AttributeValue.Float(of.Scale);
            attributes[$"{name}Zero"] = new AttributeValue.Int(of.Zero);
            attributes["output"] = new AttributeValue.Int((long)of.Type);
        }

        return attributes.ToImmutable();
    }

    private bool Table(string value, Quantization result, string output, List<Node> made)
    {
        if (ElementwiseCone.Of(value, index) is not { } cone)
            return false;
        var table = $"{output}:table";
        constants[table] = cone.Table(value, result, opset, evaluator);
        made.Add(Make("Table", AsicProgram.Domain, [cone.Source.Source, table], output, index.Maker(value)?.Name));
        return true;
    }

    // ONNX Runtime's fused operators round in ways of their own, and it fuses none whose float result something else takes.
    // A Relu or Clip that cuts no more than the result's type does is no part of what it runs.
    private bool IsFused(ref string value, Quantization result)
    {
        if (!index.IsOnlyQuantized(value))
            return false;
        if (Clamped(value) is not var (inner, low, high))
            return true;
        value = inner;
        return index.IsTakenOnce(inner)
            && low <= Numerics8.Dequantize(Numerics8.Least(result.Type), result.Scale, result.Zero)
            && high >= Numerics8.Dequantize(Numerics8.Greatest(result.Type), result.Scale, result.Zero);
    }

    /// <summary>The value under a Relu or a Clip with constant bounds, and the bounds.</summary>
    private (string Value, float Low, float High)? Clamped(string value)
    {
        if (index.Maker(value) is not { Domain: "" } node)
            return null;
        if (node.Operator == "Relu")
            return (node.Inputs[0], 0, float.PositiveInfinity);
        if (node.Operator != "Clip")
            return null;
        var bounds = (float[])[float.NegativeInfinity, float.PositiveInfinity];
        for (var i = 0; i < 2; i++)
        {
            if (node.Attributes.GetValueOrDefault(i == 0 ? "min" : "max") is AttributeValue.Float(var number))
                bounds[i] = number;
            if (node.Inputs.Length <= i + 1 || node.Inputs[i + 1].Length == 0)
                continue;
            if (index.Constant(node.Inputs[i + 1]) is not { Type: ElementType.Float32, Count: 1 } bound)
                return null;
            bounds[i] = bound.Span<float>()[0];
        }

        return (node.Inputs[0], bounds[0], bounds[1]);
    }

    private static int Bound(float value, Quantization result, int least, int greatest) =>
        Numerics8.Quantize(value, result.Scale, result.Zero, least, greatest);

    private Node Renamed(Node node) =>
        node.Inputs.Any(aliases.ContainsKey)
            ? node with
            {
                Inputs = [.. node.Inputs.Select(input => aliases.GetValueOrDefault(input, input))],
            }
            : node;

    private static Node Make(
        string operation,
        string domain,
        ImmutableArray<string> inputs,
        string output,
        string? name = null
    ) =>
        new(
            operation,
            domain,
            name ?? "",
            inputs,
            [output],
            ImmutableSortedDictionary.Create<string, AttributeValue>(StringComparer.Ordinal)
        );
}
