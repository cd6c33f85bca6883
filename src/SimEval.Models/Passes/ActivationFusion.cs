using SimEval.Models.Compression;
using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>
/// Formulas that exporters spell out, as the standard operator that they are: Gelu (operator set 20 on), Mish (18 on) and
/// HardSwish (14 on); a Clip of Relu as one Clip; a Relu of Relu as one.
/// </summary>
internal static class ActivationFusion
{
    private const float Tolerance = 1e-6f;

    public static Graph Apply(Graph graph, long opset)
    {
        var rewriting = new Rewriting(graph);
        foreach (var node in graph.Nodes.Where(node => node.Domain.Length == 0))
        {
            if (rewriting.IsGone(node) || node.Outputs.Length != 1)
                continue;
            if (node is { Operator: "Mul", Inputs.Length: 2 })
            {
                if (!(opset >= 20 && Gelu(rewriting, node)) && !(opset >= 18 && Mish(rewriting, node)) && opset >= 14)
                    HardSwish(rewriting, node);
            }
            else if (node.Operator == "Relu" && rewriting.Giver(node.Input(0), "Relu") is { } inner)
                rewriting.Replace(node, node with { Inputs = inner.Inputs });
            else if (node.Operator == "Clip" && opset >= 11)
                ClippedRelu(rewriting, node);
        }

        return rewriting.Result();
    }

    /// <summary>x * 0.5 * (1 + Erf(x / sqrt 2)), its factors in any order (Hendrycks and Gimpel 2016, arXiv:1606.08415).</summary>
    private static bool Gelu(Rewriting rewriting, Node last)
    {
        foreach (var (a, b) in Either(last))
        {
            // 0.5 * (x * (1 + erf)), x * (0.5 * (1 + erf)) or (0.5 * x) * (1 + erf).
            var found =
                IsScalar(rewriting, a, 0.5f) && rewriting.Sole(b, "Mul") is { } product
                    ? Either(product).Select(pair => (X: pair.First, Gate: pair.Second, Also: product))
                : rewriting.Sole(b, "Mul") is { } half
                    ? Either(half)
                        .Where(pair => IsScalar(rewriting, pair.First, 0.5f))
                        .SelectMany(pair =>
                            new[] { (X: a, Gate: pair.Second, Also: half), (X: pair.Second, Gate: a, Also: half) }
                        )
                : [];
            foreach (var (x, gate, also) in found)
            {
                if (Erf(rewriting, x, gate) is not { } parts)
                    continue;
                rewriting.Replace(
                    last,
                    new Node("Gelu", "", last.Name, [x], last.Outputs, NodeAttributes.None),
                    [also, .. parts]
                );
                return true;
            }
        }

        return false;
    }

    /// <summary>The nodes of 1 + Erf(x / sqrt 2), or null.</summary>
    private static Node[]? Erf(Rewriting rewriting, string x, string value)
    {
        if (rewriting.Sole(value, "Add") is not { Inputs.Length: 2 } add)
            return null;
        foreach (var (one, rest) in Either(add))
        {
            if (
                !IsScalar(rewriting, one, 1)
                || rewriting.Sole(rest, "Erf") is not { } erf
                || rewriting.Sole(erf.Inputs[0], "Div", "Mul") is not { Inputs.Length: 2 } scaled
            )
                continue;
            var fits =
                scaled.Operator == "Div"
                    ? scaled.Inputs[0] == x && IsScalar(rewriting, scaled.Inputs[1], 1.4142135f)
                    : Either(scaled).Any(pair => pair.First == x && IsScalar(rewriting, pair.Second, 0.70710677f));
            if (fits)
                return [add, erf, scaled];
        }

        return null;
    }

    /// <summary>x * Tanh(Softplus(x)).</summary>
    private static bool Mish(Rewriting rewriting, Node last)
    {
        foreach (var (x, gate) in Either(last))
        {
            if (
                rewriting.Sole(gate, "Tanh") is not { } tanh
                || rewriting.Sole(tanh.Inputs[0], "Softplus") is not { } softplus
                || softplus.Inputs[0] != x
            )
                continue;
            rewriting.Replace(
                last,
                new Node("Mish", "", last.Name, [x], last.Outputs, NodeAttributes.None),
                tanh,
                softplus
            );
            return true;
        }

        return false;
    }

    /// <summary>x * HardSigmoid(x) with slope 1/6 and offset 1/2.</summary>
    private static void HardSwish(Rewriting rewriting, Node last)
    {
        foreach (var (x, gate) in Either(last))
        {
            if (
                rewriting.Sole(gate, "HardSigmoid") is not { } sigmoid
                || sigmoid.Inputs[0] != x
                || !IsClose(sigmoid.Number("alpha", 0.2f), 1 / 6f)
                || sigmoid.Number("beta", 0.5f) != 0.5f
            )
                continue;
            rewriting.Replace(
                last,
                new Node("HardSwish", "", last.Name, [x], last.Outputs, NodeAttributes.None),
                sigmoid
            );
            return;
        }
    }

    private static void ClippedRelu(Rewriting rewriting, Node clip)
    {
        if (
            rewriting.Sole(clip.Input(0), "Relu") is not { } relu
            || rewriting.Scalar(clip.Input(2)) is not { } most
            || !(most >= 0)
            || (clip.Input(1).Length > 0 && !(rewriting.Scalar(clip.Input(1)) <= 0))
        )
            return;
        var zero = rewriting.Constant($"{clip.Outputs[0]}/min", Tensor.Of([], [0f]));
        rewriting.Replace(clip, clip with { Inputs = [relu.Inputs[0], zero, clip.Inputs[2]] }, relu);
    }

    private static IEnumerable<(string First, string Second)> Either(Node node) =>
        [(node.Inputs[0], node.Inputs[1]), (node.Inputs[1], node.Inputs[0])];

    private static bool IsScalar(Rewriting rewriting, string name, float value) =>
        rewriting.Scalar(name) is { } number && IsClose(number, value);

    private static bool IsClose(float number, float value) => Math.Abs(number - value) <= Tolerance * Math.Abs(value);
}
