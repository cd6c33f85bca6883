using SimEval.Models;
using SimEval.Models.Asic;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Operators;
using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

/// <summary>The emulator against ONNX Runtime on the same quantized models, bit for bit.</summary>
public class BitsTests
{
    [Theory]
    [InlineData(1, 48, 256, 12)]
    [InlineData(2, 7, 33, 5)]
    [InlineData(3, 129, 65, 1)]
    [InlineData(4, 1, 3, 2)]
    public void A_network_of_matrix_products(int seed, int inputs, int hidden, int outputs)
    {
        foreach (var batch in (int[])[1, 5, 16])
        {
            var model = new QdqBuilder(seed);
            var x = model.Quantized(model.Input("x", -1, inputs), 0.03f, 120 + seed);
            var w1 = model.Weights("w1", [hidden, inputs], 0, 0.002f);
            var bias = model.Bias("b1", w1, 0.03f, hidden);
            var h = model.Node("Gemm", [x, w1, bias], "h", ("transB", new AttributeValue.Int(1)));
            var a = model.Quantized(model.Node("Relu", [h], "r"), 0.021f, 0);
            var w2 = model.Weights("w2", [hidden, outputs], 1, 0.004f);
            model.Output(model.Quantized(model.Node("MatMul", [a, w2], "y"), 0.17f, 97));
            Assert.Equal(0, model.Compare("g1", batch).Differing);
        }
    }

    [Theory]
    [InlineData(ElementType.UInt8, 120, ElementType.UInt8, 131)]
    [InlineData(ElementType.UInt8, 0, ElementType.Int8, 0)]
    [InlineData(ElementType.Int8, -3, ElementType.Int8, 0)]
    [InlineData(ElementType.Int8, 127, ElementType.Int8, 0)]
    public void Operands_of_either_type_and_any_zero_point(ElementType x, int xZero, ElementType w, int wZero)
    {
        var model = new QdqBuilder(xZero);
        var left = model.Quantized(model.Input("x", -1, 61), 0.03f, xZero, x);
        var right = model.Weights("w", [61, 19], wZero == 0 ? 1 : -1, 0.004f, w, wZero);
        model.Output(model.Quantized(model.Node("MatMul", [left, right], "y"), 0.03f, 7, x));
        Assert.Equal(0, model.Compare("g1", 7).Differing);
    }

    [Theory]
    [InlineData("Abs")]
    [InlineData("Celu")]
    [InlineData("Elu")]
    [InlineData("Erf")]
    [InlineData("Exp")]
    [InlineData("HardSigmoid")]
    [InlineData("HardSwish")]
    [InlineData("LeakyRelu")]
    [InlineData("Log")]
    [InlineData("Neg")]
    [InlineData("Relu")]
    [InlineData("Selu")]
    [InlineData("Sigmoid")]
    [InlineData("Softplus")]
    [InlineData("Softsign")]
    [InlineData("Sqrt")]
    [InlineData("Tanh")]
    public void Every_function_of_an_8_bit_value_is_a_table(string function)
    {
        foreach (var size in (int[])[64, 37])
        {
            var model = new QdqBuilder(5);
            var x = model.Quantized(model.Input("x", -1, size), 0.03f, 120);
            model.Output(model.Quantized(model.Node(function, [x], "y"), 0.0113f, 100));
            Assert.Equal(0, model.Compare("g1", 5).Differing);
        }
    }

    [Fact]
    public void Functions_made_of_several_nodes_are_one_table()
    {
        var model = new QdqBuilder(6, 20);
        var x = model.Quantized(model.Input("x", -1, 50), 0.03f, 120);
        var sigmoid = model.Node("Sigmoid", [x], "s");
        var swish = model.Node("Mul", [x, sigmoid], "swish");
        var shifted = model.Node("Add", [swish, model.Constant("half", [], 0.5f)], "shifted");
        model.Output(model.Quantized(model.Node("Gelu", [shifted], "y"), 0.021f, 30));
        Assert.Equal(0, model.Compare("g1", 5).Differing);
    }

    [Theory]
    [InlineData("Add", ElementType.UInt8)]
    [InlineData("Add", ElementType.Int8)]
    [InlineData("Sub", ElementType.UInt8)]
    [InlineData("Mul", ElementType.UInt8)]
    [InlineData("Mul", ElementType.Int8)]
    [InlineData("Div", ElementType.UInt8)]
    public void Two_tensors_stretched_over_each_other(string operation, ElementType type)
    {
        var shift = type == ElementType.UInt8 ? 0 : -128;
        foreach (var (other, scale) in ((int, float)[])[(64, 0.0217f), (1, 0.03f), (64, 0.06f)])
        {
            var model = new QdqBuilder(5);
            var x = model.Quantized(model.Input("x", -1, 64), 0.03f, 120 + shift, type);
            var z = model.Quantized(model.Input("z", -1, other), scale, 101 + shift, type);
            model.Output(model.Quantized(model.Node(operation, [x, z], "y"), 0.06f, 99 + shift, type));
            Assert.Equal(0, model.Compare("g1", 16).Differing);
        }
    }

    [Theory]
    [InlineData(new long[] { 8, 6, 3, 3 }, 1, new long[] { 1, 2 }, new long[] { 1, 1 }, new long[] { 1, 0, 1, 1 })]
    [InlineData(new long[] { 6, 1, 3, 3 }, 6, new long[] { 1, 1 }, new long[] { 2, 1 }, new long[] { 0, 0, 0, 0 })]
    [InlineData(new long[] { 4, 3, 1, 1 }, 2, new long[] { 2, 2 }, new long[] { 1, 1 }, new long[] { 0, 0, 0, 0 })]
    [InlineData(new long[] { 4, 6, 5 }, 1, new long[] { 2 }, new long[] { 1 }, new long[] { 2, 2 })]
    [InlineData(new long[] { 6, 2, 3 }, 3, new long[] { 1 }, new long[] { 3 }, new long[] { 0, 4 })]
    [InlineData(new long[] { 70, 6, 3, 3 }, 1, new long[] { 1, 2 }, new long[] { 1, 1 }, new long[] { 1, 0, 1, 1 })]
    [InlineData(new long[] { 66, 3, 3 }, 2, new long[] { 1 }, new long[] { 1 }, new long[] { 1, 1 })]
    public void Convolutions(long[] weights, int groups, long[] strides, long[] dilations, long[] pads)
    {
        var model = new QdqBuilder(8);
        long[] image = weights.Length == 4 ? [-1, 6, 9, 11] : [-1, 6, 19];
        var x = model.Quantized(model.Input("x", image), 0.03f, 120);
        var w = model.Weights("w", weights, 0, 0.004f);
        var y = model.Node(
            "Conv",
            [x, w, model.Bias("b", w, 0.03f, weights[0])],
            "c",
            ("group", new AttributeValue.Int(groups)),
            ("strides", new AttributeValue.Ints([.. strides])),
            ("dilations", new AttributeValue.Ints([.. dilations])),
            ("pads", new AttributeValue.Ints([.. pads]))
        );
        model.Output(model.Quantized(model.Node("Relu", [y], "r"), 0.011f, 0));
        Assert.Equal(0, model.Compare("g1", 3).Differing);
    }

    [Theory]
    [InlineData("MaxPool", false)]
    [InlineData("AveragePool", false)]
    [InlineData("AveragePool", true)]
    public void Pools(string operation, bool countsPadding)
    {
        var model = new QdqBuilder(9);
        var x = model.Quantized(model.Input("x", -1, 6, 9, 11), 0.03f, 121);
        var window = ("kernel_shape", new AttributeValue.Ints([3, 2]));
        var pads = ("pads", new AttributeValue.Ints([1, 1, 1, 0]));
        (string, AttributeValue)[] attributes = countsPadding
            ? [window, pads, ("count_include_pad", new AttributeValue.Int(1))]
            : [window, pads];
        model.Output(model.Quantized(model.Node(operation, [x], "c", attributes), 0.03f, 121));
        Assert.Equal(0, model.Compare("g1", 3).Differing);
    }

    [Theory]
    [InlineData(0.03f)]
    [InlineData(0.0021f)]
    public void Means_of_whole_channels(float scale)
    {
        var model = new QdqBuilder(9);
        var x = model.Quantized(model.Input("x", -1, 6, 7, 11), 0.03f, 120);
        model.Output(model.Quantized(model.Node("GlobalAveragePool", [x], "c"), scale, 119));
        Assert.Equal(0, model.Compare("g1", 4, spread: 0.3f).Differing);
    }

    [Fact]
    public void Products_of_two_activations()
    {
        var model = new QdqBuilder(9);
        var x = model.Quantized(model.Input("x", -1, 2, 5, 16), 0.03f, 120);
        var z = model.Quantized(model.Input("z", -1, 2, 7, 16), 0.02f, 110);
        var turned = model.Node("Transpose", [z], "t", ("perm", new AttributeValue.Ints([0, 1, 3, 2])));
        var keys = model.Quantized(turned, 0.02f, 110);
        model.Output(model.Quantized(model.Node("MatMul", [x, keys], "c"), 0.08f, 120));
        Assert.Equal(0, model.Compare("g1", 3).Differing);
    }

    [Fact]
    public void Elements_that_are_only_moved()
    {
        var model = new QdqBuilder(9);
        var x = model.Quantized(model.Input("x", -1, 4, 16), 0.03f, 120);
        var z = model.Quantized(model.Input("z", -1, 4, 16), 0.02f, 110);
        var joined = model.Node("Concat", [x, z], "j", ("axis", new AttributeValue.Int(1)));
        var one = model.Quantized(joined, 0.028f, 117);
        var turned = model.Node("Transpose", [one], "t", ("perm", new AttributeValue.Ints([0, 2, 1])));
        var cut = model.Node(
            "Slice",
            [
                turned,
                model.Integers("from", 2),
                model.Integers("to", 14),
                model.Integers("axes", 1),
                model.Integers("steps", 3),
            ],
            "cut"
        );
        var flat = model.Node("Flatten", [cut], "flat");
        model.Output(model.Quantized(flat, 0.028f, 117));
        Assert.Equal(0, model.Compare("g1", 3).Differing);
    }

    [Theory]
    [InlineData("Sin")]
    [InlineData("Cos")]
    [InlineData("Tan")]
    [InlineData("Asin")]
    [InlineData("Acos")]
    [InlineData("Atan")]
    [InlineData("Sinh")]
    [InlineData("Cosh")]
    [InlineData("Asinh")]
    [InlineData("Acosh")]
    [InlineData("Atanh")]
    public void Functions_that_no_board_computes_are_tables(string function)
    {
        var model = new QdqBuilder(5);
        var x = model.Quantized(model.Input("x", -1, 64), 0.0078f, 120);
        model.Output(model.Quantized(model.Node(function, [x], "y"), 0.0113f, 100));
        Assert.Equal(0, model.Compare("g1", 5).Differing);
    }

    [Fact]
    public void A_choice_by_a_condition_is_a_table()
    {
        var model = new QdqBuilder(7);
        var x = model.Quantized(model.Input("x", -1, 50), 0.03f, 120);
        var above = model.Node("Greater", [x, model.Constant("edge", [], -0.4f)], "above");
        var below = model.Node("Tanh", [x], "below");
        model.Output(model.Quantized(model.Node("Where", [above, x, below], "y"), 0.021f, 30));
        Assert.Equal(0, model.Compare("g1", 5).Differing);
        Assert.Contains("asic.Table", Instructions(model, "g1"));
    }

    [Fact]
    public void A_product_of_moved_integers_is_the_arrays()
    {
        var model = new QdqBuilder(9);
        var x = model.Quantized(model.Input("x", -1, 5, 16), 0.03f, 120);
        var w = model.Node("Transpose", [model.Weights("w", [9, 16], -1, 0.004f)], "wt");
        var turned = model.Node("Reshape", [x, model.Integers("shape", 0, 1, 5, 16)], "t");
        model.Output(model.Quantized(model.Node("MatMul", [turned, w], "y"), 0.05f, 120));
        Assert.Equal(0, model.Compare("g1", 3).Differing);
        Assert.Equal(["QuantizeLinear", "Reshape", "asic.MatMul", "DequantizeLinear"], Instructions(model, "g1"));
    }

    [Fact]
    public void Quantize_nodes_of_Microsoft_s_operator_set()
    {
        var model = new QdqBuilder(13, pairs: "com.microsoft");
        var x = model.Quantized(model.Input("x", -1, 24), 0.03f, 120);
        var product = model.Node("MatMul", [x, model.Weights("w", [24, 10], -1, 0.004f)], "p");
        model.Output(model.Quantized(model.Node("Relu", [product], "r"), 0.02f, 0));
        Assert.Equal(0, model.Compare("g1", 5).Differing);
    }

    [Theory]
    [InlineData("MatMul")]
    [InlineData("Gemm")]
    public void Products_that_end_in_floats(string operation)
    {
        var model = new QdqBuilder(11);
        var x = model.Quantized(model.Input("x", -1, 24), 0.03f, 120);
        var w = model.Weights("w", [24, 10], 1, 0.004f);
        string[] operands = operation == "Gemm" ? [x, w, model.Bias("b", w, 0.03f, 10)] : [x, w];
        model.Output(model.Node(operation, operands, "y"));
        Assert.Equal(0, model.Compare("g1", 8).Differing);
    }

    [Theory]
    [InlineData("QLinearMatMul", ElementType.UInt8, 131)]
    [InlineData("QLinearMatMul", ElementType.Int8, 0)]
    [InlineData("QLinearConv", ElementType.Int8, 0)]
    public void Products_with_scales_as_operands(string operation, ElementType type, int zero)
    {
        var model = new QdqBuilder(12);
        var isConv = operation == "QLinearConv";
        var x = model.Input("x", isConv ? [-1, 6, 9] : [-1, 24]);
        model.Quantized(x, 0.03f, 120);
        model.Weights("w", isConv ? [4, 6, 3] : [24, 10], isConv ? 0 : -1, 0.004f, type, zero);
        model.Quantization("y", 0.021f, 119);
        model.Node(
            operation,
            ["x:0_q", "x:0_scale", "x:0_zero", "w_q", "w_scale", "w_zero", "y_scale", "y_zero"],
            "y_q"
        );
        model.Output("y_q", ElementType.UInt8);
        Assert.Equal(0, model.Compare("g1", 8).Differing);
    }

    [Theory]
    [InlineData(ElementType.UInt8, 120, ElementType.UInt8, 131, 6)]
    [InlineData(ElementType.UInt8, 120, ElementType.UInt8, 131, 40)]
    [InlineData(ElementType.Int8, -3, ElementType.Int8, 0, 6)]
    [InlineData(ElementType.Int8, 127, ElementType.Int8, 0, 40)]
    public void Convolutions_of_either_type_and_any_zero_point(
        ElementType x,
        int xZero,
        ElementType w,
        int wZero,
        int filters
    )
    {
        var model = new QdqBuilder(xZero);
        var image = model.Quantized(model.Input("x", -1, 4, 7, 6), 0.03f, xZero, x);
        var kernel = model.Weights("w", [filters, 4, 3, 2], wZero == 0 ? 0 : -1, 0.004f, w, wZero);
        var y = model.Node("Conv", [image, kernel], "y", ("pads", new AttributeValue.Ints([1, 1, 1, 1])));
        model.Output(model.Quantized(y, 0.02f, 7, x));
        Assert.Equal(0, model.Compare("g1", 3).Differing);
    }

    [Theory]
    [InlineData(ElementType.UInt8, 200, 0.05f)]
    [InlineData(ElementType.Int8, 5, 0.03f)]
    public void Values_quantized_anew(ElementType type, int zero, float scale)
    {
        var model = new QdqBuilder(3);
        var x = model.Quantized(model.Input("x", -1, 33), 0.03f, 5, ElementType.Int8);
        model.Output(model.Quantized(model.Node("Identity", [x], "same"), scale, zero, type));
        Assert.Equal(0, model.Compare("g1", 5).Differing);
    }

    [Fact]
    public void Products_of_sequences_with_a_bias_added()
    {
        var model = new QdqBuilder(14);
        var x = model.Quantized(model.Input("x", -1, 5, 24), 0.03f, 120);
        var w = model.Weights("w", [24, 10], 1, 0.004f);
        var product = model.Node("MatMul", [x, w], "p");
        var sum = model.Node("Add", [product, model.Bias("b", w, 0.03f, 10)], "s");
        model.Output(model.Quantized(sum, 0.013f, 119));
        Assert.Equal(0, model.Compare("g1", 9, frames: 20).Differing);
    }

    private static IEnumerable<string> Instructions(QdqBuilder model, string board) =>
        AsicCompiler.Compile(model.Model(), BoardLibrary.Get(board)).Graph.Nodes.Select(OperatorRules.NameOf);
}
