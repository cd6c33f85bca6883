using SimEval.Devices.Probing;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;

namespace SimEval.Devices.Cpu;

/// <summary>
/// Whether the runtime's products of u8 and s8 are those of the integers on this processor, found by multiplying the extremes:
/// kernels without VNNI add pairs in 16 bits, where 2 x 255 x 127 has no room.
/// </summary>
internal static class Int8Probe
{
    private const int Rows = 4;
    private const int Depth = 64;
    private const int Columns = 16;
    private const int Extreme = 127;
    private static readonly Lazy<bool> Measured = new(Measure);

    private static readonly string[] Operators =
    [
        "MatMulInteger",
        "ConvInteger",
        "QLinearMatMul",
        "QLinearConv",
        "DequantizeLinear",
        "DynamicQuantizeLinear",
    ];

    /// <summary>Whether a model's 8-bit products are exact here; null where it has no operator that could lead to one.</summary>
    public static bool? Of(OnnxSummary model) => Operators.Any(model.Operators.ContainsKey) ? Measured.Value : null;

    /// <summary>What was found, in a sentence; "" where there is nothing to say.</summary>
    public static string Finding(bool? exact) =>
        exact switch
        {
            true =>
                $" Its 8-bit products are exact on this processor ({ProcessorFeatures.InstructionSet}): tried with the extremes.",
            false =>
                $" Its 8-bit products saturate on this processor ({ProcessorFeatures.InstructionSet}): its bits are not those of the integers.",
            null => "",
        };

    private static bool Measure()
    {
        var weights = new float[Depth * Columns];
        Array.Fill(weights, Extreme);
        var model = new OnnxBuilder("extremes")
            .Input("x", [$"{Rows}", $"{Depth}"], (int)ElementType.UInt8)
            .Constant("w", [Depth, Columns], (ReadOnlySpan<float>)weights)
            .Node("Cast", ["w"], ["w8"], ("to", (long)ElementType.Int8))
            .Node("MatMulInteger", ["x", "w8"], ["y"])
            .Output("y", [$"{Rows}", $"{Columns}"], (int)ElementType.Int32);
        var row = new byte[Rows * Depth];
        Array.Fill(row, byte.MaxValue);
        using var opened = new CpuDevice().Open(new ModelFile("", model.ToBytes()), new ModelOptions());
        var outputs = opened.Run(
            new Dictionary<string, Tensor> { ["x"] = new Tensor(ElementType.UInt8, [Rows, Depth], row) }
        );
        return outputs["y"].Span<int>().IndexOfAnyExcept(Depth * byte.MaxValue * Extreme) < 0;
    }
}
