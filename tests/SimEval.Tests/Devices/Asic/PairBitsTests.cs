using SimEval.Devices.Cpu;
using SimEval.Models;
using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

/// <summary>
/// Where ONNX Runtime changes pairs of quantize and dequantize nodes before it runs them, the emulator gives the bits of what
/// it runs. Scales that are powers of two put many results exactly between two integers.
/// </summary>
public class PairBitsTests
{
    private const float Coarse = 1 / 16f;
    private const float Fine = 1 / 64f;

    // Without VNNI, exact sessions make the constant unsigned as well, and fuse what takes it: ties then go the other way.
    [Theory]
    [InlineData("Add", 127, -1)]
    [InlineData("Add", -1, 127)]
    [InlineData("Mul", 127, -63)]
    [InlineData("Mul", 0, -1)]
    public void Int8_with_a_constant_operand_rounds_ties_as_unfused(string operation, int xZero, int yZero)
    {
        var model = new QdqBuilder(xZero);
        var x = model.Quantized(model.Input("x", -1, 64), Fine, xZero, ElementType.Int8);
        var constant = model.Weights("w", [64], -1, Fine, ElementType.Int8);
        model.Output(model.Quantized(model.Node(operation, [x, constant], "y"), Coarse, yZero, ElementType.Int8));
        if (new CpuDevice().Numerics.Contains("vnni", StringComparison.Ordinal))
            Assert.Equal(0, model.Compare("g1", 9).Differing);
        else
            Assert.InRange(model.Distance("g1", 9, 4).Most, 0, Coarse);
    }

    [Theory]
    [InlineData("Add")]
    [InlineData("Mul")]
    public void Int8_added_to_itself_rounds_ties_as_unfused(string operation)
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", -1, 64), Fine, -1, ElementType.Int8);
        model.Output(model.Quantized(model.Node(operation, [x, x], "y"), Coarse, 127, ElementType.Int8));
        Assert.Equal(0, model.Compare("g1", 9).Differing);
    }

    [Theory]
    [InlineData(0.020010488f, 0)]
    [InlineData(0.05058702f, -1)]
    [InlineData(0.029119816f, 127)]
    public void Means_of_int8_windows_round_with_the_unsigned_zero_point(float scale, int zero)
    {
        var model = new QdqBuilder(2);
        var x = model.Quantized(model.Input("x", -1, 4, 9, 8), scale, zero, ElementType.Int8);
        var pooled = model.Node(
            "AveragePool",
            [x],
            "y",
            ("kernel_shape", new AttributeValue.Ints([3, 2])),
            ("strides", new AttributeValue.Ints([1, 2]))
        );
        model.Output(model.Quantized(pooled, scale, zero, ElementType.Int8));
        Assert.Equal(0, model.Compare("g1", 8, spread: 3).Differing);
    }

    [Theory]
    [InlineData(0.0114f, 128, 0.0255f, 7, ElementType.UInt8)]
    [InlineData(0.0625f, 0, 0.03125f, 47, ElementType.UInt8)]
    [InlineData(0.0417f, -1, 0.0318f, -128, ElementType.Int8)]
    public void Two_pairs_in_a_row_are_one_of_the_common_range(
        float firstScale,
        int firstZero,
        float scale,
        int zero,
        ElementType type
    )
    {
        foreach (var takers in (int[])[1, 2])
        {
            var model = new QdqBuilder(3);
            var first = model.Quantized(model.Input("x", -1, 40), firstScale, firstZero, type);
            var second = model.Quantized(model.Node("Identity", [first], "same"), scale, zero, type);
            var third = model.Quantized(second, firstScale, firstZero, type);
            for (var i = 0; i < takers; i++)
                model.Output(model.Quantized(model.Node("Relu", [third], $"y{i}"), scale, zero, type));
            Assert.Equal(0, model.Compare("g1", 5).Differing);
        }
    }

    [Fact]
    public void Two_pairs_stay_two_where_the_first_is_looked_into()
    {
        var model = new QdqBuilder(4);
        var first = model.Quantized(model.Input("x", -1, 40), 0.0114f, 128);
        model.Output(model.Quantized(first, 0.0255f, 7));
        model.Output(model.Quantized(model.Node("Tanh", [first], "t"), 0.01f, 128));
        Assert.Equal(0, model.Compare("g1", 5).Differing);
    }
}
