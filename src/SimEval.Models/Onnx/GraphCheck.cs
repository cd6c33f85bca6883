using SimEval.Models.Graphs;

namespace SimEval.Models.Onnx;

/// <summary>
/// What must hold of every graph, so that nothing after it needs to ask: each name is given once, also across the graphs inside
/// each other; each value taken is given; nodes stand in topological order.
/// </summary>
public static class GraphCheck
{
    private const int Named = 8;

    /// <summary>
    /// The model with its nodes in topological order, as they stood where that was one. Throws
    /// <see cref="OnnxFormatException"/> for a name that is given twice or not at all, and for a cycle, with its nodes.
    /// </summary>
    public static OnnxModel Checked(OnnxModel model) =>
        model with
        {
            Graph = Checked(model.Graph, new HashSet<string>(StringComparer.Ordinal)),
        };

    /// <param name="graph">A graph.</param>
    /// <param name="outer">What the graphs around it give; the same set afterwards.</param>
    private static Graph Checked(Graph graph, HashSet<string> outer)
    {
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in graph.Given())
        {
            if (!own.Add(name))
                throw new OnnxFormatException($"the value '{name}' is given twice in graph '{graph.Name}'");
            if (!outer.Add(name))
                throw new OnnxFormatException(
                    $"the value '{name}' of the inner graph '{graph.Name}' is given by a graph around it, too"
                );
        }

        var declared = new HashSet<string>(StringComparer.Ordinal);
        foreach (var output in graph.Outputs)
        {
            if (!declared.Add(output.Name))
                throw new OnnxFormatException($"graph '{graph.Name}' has the output '{output.Name}' twice");
            if (!outer.Contains(output.Name))
                throw new OnnxFormatException($"nothing gives the output '{output.Name}' of graph '{graph.Name}'");
        }

        foreach (var node in graph.Nodes)
        {
            if (node.Inputs.FirstOrDefault(name => name.Length > 0 && !outer.Contains(name)) is { } missing)
                throw new OnnxFormatException($"{node.Title()} takes '{missing}', which nothing gives");
        }

        var nodes = Sorted(graph).Select(node => node.WithSubgraphs(inner => Checked(inner, outer)));
        var result = graph with { Nodes = [.. nodes] };
        outer.ExceptWith(own);
        return result;
    }

    /// <summary>Kahn's order (1962), of the nodes that could come next always the one that stood first.</summary>
    private static IEnumerable<Node> Sorted(Graph graph)
    {
        var giver = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < graph.Nodes.Length; i++)
        {
            foreach (var name in graph.Nodes[i].Given())
                giver[name] = i;
        }

        var takers = new List<int>[graph.Nodes.Length];
        var waits = new int[graph.Nodes.Length];
        for (var i = 0; i < waits.Length; i++)
            takers[i] = [];
        for (var i = 0; i < waits.Length; i++)
        {
            foreach (var name in graph.Nodes[i].Taken().Where(giver.ContainsKey))
            {
                takers[giver[name]].Add(i);
                waits[i]++;
            }
        }

        var ready = new PriorityQueue<int, int>(
            Enumerable.Range(0, waits.Length).Where(i => waits[i] == 0).Select(i => (i, i))
        );
        var order = new List<int>(waits.Length);
        while (ready.TryDequeue(out var next, out _))
        {
            order.Add(next);
            foreach (var taker in takers[next])
            {
                if (--waits[taker] == 0)
                    ready.Enqueue(taker, taker);
            }
        }

        return order.Count == waits.Length
            ? order.Select(i => graph.Nodes[i])
            : throw new OnnxFormatException(Cycle(graph, giver, waits));
    }

    /// <summary>Goes back from any node that waits, over nodes that wait, until one comes again.</summary>
    private static string Cycle(Graph graph, Dictionary<string, int> giver, int[] waits)
    {
        var path = new List<int>();
        var place = new Dictionary<int, int>();
        var at = Array.FindIndex(waits, count => count > 0);
        while (place.TryAdd(at, path.Count))
        {
            path.Add(at);
            at = graph.Nodes[at].Taken().Where(giver.ContainsKey).Select(name => giver[name]).First(i => waits[i] > 0);
        }

        var round = path.Skip(place[at]).Reverse().ToList();
        var first = round.IndexOf(round.Min());
        var cycle = round.Skip(first).Concat(round.Take(first)).Select(i => graph.Nodes[i].Title()).ToList();
        var rest = cycle.Count > Named ? $" and {cycle.Count - Named} more" : "";
        return $"the graph has a cycle: {string.Join(", then ", cycle.Take(Named))}{rest}";
    }
}
