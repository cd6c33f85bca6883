using SimEval.Models;
using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

/// <summary>Models whose activations are quantized at run time, on a board and on ONNX Runtime, bit for bit.</summary>
public class DynamicQuantizationTests
{
    [Fact]
    public void A_product_of_integers_scaled_at_run_time()
    {
        var model = new QdqBuilder(21);
        model.Input("x", -1, 12);
        model.Nodes("DynamicQuantizeLinear", ["x"], ["x_q", "x_scale", "x_zero"]);
        model.Weights("w", [12, 17], -1, 0.01f);
        model.Node("MatMulInteger", ["x_q", "w_q", "x_zero"], "sums");
        model.Node("Cast", ["sums"], "floats", ("to", new AttributeValue.Int((long)ElementType.Float32)));
        model.Node("Mul", ["x_scale", "w_scale"], "scale");
        model.Node("Mul", ["floats", "scale"], "y");
        model.Output("x_q", ElementType.UInt8).Output("x_scale").Output("sums", ElementType.Int32).Output("y");
        Assert.Equal(0, model.Compare("g2", 5, frames: 10).Differing);
    }

    [Theory]
    [InlineData(ElementType.Int8, 3, 1)]
    [InlineData(ElementType.UInt8, 200, 3)]
    public void A_convolution_of_integers_pads_with_its_zero_point(ElementType weights, int zero, int groups)
    {
        var model = new QdqBuilder(22);
        model.Input("x", -1, 6, 7, 5);
        model.Quantized("x", 0.03f, 77);
        model.Weights("w", [9, 6 / groups, 3, 2], -1, 0.01f, weights, zero);
        model.Node(
            "ConvInteger",
            ["x:0_q", "w_q", "x:0_zero", "w_zero"],
            "sums",
            ("group", new AttributeValue.Int(groups)),
            ("pads", new AttributeValue.Ints([1, 1, 1, 0])),
            ("strides", new AttributeValue.Ints([2, 1]))
        );
        model.Output("sums", ElementType.Int32);
        Assert.Equal(0, model.Compare("g1", 3).Differing);
    }

    [Fact]
    public void Scales_that_a_run_gives()
    {
        var model = new QdqBuilder(23);
        model.Input("x", -1, 6);
        model.Node("ReduceMax", [model.Node("Abs", ["x"], "abs")], "scale", ("keepdims", new AttributeValue.Int(0)));
        model.Quantization("z", 1, 5);
        model.Node("QuantizeLinear", ["x", "scale", "z_zero"], "y");
        model.Node("DequantizeLinear", ["y", "scale", "z_zero"], "again");
        model.Output("y", ElementType.UInt8).Output("again");
        Assert.Equal(0, model.Compare("g2", 3).Differing);
    }
}
