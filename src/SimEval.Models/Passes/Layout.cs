using System.Collections.Immutable;
using SimEval.Models.Compression;
using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>
/// Joins a transpose of a transpose, moves one behind an elementwise operator where another one follows, and takes one of a
/// matrix into Gemm's own flags.
/// </summary>
internal static class Layout
{
    private static readonly string[] Elementwise =
    [
        "Abs",
        "Ceil",
        "Clip",
        "Elu",
        "Exp",
        "Floor",
        "HardSigmoid",
        "HardSwish",
        "LeakyRelu",
        "Log",
        "Neg",
        "Relu",
        "Sigmoid",
        "Sqrt",
        "Tanh",
    ];

    public static Graph Apply(Graph graph, long opset)
    {
        var rewriting = new Rewriting(graph);
        foreach (var node in graph.Nodes.Where(node => node.Domain.Length == 0))
        {
            if (rewriting.IsGone(node) || node.Inputs.Length == 0)
                continue;
            if (node.Operator == "Transpose")
                Join(rewriting, node);
            else if (node.Operator == "Gemm")
                IntoGemm(rewriting, node);
            else if (Elementwise.Contains(node.Operator))
                MoveBehind(rewriting, node);
        }

        return rewriting.Result();
    }

    private static void Join(Rewriting rewriting, Node second)
    {
        if (
            rewriting.Giver(second.Inputs[0], "Transpose") is not { } first
            || Order(rewriting, first) is not { } inner
            || Order(rewriting, second) is not { } outer
            || inner.Length != outer.Length
        )
            return;
        rewriting.Replace(
            second,
            second with
            {
                Inputs = [first.Inputs[0]],
                Attributes = second.Attributes.SetItem(
                    "perm",
                    new AttributeValue.Ints([.. outer.Select(axis => inner[(int)axis])])
                ),
            }
        );
    }

    private static void MoveBehind(Rewriting rewriting, Node node)
    {
        if (
            rewriting.Sole(node.Inputs[0], "Transpose") is not { } first
            || node.Outputs.Length != 1
            || rewriting.Taker(node.Outputs[0]) is not { Operator: "Transpose", Domain: "" } second
            || Order(rewriting, first) is not { } inner
            || Order(rewriting, second) is not { } outer
            || inner.Length != outer.Length
        )
            return;
        // The joined transpose stands where the second stood, after the elementwise operator.
        rewriting.Replace(node, node with { Inputs = node.Inputs.SetItem(0, first.Inputs[0]) }, first);
        rewriting.Replace(
            second,
            second with
            {
                Attributes = second.Attributes.SetItem(
                    "perm",
                    new AttributeValue.Ints([.. outer.Select(axis => inner[(int)axis])])
                ),
            }
        );
    }

    private static void IntoGemm(Rewriting rewriting, Node gemm)
    {
        var result = gemm;
        foreach (var (input, flag) in new[] { (0, "transA"), (1, "transB") })
        {
            if (
                input >= gemm.Inputs.Length
                || rewriting.Giver(gemm.Inputs[input], "Transpose") is not { } transpose
                || Order(rewriting, transpose) is not [1, 0]
            )
                continue;
            result = result with
            {
                Inputs = result.Inputs.SetItem(input, transpose.Inputs[0]),
                Attributes = result.Attributes.SetItem(
                    flag,
                    new AttributeValue.Int(gemm.Integer(flag, 0) == 0 ? 1 : 0)
                ),
            };
        }

        if (!ReferenceEquals(result, gemm))
            rewriting.Replace(gemm, result);
    }

    /// <summary>Where each axis comes from; null where the rank is not known or the attribute is damaged.</summary>
    private static ImmutableArray<long>? Order(Rewriting rewriting, Node transpose)
    {
        var order =
            transpose.Integers("perm")
            ?? (
                rewriting.Shape(transpose.Inputs[0]) is { } shape
                    ? [.. Enumerable.Range(0, shape.Count).Reverse().Select(axis => (long)axis)]
                    : null
            );
        return order is { } axes && axes.All(axis => axis >= 0 && axis < axes.Length) ? order : null;
    }
}
