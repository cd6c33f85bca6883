using SimEval.Models.Asic.Operators;
using SimEval.Models.Asic.Programs;
using SimEval.Models.Graphs;

namespace SimEval.Models.Asic.Lowering;

/// <summary>Computes what depends on constants alone as the emulator would at each run: weights that the graph quantizes, for one.</summary>
internal static class EmulatedConstants
{
    private const long MostBytes = 64 << 20;
    private const long MostWork = 1 << 28;

    /// <summary>The node's outputs, or null where no instruction computes them, or they are too large or too much work.</summary>
    public static IReadOnlyList<Tensor>? Of(Node node, IReadOnlyList<Tensor?> inputs, long opset)
    {
        // A dequantized weight is what the array takes as integers; folded, it would be a float.
        if (
            node.Inputs.Length == 0
            || node.Operator == "DequantizeLinear"
            || !OperatorRules.Has(OperatorRules.NameOf(node))
        )
            return null;
        try
        {
            var operands = inputs.Select(input => input is null ? null : Operand.Of(input)).ToArray();
            var call = new OperatorCall(node, operands, opset, PlainProduct.Instance, new PackedCache());
            var step = ProgramLayout.Made(call);
            return
                step.Outputs.Count < node.Outputs.Length
                || step.Outputs.Sum(output => (long)output.Bytes) > MostBytes
                || ProgramLayout.WorkOf(step) > MostWork
                ? null
                : [.. ProgramLayout.Fold(operands, step).Select(output => output.Known!)];
        }
        catch (CompileException)
        {
            // It stays a node; where a program needs it, its layout says why it cannot be.
            return null;
        }
    }
}
