using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>Who gives and who takes each value of a graph.</summary>
internal sealed class Wiring
{
    private readonly Dictionary<string, Node> producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Node>> consumers = new(StringComparer.Ordinal);
    private readonly HashSet<string> held;

    public Wiring(Graph graph)
    {
        Graph = graph;
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Given())
                producers[output] = node;
            foreach (var input in node.Taken().Distinct(StringComparer.Ordinal))
                (consumers.TryGetValue(input, out var list) ? list : consumers[input] = []).Add(node);
        }

        held =
        [
            .. graph.Outputs.Select(output => output.Name),
            .. graph.Nodes.SelectMany(node => node.Subgraphs()).SelectMany(inner => inner.Captured()),
        ];
    }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>The node that gives a value; null for inputs and constants.</summary>
    public Node? Producer(string value) => producers.GetValueOrDefault(value);

    /// <summary>Nodes that take a value, in the graph's order.</summary>
    public IReadOnlyList<Node> Consumers(string value) => consumers.GetValueOrDefault(value) ?? [];

    /// <summary>Whether a value must be there under its name: it is an output, or is taken inside a subgraph.</summary>
    public bool IsHeld(string value) => held.Contains(value);

    /// <summary>Whether a value is a constant of the graph.</summary>
    public bool IsConstant(string value) => Graph.Initializers.ContainsKey(value);
}
