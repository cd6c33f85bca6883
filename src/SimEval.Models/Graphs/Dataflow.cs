using System.Collections.Immutable;

namespace SimEval.Models.Graphs;

/// <summary>Which values nodes and graphs take and give.</summary>
public static class Dataflow
{
    /// <summary>The node's subgraphs, in the order of their attributes' names.</summary>
    public static IEnumerable<Graph> Subgraphs(this Node node) =>
        node.Attributes.Values.OfType<AttributeValue.OfGraph>().Select(attribute => attribute.Value);

    /// <summary>Names of the values that a node takes: its inputs, and what its subgraphs take of the graphs around them.</summary>
    public static IEnumerable<string> Taken(this Node node) =>
        node.Inputs.Where(name => name.Length > 0).Concat(node.Subgraphs().SelectMany(Captured));

    /// <summary>Names of the values that a node gives.</summary>
    public static IEnumerable<string> Given(this Node node) => node.Outputs.Where(name => name.Length > 0);

    /// <summary>Names that a graph gives inside itself.</summary>
    public static IEnumerable<string> Given(this Graph graph) =>
        graph
            .Inputs.Select(input => input.Name)
            .Concat(graph.Initializers.Keys)
            .Concat(graph.Nodes.SelectMany(node => node.Given()));

    /// <summary>Names that a graph takes of the graphs around it; none for a whole model.</summary>
    public static IReadOnlySet<string> Captured(this Graph graph)
    {
        var taken = graph.Nodes.SelectMany(Taken).Concat(graph.Outputs.Select(output => output.Name));
        var captured = new SortedSet<string>(taken, StringComparer.Ordinal);
        captured.ExceptWith(graph.Given());
        return captured;
    }

    /// <summary>The node in a message: "node 'conv1' (Conv)".</summary>
    public static string Title(this Node node)
    {
        var title = node.Domain.Length > 0 ? $"{node.Domain}.{node.Operator}" : node.Operator;
        return node.Name.Length > 0 ? $"node '{node.Name}' ({title})"
            : node.Given().FirstOrDefault() is { } output ? $"the node of '{output}' ({title})"
            : $"a node without outputs ({title})";
    }

    /// <summary>All nodes of a graph and of the graphs inside it.</summary>
    public static IEnumerable<Node> AllNodes(this Graph graph) =>
        graph.Nodes.SelectMany(node => node.Subgraphs().SelectMany(AllNodes).Prepend(node));

    /// <summary>The node with each of its subgraphs changed.</summary>
    public static Node WithSubgraphs(this Node node, Func<Graph, Graph> change) =>
        node with
        {
            Attributes = node
                .Attributes.Where(pair => pair.Value is AttributeValue.OfGraph)
                .Aggregate(
                    node.Attributes,
                    (all, pair) =>
                        all.SetItem(
                            pair.Key,
                            new AttributeValue.OfGraph(change(((AttributeValue.OfGraph)pair.Value).Value))
                        )
                ),
        };
}
