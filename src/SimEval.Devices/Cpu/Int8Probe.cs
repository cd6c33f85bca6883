using System.Collections.Immutable;
using SimEval.Devices.Probing;
using SimEval.Devices.Tensors;
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
    private const int Depth = 64;
    private const int Columns = 16;
    private const int Extreme = 127;
    private const int Sum = Depth * byte.MaxValue * Extreme;

    // The runtime's own convolution is not among those that it makes exact on request.
    private const string OwnConvolution = "com.microsoft.QLinearConv";

    private static readonly Lazy<bool> Products = new(MeasureProducts);
    private static readonly Lazy<bool> OwnConvolutions = new(MeasureOwnConvolutions);

    private static readonly string[] Operators =
    [
        "MatMulInteger",
        "ConvInteger",
        "QLinearMatMul",
        "QLinearConv",
        "DequantizeLinear",
        "DynamicQuantizeLinear",
        "com.microsoft.QGemm",
        "com.microsoft.MatMulIntegerToFloat",
        "com.microsoft.DynamicQuantizeMatMul",
        OwnConvolution,
    ];

    /// <summary>Whether a model's 8-bit products are exact here; null where it has no operator that could lead to one.</summary>
    public static bool? Of(OnnxSummary model) =>
        Operators.Any(model.Operators.ContainsKey)
            ? Products.Value && (!model.Operators.ContainsKey(OwnConvolution) || OwnConvolutions.Value)
            : null;

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

    private static bool MeasureProducts() =>
        Gives(Sum, "MatMulInteger", ["x", "w"], [1, Depth], [Depth, Columns], ElementType.Int32);

    // The result's scale makes the sum 200.
    private static bool MeasureOwnConvolutions() =>
        Gives(
            200,
            OwnConvolution,
            ["x", "one", "u8", "w", "one", "s8", "scale", "u8"],
            [1, Depth, 1, 1],
            [Columns, Depth, 1, 1],
            ElementType.UInt8
        );

    private static bool Gives(
        int expected,
        string operation,
        ImmutableArray<string> inputs,
        long[] row,
        long[] weights,
        ElementType result
    )
    {
        var (domain, name) = operation.LastIndexOf('.') is > 0 and var dot
            ? (operation[..dot], operation[(dot + 1)..])
            : ("", operation);
        var attributes = ImmutableSortedDictionary.Create<string, AttributeValue>(StringComparer.Ordinal);
        var model = new OnnxModel
        {
            Opsets = ImmutableSortedDictionary
                .Create<string, long>(StringComparer.Ordinal)
                .Add("", 17)
                .Add("com.microsoft", 1),
            Graph = new Graph
            {
                Name = "extremes",
                Nodes = [new Node(name, domain, name, inputs, ["y"], attributes)],
                Inputs =
                [
                    new GraphValue("x", new TensorType(ElementType.UInt8, [.. row.Select(size => new Dim(size))])),
                ],
                Outputs = [new GraphValue("y", new TensorType(result, null))],
                Initializers = ImmutableSortedDictionary
                    .Create<string, Tensor>(StringComparer.Ordinal)
                    .Add("w", Filled(ElementType.Int8, weights, Extreme))
                    .Add("one", Tensor.Of([], [1f]))
                    .Add("scale", Tensor.Of([], [Sum / 200f]))
                    .Add("u8", new Tensor(ElementType.UInt8, [], new byte[1]))
                    .Add("s8", new Tensor(ElementType.Int8, [], new byte[1])),
            },
        };
        using var opened = new CpuDevice().Open(new ModelFile("", OnnxWriter.Write(model)), new ModelOptions());
        var given = opened.Run(
            new Dictionary<string, Tensor> { ["x"] = Filled(ElementType.UInt8, row, byte.MaxValue) }
        );
        return TensorNumbers.Read(given["y"]).All(value => value == expected);
    }

    private static Tensor Filled(ElementType type, long[] dims, byte value) =>
        new(type, dims, Enumerable.Repeat(value, (int)dims.Aggregate(1L, (product, size) => product * size)).ToArray());
}
