using System.Collections.Immutable;
using SimEval.Models.Graphs;

namespace SimEval.Models.Costs;

/// <summary>Which activations of a graph are alive at each of its nodes, and their bytes; its types must be inferred.</summary>
internal sealed class LiveMemory
{
    private readonly Graph graph;
    private readonly ImmutableSortedDictionary<string, TensorType> types;
    private readonly Dictionary<string, int> last = new(StringComparer.Ordinal);
    private readonly HashSet<string> constants;

    /// <param name="graph">The graph.</param>
    /// <param name="outer">Types of the graphs around it.</param>
    public LiveMemory(Graph graph, ImmutableSortedDictionary<string, TensorType> outer)
    {
        (this.graph, types) = (graph, outer.SetItems(graph.Types));
        constants =
        [
            .. graph.Initializers.Keys,
            .. graph.Nodes.Where(node => node is { Operator: "Constant", Domain: "" }).SelectMany(node => node.Given()),
        ];
        for (var i = 0; i < graph.Nodes.Length; i++)
        {
            foreach (var name in graph.Nodes[i].Taken())
                last[name] = i;
        }

        foreach (var output in graph.Outputs)
            last[output.Name] = graph.Nodes.Length;
    }

    /// <summary>The cost of each node, in order.</summary>
    public IEnumerable<NodeCost> Costs()
    {
        var leaving = last.ToLookup(pair => pair.Value, pair => pair.Key);
        var alive = new HashSet<string>(graph.Inputs.Select(input => input.Name), StringComparer.Ordinal);
        var unknown = alive.Count(name => Bytes(name) is null);
        var bytes = alive.Aggregate((Int128)0, (all, name) => all + (Bytes(name) ?? 0));
        for (var i = 0; i < graph.Nodes.Length; i++)
        {
            var node = graph.Nodes[i];
            foreach (var name in node.Given().Where(name => !constants.Contains(name)))
                Count(name, alive.Add(name) ? 1 : 0);
            var inner = node.Subgraphs().Select(subgraph => Peak(new LiveMemory(subgraph, types).Costs())).ToList();
            var all = bytes + inner.Select(peak => (Int128)(peak ?? 0)).Append(0).Max();
            yield return new NodeCost(
                node,
                MacCount.Of(node, types),
                node.Inputs.Sum(name => graph.Initializers.TryGetValue(name, out var tensor) ? tensor.Count : 0),
                unknown > 0 || inner.Contains(null) || all > long.MaxValue ? null : (long)all
            );
            // What nothing takes leaves at once.
            foreach (var name in leaving[i].Concat(node.Given().Where(name => !last.ContainsKey(name))))
                Count(name, alive.Remove(name) ? -1 : 0);
        }

        void Count(string name, int times)
        {
            bytes += times * (Int128)(Bytes(name) ?? 0);
            unknown += Bytes(name) is null ? times : 0;
        }
    }

    private static long? Peak(IEnumerable<NodeCost> nodes) =>
        nodes.Aggregate(
            (long?)0,
            (peak, node) => peak is { } most && node.LiveBytes is { } live ? Math.Max(most, live) : null
        );

    private long? Bytes(string name)
    {
        var type = types.GetValueOrDefault(name, TensorType.Unknown);
        var bytes = type.Element == ElementType.Undefined ? null : type.Count * (Int128)type.Element.Bits() / 8;
        return bytes > long.MaxValue ? null : (long?)bytes;
    }
}
