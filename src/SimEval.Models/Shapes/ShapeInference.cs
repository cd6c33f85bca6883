using System.Collections.Immutable;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Models.Shapes;

/// <summary>
/// Finds element type and sizes of every value from those of the inputs, operator by operator (see
/// <see cref="OperatorRules"/>). Integers that shapes are computed with (Shape, Gather, Concat, ...) are followed, as numbers
/// or as expressions over named sizes.
/// </summary>
public sealed class ShapeInference
{
    private readonly SortedDictionary<string, int> withoutRule = new(StringComparer.Ordinal);
    private readonly SortedSet<string> conflicts = new(StringComparer.Ordinal);
    private readonly ImmutableSortedDictionary<string, long> opsets;

    private ShapeInference(ImmutableSortedDictionary<string, long> opsets) => this.opsets = opsets;

    /// <summary>
    /// The model with its types filled. Throws <see cref="OnnxFormatException"/>, naming the node, where an operator cannot take
    /// what it is given.
    /// </summary>
    public static OnnxModel Infer(OnnxModel model) => Analyse(model).Model;

    /// <summary>The same, with what could not be found and where the file contradicts itself.</summary>
    public static ShapeReport Analyse(OnnxModel model)
    {
        var inference = new ShapeInference(model.Opsets);
        var graph = inference.Infer(model.Graph, new ValueScope(null), null);
        return new ShapeReport(model with { Graph = graph }, inference.withoutRule, [.. inference.conflicts]);
    }

    /// <summary>A graph with its types.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="scope">An empty scope inside that of the graph around it.</param>
    /// <param name="inputs">What its inputs are; null: what it declares.</param>
    internal Graph Infer(Graph graph, ValueScope scope, IReadOnlyList<TensorType>? inputs)
    {
        for (var i = 0; i < graph.Inputs.Length; i++)
        {
            var declared = graph.Inputs[i].Type;
            var given = inputs is null || i >= inputs.Count ? TensorType.Unknown : inputs[i];
            scope.Set(graph.Inputs[i].Name, Merged(given, declared, graph.Inputs[i].Name, "what runs the graph"));
        }

        foreach (var (name, tensor) in graph.Initializers)
            scope.Set(name, tensor);
        var nodes = graph.Nodes.Select(node => Infer(node, graph, scope)).ToImmutableArray();
        return graph with { Nodes = nodes, Types = scope.Types() };
    }

    private Node Infer(Node node, Graph graph, ValueScope scope)
    {
        var context = new RuleContext(this, node, opsets.GetValueOrDefault(node.Domain, 1), scope);
        OperatorInputs.Check(context);
        if (OperatorRules.Find(node) is { } rule)
            rule(context);
        else
            Count(node);
        for (var i = 0; i < node.Outputs.Length; i++)
        {
            var name = node.Outputs[i];
            if (name.Length == 0)
                continue;
            var declared = graph.Types.GetValueOrDefault(name, TensorType.Unknown);
            scope.Set(name, Merged(context.Given(i), declared, name, node.Title()));
            if (context.ValuesOf(i) is { } values)
                scope.SetValues(name, values);
            if (context.ConstantOf(i) is { } constant)
                scope.Set(name, constant);
        }

        return context.Finished();
    }

    private void Count(Node node)
    {
        var name = node.Domain.Length > 0 ? $"{node.Domain}.{node.Operator}" : node.Operator;
        withoutRule[name] = withoutRule.GetValueOrDefault(name) + 1;
    }

    /// <summary>What is known from either side; where they contradict each other, the first.</summary>
    private TensorType Merged(TensorType found, TensorType declared, string name, string giver)
    {
        if (declared == TensorType.Unknown || found == declared)
            return found;
        if (found == TensorType.Unknown)
            return declared;
        var element = found.Element == ElementType.Undefined ? declared.Element : found.Element;
        var fits =
            found.Kind == declared.Kind && (declared.Element == element || declared.Element == ElementType.Undefined);
        var shape = found.Shape ?? (fits ? declared.Shape : null);
        if (found.Shape is { } sizes && declared.Shape is { } others)
        {
            fits &= sizes.Count == others.Count && sizes.Zip(others).All(Agree);
            if (fits)
                shape = [.. sizes.Zip(others, (size, other) => size == Dim.Unknown || other.IsKnown ? other : size)];
        }

        if (!fits)
            conflicts.Add($"the file declares '{name}' as {declared}, but {giver} makes it {found}");
        return found with { Element = element, Shape = shape };

        static bool Agree((Dim First, Dim Second) pair) =>
            !pair.First.IsKnown || !pair.Second.IsKnown || pair.First.Size == pair.Second.Size;
    }
}
