using SimEval.Models;
using SimEval.Tests.Devices.Asic;
using Xunit;

namespace SimEval.Tests.Devices;

/// <summary>
/// Quantized models whose nodes share 8-bit constants. On a processor without VNNI an exact session makes them unsigned, once
/// for each node that takes one.
/// </summary>
public class SharedWeightsTests
{
    [Fact]
    public void Two_dequantizers_of_one_weight()
    {
        var model = new QdqBuilder(1);
        var x = model.Quantized(model.Input("x", -1, 8), 0.03f, 120);
        var first = model.Weights("w", [8, 8], -1, 0.004f);
        var second = model.Node("DequantizeLinear", ["w_q", "w_scale", "w_zero"], "again");
        var hidden = model.Quantized(model.Node("MatMul", [x, first], "h"), 0.02f, 120);
        AreExact(model.Output(model.Quantized(model.Node("MatMul", [hidden, second], "y"), 0.02f, 119)));
    }

    [Fact]
    public void Two_products_of_one_dequantized_weight()
    {
        var model = new QdqBuilder(2);
        var x = model.Quantized(model.Input("x", -1, 8), 0.03f, 120);
        var weights = model.Weights("w", [8, 8], -1, 0.004f);
        var hidden = model.Quantized(model.Node("MatMul", [x, weights], "h"), 0.02f, 120);
        AreExact(model.Output(model.Quantized(model.Node("MatMul", [hidden, weights], "y"), 0.02f, 119)));
    }

    [Fact]
    public void Two_weights_of_one_zero_point()
    {
        var model = new QdqBuilder(3);
        var x = model.Quantized(model.Input("x", -1, 8), 0.03f, 120);
        model.Weights("v", [8, 8], -1, 0.004f);
        model.Weights("w", [8, 8], -1, 0.004f);
        var v = model.Node("DequantizeLinear", ["v_q", "v_scale", "w_zero"], "v");
        var w = model.Node("DequantizeLinear", ["w_q", "w_scale", "w_zero"], "w");
        var hidden = model.Quantized(model.Node("MatMul", [x, v], "h"), 0.02f, 120);
        AreExact(model.Output(model.Quantized(model.Node("MatMul", [hidden, w], "y"), 0.02f, 119)));
    }

    [Fact]
    public void Two_integer_products_of_one_weight()
    {
        var model = new QdqBuilder(4);
        model.Quantized(model.Input("x", -1, 8), 0.03f, 120);
        model.Weights("w", [8, 8], -1, 0.004f);
        model.Node("MatMulInteger", ["x:0_q", "w_q", "x:0_zero", "w_zero"], "a");
        model.Node("MatMulInteger", ["x:0_q", "w_q", "x:0_zero", "w_zero"], "b");
        AreExact(model.Output("a", ElementType.Int32).Output("b", ElementType.Int32));
    }

    // In the runtime as on a board, whose products are the integers' own.
    private static void AreExact(QdqBuilder model) => Assert.Equal(0, model.Compare("g2", 5).Differing);
}
