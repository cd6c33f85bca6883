using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>
/// Which nodes of a prepared graph are quantized and with which scale each value is. Everything else follows from it: see
/// <see cref="QdqWriter"/>.
/// </summary>
internal sealed class QuantizationPlan
{
    private readonly Graph graph;
    private readonly QuantizationOptions options;
    private readonly IReadOnlyDictionary<string, ValueRange> ranges;
    private readonly Dictionary<string, Node> producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Node>> consumers = new(StringComparer.Ordinal);
    private readonly HashSet<string> held;
    private readonly HashSet<Node> quantized = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, AffineScale> scales = new(StringComparer.Ordinal);
    private readonly HashSet<Node> head = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Node> tail = new(ReferenceEqualityComparer.Instance);

    /// <summary>Makes the plan.</summary>
    /// <param name="graph">A prepared graph.</param>
    /// <param name="ranges">Ranges of float values by name.</param>
    /// <param name="options">How.</param>
    public QuantizationPlan(Graph graph, IReadOnlyDictionary<string, ValueRange> ranges, QuantizationOptions options)
    {
        (this.graph, this.ranges, this.options) = (graph, ranges, options);
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Given())
                producers[output] = node;
            foreach (var input in node.Taken().Distinct(StringComparer.Ordinal))
                (consumers.TryGetValue(input, out var list) ? list : consumers[input] = []).Add(node);
        }

        // What is an output of the graph, or is taken inside a subgraph, must be there under its name.
        held =
        [
            .. graph.Outputs.Select(output => output.Name),
            .. graph.Nodes.SelectMany(node => node.Subgraphs()).SelectMany(inner => inner.Captured()),
        ];
        if (options.KeepEdges)
            FindEdges();
        foreach (var node in graph.Nodes)
            Decide(node);
    }

    /// <summary>Whether a node is quantized.</summary>
    public bool IsQuantized(Node node) => quantized.Contains(node);

    /// <summary>The scale of a value that is given in 8 bits, or null for one that is given in float.</summary>
    public AffineScale? ScaleOf(string value) => scales.TryGetValue(value, out var scale) ? scale : null;

    /// <summary>Whether a value is a constant of the graph.</summary>
    public bool IsConstant(string value) => graph.Initializers.ContainsKey(value);

    /// <summary>
    /// Whether a node takes a value as its producer gives it, in float: a Relu or Clip that rounding to 8 bits makes part of
    /// the layer before it.
    /// </summary>
    public bool IsFused(Node node) =>
        node.Operator is "Relu" or "Clip" && scales.GetValueOrDefault(node.Inputs[0]).Scale == 0;

    /// <summary>Inputs of a node that are quantized as computed values, by place.</summary>
    public static IEnumerable<int> Activations(Node node) =>
        OperatorClasses.Of(node) switch
        {
            OperatorClass.Weighted when node.Operator == "MatMul" => [0, 1],
            OperatorClass.Binary => [0, 1],
            OperatorClass.Joining => Enumerable.Range(0, node.Inputs.Length),
            _ => [0],
        };

    private void Decide(Node node)
    {
        var kind = OperatorClasses.Of(node);
        if (
            kind == OperatorClass.Float
            || head.Contains(node)
            || tail.Contains(node)
            || node.Outputs.Any(options.Float.Contains)
            || node.Outputs.Skip(kind == OperatorClass.Moving ? node.Outputs.Length : 1).Any(name => name.Length > 0)
        )
            return;
        if (kind == OperatorClass.Moving)
        {
            // Moving floats costs no arithmetic: only what is in 8 bits already stays in 8 bits.
            if (
                ScaleOf(node.Inputs[0]) is not { } scale
                || !producers.TryGetValue(node.Inputs[0], out var before)
                || !IsQuantized(before)
            )
                return;
            quantized.Add(node);
            foreach (var output in node.Given())
                scales[output] = scale;
            return;
        }

        if (!Fits(node, kind))
            return;
        quantized.Add(node);
        foreach (var value in Activations(node).Select(place => node.Inputs[place]))
        {
            if (!IsConstant(value) && !IsRaw(node, value))
                scales.TryAdd(value, AffineScale.Of(ranges[value]));
        }

        if (!StaysFloat(node))
            scales[node.Outputs[0]] = AffineScale.Of(ranges[node.Outputs[0]]);
    }

    /// <summary>Whether everything that the node needs is known, and is of float32.</summary>
    private bool Fits(Node node, OperatorClass kind)
    {
        if (!ranges.ContainsKey(node.Outputs[0]))
            return false;
        var constant = 0;
        foreach (var place in Activations(node))
        {
            var value = node.Input(place);
            if (graph.Initializers.TryGetValue(value, out var tensor))
            {
                if (
                    tensor.Type != ElementType.Float32
                    || tensor.Count == 0
                    || tensor.Span<float>().ContainsAnyExceptInRange(float.MinValue, float.MaxValue)
                )
                    return false;
                constant++;
            }
            else if (!ranges.ContainsKey(value))
            {
                return false;
            }
        }

        return kind switch
        {
            OperatorClass.Weighted when node.Operator != "MatMul" => WeightLayout.Of(node, graph) is not null,
            // A quotient by what is computed has no bound.
            OperatorClass.Binary when node.Operator == "Div" => IsConstant(node.Inputs[1]),
            _ => constant < Activations(node).Count(),
        };
    }

    private bool IsRaw(Node node, string value) =>
        node.Operator is "Relu" or "Clip"
        && producers.TryGetValue(value, out var before)
        && IsQuantized(before)
        && ScaleOf(value) is null;

    /// <summary>Whether a quantized node gives its output in float: to the Relu that it is fused with, or to the graph's tail.</summary>
    private bool StaysFloat(Node node)
    {
        var output = node.Outputs[0];
        var after = consumers.GetValueOrDefault(output) ?? [];
        if (
            after is [{ Operator: "Relu" or "Clip", Domain: "" } next]
            && next.Inputs[0] == output
            && !held.Contains(output)
        )
            return !tail.Contains(next)
                && !options.Float.Contains(next.Outputs[0])
                && ranges.ContainsKey(next.Outputs[0])
                && OperatorClasses.Of(node) is OperatorClass.Weighted or OperatorClass.Binary;
        return options.KeepEdges && node.Operator is "Gemm" or "MatMul" && after.TrueForAll(tail.Contains);
    }

    private void FindEdges()
    {
        foreach (var node in graph.Nodes)
        {
            var varying = node.Taken().Where(value => !IsConstant(value)).Distinct(StringComparer.Ordinal).ToList();
            if (
                IsScaling(node)
                && varying is [var only]
                && (!producers.TryGetValue(only, out var before) || head.Contains(before))
            )
                head.Add(node);
        }

        for (var i = graph.Nodes.Length - 1; i >= 0; i--)
        {
            var node = graph.Nodes[i];
            var isLast = node.Given()
                .All(output => (consumers.GetValueOrDefault(output) ?? []).TrueForAll(tail.Contains));
            if (
                isLast
                && !head.Contains(node)
                && OperatorClasses.Of(node)
                    is OperatorClass.Unary
                        or OperatorClass.Binary
                        or OperatorClass.Moving
                        or OperatorClass.Joining
            )
                tail.Add(node);
        }
    }

    private static bool IsScaling(Node node) =>
        node.Operator is "Clip" || OperatorClasses.Of(node) is OperatorClass.Binary or OperatorClass.Moving;
}
