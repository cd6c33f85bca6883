using SimEval.Models.Compression;
using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>
/// y = (x - mean) * scale / sqrt(variance + epsilon) + shift after Conv, ConvTranspose or Gemm of constant weights is a factor
/// and an addend a channel: they go into weights and bias.
/// </summary>
internal static class BatchNormFolding
{
    public static Graph Apply(Graph graph, long opset)
    {
        var rewriting = new Rewriting(graph);
        foreach (var node in graph.Nodes.Where(node => node is { Operator: "BatchNormalization", Domain: "" }))
        {
            // Before set 7, a flag told whether this is training.
            if (
                opset >= 7
                && node.Inputs.Length == 5
                && node.Given().Count() == 1
                && node.Integer("training_mode", 0) == 0
                && rewriting.Sole(node.Inputs[0], "Conv", "ConvTranspose", "Gemm") is { } product
                && Channels(rewriting, node) is var (factors, addends)
            )
                Fold(rewriting, node, product, factors, addends);
        }

        return rewriting.Result();
    }

    private static (double[] Factors, double[] Addends)? Channels(Rewriting rewriting, Node node)
    {
        if (
            rewriting.Floats(node.Inputs[1]) is not { } scale
            || rewriting.Floats(node.Inputs[2]) is not { } shift
            || rewriting.Floats(node.Inputs[3]) is not { } mean
            || rewriting.Floats(node.Inputs[4]) is not { } variance
            || scale.Count != shift.Count
            || scale.Count != mean.Count
            || scale.Count != variance.Count
        )
            return null;
        var epsilon = node.Number("epsilon", 1e-5f);
        var (factors, addends) = (new double[scale.Count], new double[scale.Count]);
        for (var i = 0; i < factors.Length; i++)
        {
            factors[i] = scale.Span<float>()[i] / Math.Sqrt((double)variance.Span<float>()[i] + epsilon);
            addends[i] = shift.Span<float>()[i] - mean.Span<float>()[i] * factors[i];
        }

        return (factors, addends);
    }

    private static void Fold(Rewriting rewriting, Node norm, Node product, double[] factors, double[] addends)
    {
        if (
            rewriting.Floats(product.Inputs[1]) is not { } weights
            || ChannelOf(product, weights) is not { } channelOf
            || ChannelCount(product, weights) != factors.Length
        )
            return;
        var beta = product.Operator == "Gemm" ? product.Number("beta", 1) : 1;
        var bias = product.Input(2);
        if (bias.Length > 0)
        {
            if (rewriting.Floats(bias) is not { } old || (old.Count != factors.Length && old.Count != 1))
                return;
            // A column would be an addend a row.
            if (old.Count > 1 && old.Dims[^1] != old.Count)
                return;
            for (var i = 0; i < addends.Length; i++)
                addends[i] += factors[i] * beta * old.Span<float>()[old.Count == 1 ? 0 : i];
        }

        var scaled = weights.Span<float>().ToArray();
        for (var i = 0; i < scaled.Length; i++)
            scaled[i] = (float)(scaled[i] * factors[channelOf(i)]);
        var name = norm.Outputs[0];
        rewriting.Replace(
            norm,
            product with
            {
                Inputs =
                [
                    product.Inputs[0],
                    rewriting.Constant($"{name}/weights", Tensor.Of(weights.Dims, scaled)),
                    rewriting.Constant(
                        $"{name}/bias",
                        Tensor.Of([addends.Length], Array.ConvertAll(addends, value => (float)value))
                    ),
                ],
                Outputs = [name],
                Attributes = product.Attributes.Remove("beta"),
            },
            product
        );
    }

    private static long ChannelCount(Node product, Tensor weights) =>
        product.Operator switch
        {
            "Conv" => weights.Dims[0],
            "ConvTranspose" => weights.Dims[1] * product.Integer("group", 1),
            _ => weights.Dims[product.Integer("transB", 0) == 0 ? 1 : 0],
        };

    /// <summary>Which channel an element of the weights belongs to; null for weights of another rank than the operator's.</summary>
    private static Func<int, long>? ChannelOf(Node product, Tensor weights)
    {
        if (weights.Dims.Count < 2 || (product.Operator == "Gemm" && weights.Dims.Count != 2))
            return null;
        var strides = Strides.Of(weights.Dims);
        var group = product.Integer("group", 1);
        return product.Operator switch
        {
            "Conv" => i => i / strides[0],
            // (inputs, outputs of a group, kernel...); inputs of one group stand together.
            "ConvTranspose" when group >= 1 && weights.Dims[0] % group == 0 => i =>
                i / strides[0] / (weights.Dims[0] / group) * weights.Dims[1] + i / strides[1] % weights.Dims[1],
            "Gemm" when product.Integer("transB", 0) != 0 => i => i / strides[0],
            "Gemm" => i => i % weights.Dims[1],
            _ => null,
        };
    }
}
