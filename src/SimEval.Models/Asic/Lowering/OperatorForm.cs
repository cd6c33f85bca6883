using System.Collections.Immutable;
using SimEval.Models.Asic.Operators;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>
/// QLinearMatMul and QLinearConv: the other way in which ONNX writes a quantized product, with scales and zero points as
/// operands. With constants for these they are the array's instructions.
/// </summary>
internal static class OperatorForm
{
    /// <summary>The array's instruction, or null where the node is none of these or its parameters are not constants.</summary>
    /// <param name="node">The node.</param>
    /// <param name="index">The graph.</param>
    /// <param name="constants">Where the instruction's constants go.</param>
    public static Node? Lower(Node node, QdqIndex index, Dictionary<string, Tensor> constants)
    {
        if (node.Domain.Length > 0 || node.Operator is not ("QLinearMatMul" or "QLinearConv"))
            return null;
        if (Parameters(node, index, 1) is not { Scales: [var xScale], Zeros: [var xZero] })
            return null;
        if (Parameters(node, index, 4) is not { } w || w.Zeros.Any(zero => zero != w.Zeros[0]))
            return null;
        if (Parameters(node, index, 6) is not { Scales: [var yScale], Zeros: [var yZero] } y)
            return null;
        float[] multipliers = [.. w.Scales.Select(scale => Numerics8.Multiplier(xScale, scale, yScale))];
        var multiplier = $"{node.Outputs[0]}:multiplier";
        constants[multiplier] = Tensor.Of([multipliers.Length], multipliers.AsSpan());
        var bias = node.Inputs.Length > 8 ? node.Inputs[8] : "";
        return new Node(
            node.Operator["QLinear".Length..],
            AsicProgram.Domain,
            node.Name,
            [node.Inputs[0], node.Inputs[3], multiplier, bias],
            node.Outputs,
            node.Attributes.SetItem("xZero", new AttributeValue.Int(xZero))
                .SetItem("wZero", new AttributeValue.Int(w.Zeros[0]))
                .SetItem("yZero", new AttributeValue.Int(yZero))
                .SetItem("output", new AttributeValue.Int((long)y.Type))
        );
    }

    private static (float[] Scales, int[] Zeros, ElementType Type)? Parameters(Node node, QdqIndex index, int input)
    {
        if (node.Inputs.Length <= input + 1)
            return null;
        return
            index.Constant(node.Inputs[input]) is { Type: ElementType.Float32 } scale
            && index.Constant(node.Inputs[input + 1]) is { } zero
            && zero.Type.Is8Bit()
            ? (scale.Span<float>().ToArray(), QuantizeRules.Integers(zero), zero.Type)
            : null;
    }
}
