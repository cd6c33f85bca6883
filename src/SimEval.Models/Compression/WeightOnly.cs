using SimEval.Models.Graphs;

namespace SimEval.Models.Compression;

/// <summary>
/// Weights of matrix products in 4 bits, blocks of them with a scale each; values stay in float. Written as ONNX's
/// DequantizeLinear with block_size (operator set 21), which any runtime can also fold away.
/// </summary>
public static class WeightOnly
{
    /// <summary>Weights in a block unless told otherwise.</summary>
    public const int DefaultBlock = 32;

    /// <summary>4-bit types have a DequantizeLinear with blocks since this operator set.</summary>
    private const long LeastOpset = 21;

    /// <summary>
    /// The model with the weights of its Gemm and MatMul nodes in 4 bits. Throws <see cref="CompressionException"/> when it has
    /// none, or is of an operator set that cannot be brought to 21.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="block">Weights along the summed axis that share a scale; at least 1.</param>
    public static OnnxModel Int4(OnnxModel model, int block = DefaultBlock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(block, 1);
        var prepared = OpsetUpgrade.To(Preparation.Prepare(model), LeastOpset);
        var graph = prepared.Graph;
        var names = new FreshNames(graph);
        var constants = graph.Initializers.ToBuilder();
        var nodes = new List<Node>();
        var done = new Dictionary<(string, int), string>();
        foreach (var node in graph.Nodes)
        {
            if (
                node.Operator is not ("Gemm" or "MatMul")
                || WeightLayout.Of(node, graph) is not { Reduction: >= 0 } layout
            )
            {
                nodes.Add(node);
                continue;
            }

            var name = node.Inputs[1];
            if (!done.TryGetValue((name, layout.Reduction), out var restored))
            {
                var (quantized, scale) = (names.Of($"{name}/int4"), names.Of($"{name}/scale"));
                (constants[quantized], constants[scale]) = Blocks(layout, block);
                restored = done[(name, layout.Reduction)] = names.Of($"{name}/dequantized");
                nodes.Add(Restore(quantized, scale, restored, layout.Reduction, block));
            }

            nodes.Add(node with { Inputs = node.Inputs.SetItem(1, restored) });
        }

        return done.Count > 0
            ? prepared with
            {
                Graph = Trimmed.Of(graph with { Nodes = [.. nodes], Initializers = constants.ToImmutable() }),
            }
            : throw new CompressionException("the model has no Gemm or MatMul with constant float32 weights");
    }

    private static Node Restore(string quantized, string scale, string restored, int axis, int block) =>
        new(
            "DequantizeLinear",
            "",
            $"{restored}/DequantizeLinear",
            [quantized, scale],
            [restored],
            NodeAttributes
                .None.Add("axis", new AttributeValue.Int(axis))
                .Add("block_size", new AttributeValue.Int(block))
        );

    /// <summary>
    /// Integers from -8 to 7. A block's scale puts its element of the greatest magnitude at -8, the end that has one step more.
    /// </summary>
    private static (Tensor Integers, Tensor Scales) Blocks(WeightLayout layout, int block)
    {
        var weights = layout.Weights.Span<float>();
        var dims = layout.Weights.Dims.ToArray();
        var (length, step) = ((int)dims[layout.Reduction], layout.ReductionStep);
        var blocks = (length + block - 1) / block;
        dims[layout.Reduction] = blocks;
        var extremes = new float[weights.Length / length * blocks];
        for (var i = 0; i < weights.Length; i++)
        {
            if (!float.IsFinite(weights[i]))
                throw new CompressionException("a weight is not a finite number");
            ref var extreme = ref extremes[BlockOf(i)];
            if (Math.Abs(weights[i]) > Math.Abs(extreme))
                extreme = weights[i];
        }

        var scales = Array.ConvertAll(extremes, extreme => extreme == 0 ? 1 : extreme / -8);
        var bytes = new byte[(weights.Length + 1) / 2];
        for (var i = 0; i < weights.Length; i++)
        {
            var integer = (int)Math.Clamp(float.Round(weights[i] / scales[BlockOf(i)]), -8, 7);
            bytes[i / 2] |= (byte)((integer & 0xF) << (i % 2 * 4));
        }

        return (new Tensor(ElementType.Int4, layout.Weights.Dims, bytes), Tensor.Of(dims, scales));

        int BlockOf(int i) => (i / (length * step) * blocks + i / step % length / block) * step + i % step;
    }
}
