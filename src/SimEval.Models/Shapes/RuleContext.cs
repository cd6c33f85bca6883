using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Models.Shapes;

/// <summary>What a rule knows of its node, and where it puts what it finds.</summary>
internal sealed class RuleContext(ShapeInference inference, Node node, long opset, ValueScope scope)
{
    private readonly TensorType?[] given = new TensorType?[node.Outputs.Length];
    private readonly SymbolicInteger[]?[] values = new SymbolicInteger[]?[node.Outputs.Length];
    private readonly Tensor?[] constants = new Tensor?[node.Outputs.Length];
    private readonly Dictionary<string, Graph> inner = new(StringComparer.Ordinal);

    /// <summary>The node.</summary>
    public Node Node => node;

    /// <summary>Version of the node's operator set.</summary>
    public long Opset => opset;

    /// <summary>How many graphs are around the node's.</summary>
    public int Depth => scope.Depth;

    /// <summary>Number of inputs, those left out between included.</summary>
    public int Inputs => node.Inputs.Length;

    /// <summary>Number of outputs.</summary>
    public int Outputs => node.Outputs.Length;

    /// <summary>Whether an input is there.</summary>
    public bool Has(int input) => input < node.Inputs.Length && node.Inputs[input].Length > 0;

    /// <summary>Type of an input; unknown where it is left out.</summary>
    public TensorType Input(int input) => Has(input) ? scope.Type(node.Inputs[input]) : TensorType.Unknown;

    /// <summary>Element type of an input.</summary>
    public ElementType Element(int input) => Input(input).Element;

    /// <summary>Sizes of an input, or null.</summary>
    public IReadOnlyList<Dim>? Shape(int input) => Input(input).Kind == ValueKind.Tensor ? Input(input).Shape : null;

    /// <summary>Sizes of an input that must have a certain rank, or null where nothing is known.</summary>
    public IReadOnlyList<Dim>? Shape(int input, int rank) =>
        Shape(input) is not { } shape || shape.Count == rank
            ? Shape(input)
            : throw Fault($"input {input} has {shape.Count} dimensions, not {rank}");

    /// <summary>Sizes of an input that must have at least a certain rank, or null where nothing is known.</summary>
    public IReadOnlyList<Dim>? ShapeFrom(int input, int least) =>
        Shape(input) is not { } shape || shape.Count >= least
            ? Shape(input)
            : throw Fault($"input {input} has {shape.Count} dimensions; it must have at least {least}");

    /// <summary>The tensor that an input always is, or null.</summary>
    public Tensor? Constant(int input) => Has(input) ? scope.Constant(node.Inputs[input]) : null;

    /// <summary>The integers of a scalar or vector input, or null.</summary>
    public SymbolicInteger[]? Values(int input) => Has(input) ? scope.Values(node.Inputs[input]) : null;

    /// <summary>The integers of a scalar or vector input where all are numbers, or null.</summary>
    public long[]? Numbers(int input) =>
        Values(input) is { } known && Array.TrueForAll(known, value => value.Number is not null)
            ? [.. known.Select(value => value.Number!.Value)]
            : null;

    /// <summary>An integer attribute.</summary>
    public long Int(string name, long otherwise) =>
        node.Attributes.TryGetValue(name, out var value)
            ? (value as AttributeValue.Int)?.Value ?? throw Kind(name, "an integer")
            : otherwise;

    /// <summary>A text attribute.</summary>
    public string Text(string name, string otherwise) =>
        node.Attributes.TryGetValue(name, out var value)
            ? (value as AttributeValue.Text)?.Value ?? throw Kind(name, "text")
            : otherwise;

    /// <summary>An attribute of integers, or null where it is left out.</summary>
    public long[]? Ints(string name) =>
        node.Attributes.TryGetValue(name, out var value)
            ? [.. (value as AttributeValue.Ints)?.Values ?? throw Kind(name, "a list of integers")]
            : null;

    /// <summary>An attribute of floats, or null where it is left out.</summary>
    public float[]? Floats(string name) =>
        node.Attributes.TryGetValue(name, out var value)
            ? [.. (value as AttributeValue.Floats)?.Values ?? throw Kind(name, "a list of floats")]
            : null;

    /// <summary>An attribute that is an element type's number.</summary>
    public ElementType ElementOf(string name, ElementType otherwise)
    {
        var number = Int(name, (long)otherwise);
        return number is >= 0 and <= (long)ElementType.Int4
            ? (ElementType)number
            : throw Fault($"attribute '{name}' is {number}, which is no element type");
    }

    /// <summary>An axis counted from the front.</summary>
    public int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank
            ? (int)(axis < 0 ? axis + rank : axis)
            : throw Fault($"axis {axis} is outside of {rank} dimensions");

    /// <summary>Sets an output; one that the node does not have is left aside.</summary>
    public void Output(int output, ElementType element, IReadOnlyList<Dim>? shape) =>
        Output(output, new TensorType(element, shape));

    /// <summary>Sets an output.</summary>
    public void Output(int output, TensorType type)
    {
        if (type.Shape is { Count: var rank } && rank > OnnxLimits.Default.Rank)
            throw Fault($"it gives a tensor of {rank} dimensions; {OnnxLimits.Default.Rank} are the most");
        if (output < given.Length)
            given[output] = type;
    }

    /// <summary>Sets the integers that an output consists of.</summary>
    public void OutputValues(int output, SymbolicInteger[]? integers)
    {
        if (output < values.Length)
            values[output] = integers;
    }

    /// <summary>Sets the tensor that an output always is.</summary>
    public void OutputConstant(int output, Tensor? tensor)
    {
        if (output < constants.Length)
            constants[output] = tensor;
    }

    /// <summary>Infers a subgraph with the given inputs and returns its outputs' types; none where there is no such graph.</summary>
    public IReadOnlyList<TensorType> Inner(string attribute, IReadOnlyList<TensorType> inputs)
    {
        if ((node.Attributes.GetValueOrDefault(attribute) as AttributeValue.OfGraph)?.Value is not { } graph)
            throw Fault($"it has no graph '{attribute}'");
        var within = new ValueScope(scope);
        inner[attribute] = inference.Infer(graph, within, inputs);
        return [.. graph.Outputs.Select(output => within.Type(output.Name))];
    }

    /// <summary>An error that names the node.</summary>
    public OnnxFormatException Fault(string what) => new($"{node.Title()}: {what}");

    internal TensorType Given(int output) => given[output] ?? TensorType.Unknown;

    internal SymbolicInteger[]? ValuesOf(int output) => values[output];

    internal Tensor? ConstantOf(int output) => constants[output];

    /// <summary>The node with its subgraphs inferred; those that the rule left alone as they declare themselves.</summary>
    internal Node Finished()
    {
        foreach (var (name, value) in node.Attributes)
        {
            if (value is AttributeValue.OfGraph && !inner.ContainsKey(name))
                Inner(name, []);
        }

        return node with
        {
            Attributes = inner.Aggregate(
                node.Attributes,
                (all, pair) => all.SetItem(pair.Key, new AttributeValue.OfGraph(pair.Value))
            ),
        };
    }

    private OnnxFormatException Kind(string name, string kind) => Fault($"attribute '{name}' must be {kind}");
}
