using System.Collections.Immutable;

namespace SimEval.Models.Graphs;

/// <summary>
/// One operation. Values are named, and every name is given by exactly one node, input or initializer (static single
/// assignment); "" stands for an optional input or output that is left out.
/// </summary>
/// <param name="Operator">"MatMul".</param>
/// <param name="Domain">"" for ONNX's own operators, else the name of another operator set ("com.microsoft").</param>
/// <param name="Name">The node's name; may be "".</param>
/// <param name="Inputs">Names of values taken.</param>
/// <param name="Outputs">Names of values given.</param>
/// <param name="Attributes">Attributes by name.</param>
public sealed record Node(
    string Operator,
    string Domain,
    string Name,
    ImmutableArray<string> Inputs,
    ImmutableArray<string> Outputs,
    ImmutableSortedDictionary<string, AttributeValue> Attributes
);

/// <summary>A value that a graph declares: an input or an output.</summary>
public sealed record GraphValue(string Name, TensorType Type);

/// <summary>
/// A dataflow graph, immutable: a pass is a function from graph to graph. Nodes stand in an order in which every value is
/// given before it is taken.
/// </summary>
public sealed record Graph
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Nodes in topological order.</summary>
    public required ImmutableArray<Node> Nodes { get; init; }

    /// <summary>Inputs that are no initializers: a constant that a caller might override is a constant here.</summary>
    public required ImmutableArray<GraphValue> Inputs { get; init; }

    /// <summary>Outputs.</summary>
    public required ImmutableArray<GraphValue> Outputs { get; init; }

    /// <summary>Constants by the name of their value.</summary>
    public required ImmutableSortedDictionary<string, Tensor> Initializers { get; init; }

    /// <summary>What is known of each value, inputs, outputs and initializers included; filled by shape inference.</summary>
    public ImmutableSortedDictionary<string, TensorType> Types { get; init; } =
        ImmutableSortedDictionary.Create<string, TensorType>(StringComparer.Ordinal);
}

/// <summary>A whole model: a graph, and what its file says of itself.</summary>
public sealed record OnnxModel
{
    /// <summary>The graph.</summary>
    public required Graph Graph { get; init; }

    /// <summary>Operator sets: domain ("" is ONNX's own) and version.</summary>
    public required ImmutableSortedDictionary<string, long> Opsets { get; init; }

    /// <summary>Version of the file format.</summary>
    public long IrVersion { get; init; } = 8;

    /// <summary>The tool that wrote it, or "".</summary>
    public string Producer { get; init; } = "";

    /// <summary>The model's own namespace, or "".</summary>
    public string Domain { get; init; } = "";

    /// <summary>The model's own version.</summary>
    public long Version { get; init; }

    /// <summary>The model's description, or "".</summary>
    public string Description { get; init; } = "";

    /// <summary>
    /// What of its file is not kept, in words, and changes nothing that the graph computes: "3 doc strings of nodes".
    /// </summary>
    public ImmutableArray<string> NotKept { get; init; } = [];

    /// <summary>Metadata properties.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
