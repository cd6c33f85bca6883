using System.Collections.Frozen;
using SimEval.Models.Graphs;
using SimEval.Models.Shapes.Rules;

namespace SimEval.Models.Shapes;

/// <summary>Finds the outputs of one node.</summary>
internal delegate void ShapeRule(RuleContext node);

/// <summary>The rules of all operators: to add one is an entry in the file of its family, in Rules.</summary>
public static class OperatorRules
{
    private static readonly FrozenDictionary<string, ShapeRule> Table = new IEnumerable<(string Name, ShapeRule Rule)>[]
    {
        ElementwiseRules.All,
        ConstantRules.All,
        MatrixRules.All,
        ConvolutionRules.All,
        LayoutRules.All,
        SlicingRules.All,
        SelectionRules.All,
        ReductionRules.All,
        NormalisationRules.All,
        RecurrentRules.All,
        QuantizationRules.All,
        ImageRules.All,
        SignalRules.All,
        SequenceRules.All,
        ControlRules.All,
        ContribRules.All,
    }
        .SelectMany(family => family)
        .ToFrozenDictionary(entry => entry.Name, entry => entry.Rule, StringComparer.Ordinal);

    /// <summary>Operators with a rule; those of other domains as "domain.Operator".</summary>
    public static IReadOnlyList<string> Names => [.. Table.Keys.Order(StringComparer.Ordinal)];

    internal static ShapeRule? Find(Node node) =>
        Table.GetValueOrDefault(node.Domain.Length > 0 ? $"{node.Domain}.{node.Operator}" : node.Operator);
}
