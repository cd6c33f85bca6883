using SimEval.Models.Compression;
using SimEval.Models.Graphs;

namespace SimEval.Models.Passes;

/// <summary>
/// A constant of one addend a channel that is added to Conv, ConvTranspose or Gemm becomes their bias; added to a MatMul of two
/// matrices, makes it a Gemm. Weights must be constants: others may be quantized, and their bias is then, too.
/// </summary>
internal static class BiasFolding
{
    public static Graph Apply(Graph graph, long opset)
    {
        var rewriting = new Rewriting(graph);
        foreach (var node in graph.Nodes.Where(node => node is { Operator: "Add", Domain: "", Inputs.Length: 2 }))
        {
            // Before set 7 Add repeats its second input only with a flag.
            if (opset < 7)
                continue;
            foreach (var (value, constant) in new[] { (0, 1), (1, 0) })
            {
                if (
                    rewriting.Floats(node.Inputs[constant]) is { } addend
                    && rewriting.Sole(node.Inputs[value], "Conv", "ConvTranspose", "Gemm", "MatMul") is { } product
                    && rewriting.Floats(product.Inputs[1]) is not null
                    && Fold(rewriting, node, product, addend)
                )
                    break;
            }
        }

        return rewriting.Result();
    }

    private static bool Fold(Rewriting rewriting, Node add, Node product, Tensor addend)
    {
        if (rewriting.Shape(product.Outputs[0]) is not { Count: >= 2 } shape)
            return false;
        var isMatrix = product.Operator is "Gemm" or "MatMul";
        if (
            (isMatrix && shape.Count != 2)
            || !shape[1].IsKnown
            || Vector(addend, shape, axis: 1) is not { } row
            || (product.Operator == "Gemm" && product.Number("beta", 1) != 1)
        )
            return false;
        if (product.Operator == "MatMul" && !product.Inputs.All(name => rewriting.Shape(name) is { Count: 2 }))
            return false;
        if (product.Input(2).Length > 0)
        {
            if (rewriting.Floats(product.Inputs[2]) is not { Dims.Count: 1 } old || old.Count != row.Length)
                return false;
            for (var i = 0; i < row.Length; i++)
                row[i] += old.Span<float>()[i];
        }

        var name = add.Outputs[0];
        rewriting.Replace(
            add,
            product with
            {
                Operator = isMatrix ? "Gemm" : product.Operator,
                Inputs =
                [
                    product.Inputs[0],
                    product.Inputs[1],
                    rewriting.Constant($"{name}/bias", Tensor.Of([row.Length], row)),
                ],
                Outputs = [name],
            },
            product
        );
        return true;
    }

    /// <summary>The addend as one number a channel; null where it differs along another axis, or adds one.</summary>
    private static float[]? Vector(Tensor addend, IReadOnlyList<Dim> shape, int axis)
    {
        var offset = shape.Count - addend.Dims.Count;
        if (offset < 0 || addend.Count == 0)
            return null;
        for (var i = 0; i < addend.Dims.Count; i++)
        {
            if (addend.Dims[i] != 1 && (i + offset != axis || addend.Dims[i] != shape[axis].Size))
                return null;
        }

        var row = new float[shape[axis].Size];
        for (var i = 0; i < row.Length; i++)
            row[i] = addend.Span<float>()[addend.Count == 1 ? 0 : i];
        return row;
    }
}
