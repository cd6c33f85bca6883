using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

/// <summary>Where ONNX Runtime computes in float32 between dequantizing and quantizing: within one quantum, and how often not equal.</summary>
public class FloatBetweenTests
{
    [Theory]
    [InlineData("Softmax", 10)]
    [InlineData("Softmax", 64)]
    [InlineData("LayerNormalization", 64)]
    [InlineData("ReduceMean", 64)]
    public void Sums_and_roots_are_within_one_quantum(string operation, int size)
    {
        var model = new QdqBuilder(9);
        var x = model.Quantized(model.Input("x", -1, size), 0.03f, 120);
        string[] operands =
            operation == "LayerNormalization"
                ? [x, model.Floats("scale", [size], 1), model.Floats("bias", [size], 1)]
                : [x];
        (string, AttributeValue)[] attributes =
            operation == "ReduceMean" ? [("axes", new AttributeValue.Ints([1]))] : [];
        var (scale, zero) = operation == "Softmax" ? (1 / 256f, 0) : (0.03f, 120);
        model.Output(model.Quantized(model.Node(operation, operands, "y", attributes), scale, zero));
        var (differing, of, most) = model.Distance("g2", 5, 20);
        Assert.True(most <= scale * 1.001f, $"{most} is more than one quantum, {scale}");
        Assert.True(differing <= of / 100, $"{differing} of {of} differ");
    }

    [Theory]
    [InlineData("LSTM", 4)]
    [InlineData("GRU", 3)]
    public void Recurrent_cells_equal_to_float32(string operation, int gates)
    {
        var model = new QdqBuilder(3);
        var x = model.Input("x", 6, -1, 9);
        var w = model.Floats("w", [1, gates * 8, 9], 0.4f);
        var r = model.Floats("r", [1, gates * 8, 8], 0.4f);
        var b = model.Floats("b", [1, 2 * gates * 8], 0.4f);
        model.Nodes(operation, [x, w, r, b], ["y", "last"], ("hidden_size", new AttributeValue.Int(8)));
        model.Output("y").Output("last");
        Assert.InRange(model.Distance("g2", 3, 4).Most, 0, 1e-6);
    }

    // ONNX Runtime has no integer kernel of it.
    [Fact]
    public void A_transposed_convolution_is_within_one_quantum()
    {
        var model = new QdqBuilder(11);
        var x = model.Quantized(model.Input("x", -1, 6, 7, 5), 0.03f, 120);
        var w = model.Weights("w", [6, 4, 3, 2], -1, 0.004f);
        var y = model.Node("ConvTranspose", [x, w], "y", ("strides", new AttributeValue.Ints([2, 1])));
        model.Output(model.Quantized(y, 0.021f, 120));
        var (differing, of, most) = model.Distance("g2", 3, 10);
        Assert.True(most <= 0.021f * 1.001f, $"{most} is more than one quantum");
        Assert.True(differing <= of / 1000, $"{differing} of {of} differ");
    }

    [Fact]
    public void A_bias_in_floats_is_within_one_quantum()
    {
        var model = new QdqBuilder(11);
        var x = model.Quantized(model.Input("x", -1, 24), 0.03f, 120);
        var w = model.Weights("w", [24, 10], 1, 0.004f);
        var y = model.Node("Gemm", [x, w, model.Floats("b", [10], 1)], "y");
        model.Output(model.Quantized(y, 0.011f, 120));
        Assert.InRange(model.Distance("g1", 8, 20).Most, 0, 0.0111);
    }

    // ONNX Runtime fuses no product whose result is cut by more than its type, and computes it in float32.
    [Theory]
    [InlineData("Relu", 37)]
    [InlineData("Clip", 120)]
    public void A_function_that_cuts_the_result_s_range_is_within_one_quantum(string function, int zero)
    {
        var model = new QdqBuilder(7);
        var x = model.Quantized(model.Input("x", -1, 24), 0.031f, 120);
        var product = model.Node("MatMul", [x, model.Weights("w", [24, 60], 1, 0.004f)], "p");
        string[] operands =
            function == "Clip"
                ? [product, model.Constant("low", [], -1.3f), model.Constant("high", [], 2.2f)]
                : [product];
        model.Output(model.Quantized(model.Node(function, operands, "r"), 0.017f, zero));
        var (differing, of, most) = model.Distance("g1", 9, 20);
        Assert.True(most <= 0.017f * 1.001f, $"{most} is more than one quantum");
        Assert.True(differing <= of / 1000, $"{differing} of {of} differ");
    }
}
