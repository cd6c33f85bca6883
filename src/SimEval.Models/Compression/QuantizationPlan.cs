using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>
/// Which nodes of a prepared graph are quantized and with which scale each value is. Everything else follows from it: see
/// <see cref="QdqWriter"/>.
/// </summary>
internal sealed class QuantizationPlan
{
    private readonly Wiring wiring;
    private readonly QuantizationOptions options;
    private readonly IReadOnlyDictionary<string, ValueRange> ranges;
    private readonly HashSet<Node> quantized = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Node> inFloat = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, AffineScale> scales = new(StringComparer.Ordinal);

    /// <summary>Makes the plan.</summary>
    /// <param name="graph">A prepared graph.</param>
    /// <param name="ranges">Ranges of float values by name.</param>
    /// <param name="options">How.</param>
    public QuantizationPlan(Graph graph, IReadOnlyDictionary<string, ValueRange> ranges, QuantizationOptions options)
    {
        (wiring, this.ranges, this.options) = (new Wiring(graph), ranges, options);
        if (options.KeepEdges)
            inFloat.UnionWith(FloatNodes.Edges(wiring).Concat(FloatNodes.Islands(wiring)));
        inFloat.UnionWith(FloatNodes.States(wiring));
        inFloat.UnionWith(graph.Nodes.Where(node => node.Outputs.Any(options.Float.Contains)));
        foreach (var node in graph.Nodes)
            Decide(node);
        foreach (var node in graph.Nodes)
            RoundBeforeMoves(node);
    }

    /// <summary>Whether a node is quantized.</summary>
    public bool IsQuantized(Node node) => quantized.Contains(node);

    /// <summary>The scale of a value that is given in 8 bits, or null for one that is given in float.</summary>
    public AffineScale? ScaleOf(string value) => scales.TryGetValue(value, out var scale) ? scale : null;

    /// <summary>Whether a value is a constant of the graph.</summary>
    public bool IsConstant(string value) => wiring.IsConstant(value);

    /// <summary>Whether a node is a Relu or Clip that takes its layer's sums as they are, in float: rounding makes it part of them.</summary>
    public bool IsFused(Node node) => IsClamp(node) && IsAfterQuantized(node) && ScaleOf(node.Inputs[0]) is null;

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
            || inFloat.Contains(node)
            || (node.Operator != "Split" && node.Given().Skip(1).Any())
        )
            return;
        if (kind == OperatorClass.Moving)
        {
            // Moving floats costs no arithmetic: only what is in 8 bits already stays in 8 bits.
            if (
                ScaleOf(node.Inputs[0]) is not { } scale
                || wiring.Producer(node.Inputs[0]) is not { } before
                || !IsQuantized(before)
            )
                return;
            quantized.Add(node);
            foreach (var output in node.Given())
                scales[output] = scale;
            return;
        }

        // Alone, a Relu costs nothing in float; it belongs to the layer before it, in 8 bits or not.
        if (!Fits(node, kind) || (IsClamp(node) && !IsAfterQuantized(node)))
            return;
        quantized.Add(node);
        foreach (var value in Activations(node).Select(place => node.Inputs[place]))
        {
            if (!IsConstant(value) && !IsFused(node))
                scales.TryAdd(value, AffineScale.Of(ranges[value]));
        }

        if (!StaysFloat(node))
            scales[node.Outputs[0]] = AffineScale.Of(ranges[node.Outputs[0]]);
    }

    /// <summary>
    /// An output of the model that is moved (a cache of keys that is transposed, say) and rounded only then is rounded beside
    /// itself and moved in 8 bits: ONNX Runtime takes a QuantizeLinear over a Transpose before it, and then gives as the output
    /// what was rounded.
    /// </summary>
    private void RoundBeforeMoves(Node node)
    {
        var moves = new List<Node>();
        var value = node.Outputs[0];
        while (wiring.Producer(value) is { } move && IsRounded(value, moves) && IsMove(move))
        {
            moves.Add(move);
            value = move.Inputs[0];
            if (!wiring.IsHeld(value) || scales.ContainsKey(value))
                continue;
            var scale = scales[moves[0].Outputs[0]];
            quantized.UnionWith(moves);
            foreach (var moved in moves)
                scales[moved.Inputs[0]] = scales[moved.Outputs[0]] = scale;
            return;
        }
    }

    private bool IsMove(Node node) =>
        OperatorClasses.Of(node) == OperatorClass.Moving && !IsQuantized(node) && !node.Given().Skip(1).Any();

    // Nothing takes the value in float: what is moved is rounded by its own taker, what comes before by the moves already seen.
    private bool IsRounded(string value, List<Node> moves) =>
        !wiring.IsHeld(value)
        && (
            moves.Count == 0
                ? ScaleOf(value) is not null && wiring.Consumers(value).All(IsQuantized)
                : wiring.Consumers(value).All(moves.Contains)
        );

    /// <summary>Whether everything that the node needs is known, and is of float32.</summary>
    private bool Fits(Node node, OperatorClass kind)
    {
        if (!ranges.ContainsKey(node.Outputs[0]))
            return false;
        var constant = 0;
        foreach (var place in Activations(node))
        {
            var value = node.Input(place);
            if (wiring.Graph.Initializers.TryGetValue(value, out var tensor))
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
            OperatorClass.Weighted when node.Operator != "MatMul" => WeightLayout.Of(node, wiring.Graph) is not null,
            // A quotient by what is computed has no bound.
            OperatorClass.Binary when node.Operator == "Div" => IsConstant(node.Inputs[1]),
            _ => constant < Activations(node).Count(),
        };
    }

    private static bool IsClamp(Node node) => node.Operator is "Relu" or "Clip";

    private bool IsAfterQuantized(Node node) => wiring.Producer(node.Inputs[0]) is { } before && IsQuantized(before);

    /// <summary>
    /// Whether a quantized node gives its output in float: to the Relu that rounding to 8 bits makes part of it, or, where the
    /// runtimes' kernels can, to nodes that stay in float.
    /// </summary>
    private bool StaysFloat(Node node)
    {
        var output = node.Outputs[0];
        var after = wiring.Consumers(output);
        if (
            after is [{ Operator: "Relu" or "Clip", Domain: "" } next]
            && next.Inputs[0] == output
            && !wiring.IsHeld(output)
            && !inFloat.Contains(next)
            && ranges.ContainsKey(next.Outputs[0])
            && OperatorClasses.Of(node) is OperatorClass.Weighted or OperatorClass.Binary
        )
            return true;
        return node.Operator is "Gemm" or "MatMul" && after.All(IsFloat);

        bool IsFloat(Node taking) => inFloat.Contains(taking) || OperatorClasses.Of(taking) == OperatorClass.Float;
    }
}
