using System.Collections.Frozen;

namespace SimEval.Models.Shapes;

/// <summary>What ONNX's own operators ask of their inputs in every version of its operator set: how many, and of one type.</summary>
internal static class OperatorInputs
{
    // Those that are not here need one.
    private static readonly FrozenDictionary<string, int> Least = new Dictionary<int, string>
    {
        [0] = "Constant Optional OptionalHasElement RandomNormal RandomUniform SequenceEmpty If Loop Scan",
        [2] =
            "Add And BitShift BitwiseAnd BitwiseOr BitwiseXor CastLike Conv ConvInteger ConvTranspose CumSum DequantizeLinear Div "
            + "Equal Expand Gather GatherElements GatherND Gemm Greater GreaterOrEqual GridSample LayerNormalization Less "
            + "LessOrEqual MatMul MatMulInteger Mod Mul Or Pow PRelu QuantizeLinear RMSNormalization Sub Tile Xor",
        [3] =
            "Attention DeformConv GroupNormalization GRU InstanceNormalization LSTM OneHot Range RNN RoiAlign Scatter "
            + "ScatterElements ScatterND Where",
        [5] = "BatchNormalization",
        [8] = "QLinearConv QLinearMatMul",
    }
        .SelectMany(entry => entry.Value.Split(' ').Select(name => (Name: name, entry.Key)))
        .ToFrozenDictionary(entry => entry.Name, entry => entry.Key, StringComparer.Ordinal);

    // Where all inputs have the type of the first.
    private static readonly FrozenSet<string> OfOneType = (
        "Add And BitwiseAnd BitwiseOr BitwiseXor Concat Conv ConvTranspose Div Equal Gemm Greater GreaterOrEqual Less LessOrEqual "
        + "MatMul Max Mean Min Mod Mul Or PRelu Sub Sum Xor"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Throws <see cref="Onnx.OnnxFormatException"/>, naming the node, where its inputs cannot be its operator's.</summary>
    public static void Check(RuleContext node)
    {
        if (node.Node.Domain.Length > 0)
            return;
        if (node.Outputs == 0)
            throw node.Fault("it gives nothing");
        var name = node.Node.Operator;
        if (OperatorRules.Find(node.Node) is null)
            return;
        var least = Least.GetValueOrDefault(name, 1);
        for (var input = 0; input < least; input++)
        {
            if (!node.Has(input))
                throw node.Fault($"its input {input} is missing; it needs {least}");
        }

        var first = node.Element(0);
        for (var input = 1; input < node.Inputs && OfOneType.Contains(name); input++)
        {
            var other = node.Element(input);
            if (first != ElementType.Undefined && other != ElementType.Undefined && first != other)
                throw node.Fault(
                    $"its input {input} is {other.Name()}, and its input 0 {first.Name()}; they must be of one type"
                );
        }
    }
}
