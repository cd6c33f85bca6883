using System.Collections.Immutable;
using SimEval.Models.Compression;
using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>A graph while a pass replaces some of its nodes, none twice.</summary>
internal sealed class Rewriting(Graph graph)
{
    private readonly Wiring wiring = new(graph);
    private readonly FreshNames names = new(graph);
    private readonly Dictionary<Node, ImmutableArray<Node>> replaced = new(ReferenceEqualityComparer.Instance);
    private ImmutableSortedDictionary<string, Tensor> constants = graph.Initializers;

    /// <summary>The constant of this name, if it is one of float32.</summary>
    public Tensor? Floats(string name) =>
        constants.TryGetValue(name, out var tensor) && tensor.Type == ElementType.Float32 ? tensor : null;

    /// <summary>The one element of a constant of float32, or null.</summary>
    public float? Scalar(string name) => Floats(name) is { Count: 1 } tensor ? tensor.Span<float>()[0] : null;

    /// <summary>The sizes of a value, or null.</summary>
    public IReadOnlyList<Dim>? Shape(string name) =>
        graph.Types.GetValueOrDefault(name) is { Kind: ValueKind.Tensor, Shape: { } shape } ? shape : null;

    /// <summary>The node that gives a value, if it is one of ONNX's own of this name, still there, and nobody else takes its one output.</summary>
    public Node? Sole(string value, params ReadOnlySpan<string> operators) =>
        Giver(value, operators) is { Outputs.Length: 1 } node
        && !wiring.IsHeld(value)
        && wiring.Consumers(value).Count == 1
            ? node
            : null;

    /// <summary>The node that gives a value, if it is one of ONNX's own of this name and still there.</summary>
    public Node? Giver(string value, params ReadOnlySpan<string> operators) =>
        wiring.Producer(value) is { Domain: "" } node
        && operators.Contains(node.Operator)
        && node.Inputs.Length >= LeastInputs(node.Operator)
        && !replaced.ContainsKey(node)
            ? node
            : null;

    // A damaged file may have fewer; passes leave such a node alone.
    private static int LeastInputs(string name) =>
        name is "Add" or "Mul" or "Div" or "Conv" or "ConvTranspose" or "Gemm" or "MatMul" ? 2 : 1;

    /// <summary>The one node that takes a value, or null.</summary>
    public Node? Taker(string value) =>
        !wiring.IsHeld(value) && wiring.Consumers(value) is [var only] && !replaced.ContainsKey(only) ? only : null;

    /// <summary>Whether a node has been replaced.</summary>
    public bool IsGone(Node node) => replaced.ContainsKey(node);

    /// <summary>A new name.</summary>
    public string Name(string wanted) => names.Of(wanted);

    /// <summary>Adds a constant and returns its name.</summary>
    public string Constant(string wanted, Tensor tensor)
    {
        var name = names.Of(wanted);
        constants = constants.SetItem(name, tensor);
        return name;
    }

    /// <summary>Puts nodes in the place of one, and removes others.</summary>
    public void Replace(Node last, Node by, params ReadOnlySpan<Node> gone)
    {
        foreach (var node in gone)
            replaced[node] = [];
        replaced[last] = [by];
    }

    /// <summary>The graph, or the one it was where nothing has been replaced.</summary>
    public Graph Result() =>
        replaced.Count == 0
            ? graph
            : graph with
            {
                Nodes = [.. graph.Nodes.SelectMany(node => replaced.TryGetValue(node, out var by) ? by : [node])],
                Initializers = constants,
            };
}
