using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes.Rules;

/// <summary>Sequences and optionals.</summary>
internal static class SequenceRules
{
    /// <summary>The rules.</summary>
    public static IEnumerable<(string, ShapeRule)> All =>
        [
            ("SequenceConstruct", Construct),
            ("SequenceEmpty", node => node.Output(0, Sequence(node.ElementOf("dtype", ElementType.Float32), null))),
            ("SequenceInsert", Insert),
            ("SequenceErase", node => node.Output(0, node.Input(0))),
            ("SequenceAt", node => node.Output(0, node.Input(0) with { Kind = ValueKind.Tensor })),
            ("SequenceLength", node => node.Output(0, ElementType.Int64, [])),
            ("SequenceMap", Map),
            ("ConcatFromSequence", Concat),
            ("Optional", Optional),
            ("OptionalHasElement", node => node.Output(0, ElementType.Bool, [])),
            ("OptionalGetElement", GetElement),
        ];

    /// <summary>What holds of either of two values: the same elements, and of the sizes those that agree.</summary>
    public static TensorType Common(TensorType a, TensorType b)
    {
        if (a == b)
            return a;
        var element = a.Element == ElementType.Undefined ? b.Element : a.Element;
        var shape =
            a.Shape is { } x && b.Shape is { } y && x.Count == y.Count
                ? (Dim[])[.. x.Zip(y, (first, second) => first == second ? first : Dim.Unknown)]
                : null;
        return new TensorType(element, shape) { Kind = a.Kind };
    }

    private static TensorType Sequence(ElementType element, IReadOnlyList<Dim>? shape) =>
        new(element, shape) { Kind = ValueKind.Sequence };

    private static void Construct(RuleContext node)
    {
        var common = Enumerable
            .Range(0, node.Inputs)
            .Select(node.Input)
            .DefaultIfEmpty(TensorType.Unknown)
            .Aggregate(Common);
        node.Output(0, common with { Kind = ValueKind.Sequence });
    }

    // Of an empty sequence the shape is unknown, so that an insertion cannot tell it either.
    private static void Insert(RuleContext node)
    {
        var common = Common(node.Input(0) with { Kind = ValueKind.Tensor }, node.Input(1));
        node.Output(0, common with { Kind = ValueKind.Sequence });
    }

    private static void Map(RuleContext node)
    {
        var inputs = Enumerable
            .Range(0, node.Inputs)
            .Select(node.Input)
            .Select(input => input.Kind == ValueKind.Sequence ? input with { Kind = ValueKind.Tensor } : input);
        var outputs = node.Inner("body", [.. inputs]);
        for (var i = 0; i < outputs.Count; i++)
            node.Output(i, outputs[i] with { Kind = ValueKind.Sequence });
    }

    private static void Concat(RuleContext node)
    {
        var shape = node.Input(0).Shape;
        var added = node.Int("new_axis", 0) != 0;
        if (shape is null)
        {
            node.Output(0, node.Element(0), null);
            return;
        }

        var axis = node.Axis(node.Int("axis", 0), shape.Count + (added ? 1 : 0));
        node.Output(0, node.Element(0), [.. shape.Take(axis), Dim.Unknown, .. shape.Skip(axis + (added ? 0 : 1))]);
    }

    private static void Optional(RuleContext node)
    {
        var type =
            node.Has(0) ? node.Input(0)
            : node.Node.Attributes.GetValueOrDefault("type") is AttributeValue.OfType(var named) ? named
            : TensorType.Unknown;
        var kind = type.Kind is ValueKind.Sequence or ValueKind.OptionalSequence
            ? ValueKind.OptionalSequence
            : ValueKind.Optional;
        node.Output(0, type with { Kind = kind });
    }

    private static void GetElement(RuleContext node)
    {
        var input = node.Input(0);
        var kind = input.Kind is ValueKind.OptionalSequence or ValueKind.Sequence
            ? ValueKind.Sequence
            : ValueKind.Tensor;
        node.Output(0, input with { Kind = kind });
    }
}
