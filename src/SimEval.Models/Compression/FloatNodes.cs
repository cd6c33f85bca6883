using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>Nodes that stay in float because of where they stand: at the graph's edges, and in the arithmetic of its states.</summary>
internal static class FloatNodes
{
    /// <summary>
    /// What scales inputs, one at a time and by constants, before anything else is done with them, and what is done to the
    /// results of the last products. A product that stands between the two, where others make up the model, is a straight line
    /// from inputs to outputs: nothing after it evens out its error.
    /// </summary>
    public static IReadOnlySet<Node> Edges(Wiring wiring)
    {
        var head = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (var node in wiring.Graph.Nodes)
        {
            var varying = node.Taken()
                .Where(value => !wiring.IsConstant(value))
                .Distinct(StringComparer.Ordinal)
                .ToList();
            if (
                IsScaling(node)
                && varying is [var only]
                && (wiring.Producer(only) is not { } before || head.Contains(before))
            )
                head.Add(node);
        }

        var tail = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (var node in wiring.Graph.Nodes.Reverse())
        {
            if (
                IsElementwise(node)
                && !head.Contains(node)
                && node.Given().All(output => wiring.Consumers(output).All(tail.Contains))
            )
                tail.Add(node);
        }

        var products = wiring
            .Graph.Nodes.Where(node => OperatorClasses.Of(node) == OperatorClass.Weighted)
            .ToLookup(node =>
                node.Given().All(output => wiring.Consumers(output).All(tail.Contains))
                && (wiring.Producer(node.Inputs[0]) is not { } before || head.Contains(before))
            );
        if (products[false].Any())
            tail.UnionWith(products[true]);
        tail.UnionWith(head);
        return tail;
    }

    /// <summary>What stands alone among operators that stay in float: to round there and back would gain nothing.</summary>
    public static IEnumerable<Node> Islands(Wiring wiring) =>
        wiring.Graph.Nodes.Where(node =>
            IsElementwise(node)
            && node.Taken()
                .All(value => wiring.IsConstant(value) || wiring.Producer(value) is { } before && IsFloat(before))
            && node.Given().All(value => !wiring.IsHeld(value) && wiring.Consumers(value).All(IsFloat))
        );

    /// <summary>
    /// What is done to recurrent states between one product and the next: an error of 8 bits that is carried from frame to
    /// frame would add up.
    /// </summary>
    public static IReadOnlySet<Node> States(Wiring wiring)
    {
        var found = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var carried = new HashSet<string>(StringComparer.Ordinal);
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (input, output) in StatePairs.Of(wiring.Graph))
        {
            carried.Add(input);
            wanted.Add(output);
        }

        foreach (var node in wiring.Graph.Nodes.Where(node => IsElementwise(node) && node.Inputs.Any(carried.Contains)))
        {
            found.Add(node);
            carried.UnionWith(node.Given());
        }

        foreach (
            var node in wiring
                .Graph.Nodes.Reverse()
                .Where(node => IsElementwise(node) && node.Given().Any(wanted.Contains))
        )
        {
            found.Add(node);
            wanted.UnionWith(node.Inputs);
        }

        return found;
    }

    private static bool IsFloat(Node node) => OperatorClasses.Of(node) == OperatorClass.Float;

    private static bool IsScaling(Node node) =>
        node.Operator is "Clip" || OperatorClasses.Of(node) is OperatorClass.Binary or OperatorClass.Moving;

    private static bool IsElementwise(Node node) =>
        OperatorClasses.Of(node)
            is OperatorClass.Unary
                or OperatorClass.Binary
                or OperatorClass.Moving
                or OperatorClass.Joining;
}
