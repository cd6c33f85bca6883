using SimEval.Models;
using SimEval.Models.Asic;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Graphs;
using Xunit;

namespace SimEval.Tests.Devices.Asic;

/// <summary>Quantized operators of ONNX Runtime's own set give on a board the bits that they give in the runtime.</summary>
public class RuntimeOperatorsTests
{
    [Theory]
    [InlineData("QLinearAdd", ElementType.UInt8, 120)]
    [InlineData("QLinearAdd", ElementType.Int8, -7)]
    [InlineData("QLinearMul", ElementType.UInt8, 120)]
    [InlineData("QLinearMul", ElementType.Int8, -7)]
    public void Pairs(string operation, ElementType type, int zero)
    {
        var model = new QdqBuilder(1);
        model.Quantized(model.Input("a", -1, 33), 0.03f, zero, type);
        model.Quantized(model.Input("b", -1, 33), 0.021f, zero + 3, type);
        model.Quantization("y", 0.041f, zero - 2, type);
        model.Node($"com.microsoft.{operation}", [.. Triple("a:0"), .. Triple("b:2"), "y_scale", "y_zero"], "y");
        AreEqual(model.Output("y", type));
    }

    [Theory]
    [InlineData("QLinearSigmoid", ElementType.UInt8)]
    [InlineData("QLinearSigmoid", ElementType.Int8)]
    [InlineData("QLinearLeakyRelu", ElementType.UInt8)]
    [InlineData("QLinearLeakyRelu", ElementType.Int8)]
    public void Functions_of_one_value(string operation, ElementType type)
    {
        var model = new QdqBuilder(2);
        model.Quantized(model.Input("x", -1, 40), 0.03f, 5, type);
        model.Quantization("y", 0.011f, 3, type);
        model.Node(
            $"com.microsoft.{operation}",
            [.. Triple("x:0"), "y_scale", "y_zero"],
            "y",
            operation == "QLinearLeakyRelu" ? [("alpha", new AttributeValue.Float(0.2f))] : []
        );
        AreEqual(model.Output("y", type));
    }

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Int8)]
    public void Softmax(ElementType type)
    {
        var model = new QdqBuilder(3);
        model.Quantized(model.Input("x", -1, 21), 0.03f, 5, type);
        model.Quantization("y", 1f / 256, type == ElementType.Int8 ? -128 : 0, type);
        model.Node(
            "com.microsoft.QLinearSoftmax",
            [.. Triple("x:0"), "y_scale", "y_zero"],
            "y",
            ("axis", new AttributeValue.Int(-1)),
            ("opset", new AttributeValue.Int(13))
        );
        AreEqual(model.Output("y", type));
    }

    [Theory]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Int8)]
    public void Pools_and_joins(ElementType type)
    {
        var model = new QdqBuilder(4);
        model.Quantized(model.Input("x", -1, 3, 6, 7), 0.03f, 5, type);
        model.Quantization("mean", 0.02f, 4, type);
        model.Node(
            "com.microsoft.QLinearAveragePool",
            [.. Triple("x:0"), "mean_scale", "mean_zero"],
            "mean",
            ("kernel_shape", new AttributeValue.Ints([2, 3])),
            ("pads", new AttributeValue.Ints([0, 1, 0, 1])),
            ("strides", new AttributeValue.Ints([2, 1]))
        );
        model.Quantization("whole", 0.004f, 2, type);
        model.Node(
            "com.microsoft.QLinearGlobalAveragePool",
            [.. Triple("x:0"), "whole_scale", "whole_zero"],
            "whole",
            ("channels_last", new AttributeValue.Int(0))
        );
        model.Quantization("joined", 0.031f, 6, type);
        model.Node(
            "com.microsoft.QLinearConcat",
            ["joined_scale", "joined_zero", .. Triple("x:0"), "mean", "mean_scale", "mean_zero"],
            "joined",
            ("axis", new AttributeValue.Int(2))
        );
        model.Output("mean", type).Output("whole", type).Output("joined", type);
        AreEqual(model);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    public void Products(int transposed, bool biased)
    {
        var model = new QdqBuilder(5);
        model.Quantized(model.Input("x", -1, 24), 0.03f, 120);
        var w = model.Weights("w", transposed == 1 ? [10, 24] : [24, 10], 1 - transposed, 0.004f);
        model.Bias("b", w, 0.03f, 10);
        model.Quantization("y", 0.02f, 119);
        model.Node(
            "com.microsoft.QGemm",
            [.. Triple("x:0"), "w_q", "w_scale", "w_zero", biased ? "b_q" : "", "y_scale", "y_zero"],
            "y",
            ("transB", new AttributeValue.Int(transposed))
        );
        AreEqual(model.Output("y", ElementType.UInt8));
    }

    [Fact]
    public void A_network_of_them()
    {
        var model = new QdqBuilder(6);
        model.Quantized(model.Input("x", -1, 4, 8, 8), 0.03f, 120);
        model.Weights("w", [4, 4, 3, 3], 0, 0.004f);
        model.Quantization("c", 0.02f, 119);
        model.Node(
            "QLinearConv",
            [.. Triple("x:0"), "w_q", "w_scale", "w_zero", "c_scale", "c_zero"],
            "c",
            ("pads", new AttributeValue.Ints([1, 1, 1, 1]))
        );
        model.Quantization("s", 0.025f, 118);
        model.Node("com.microsoft.QLinearAdd", [.. Triple("x:0"), "c", "c_scale", "c_zero", "s_scale", "s_zero"], "s");
        model.Quantization("g", 0.01f, 117);
        model.Node("com.microsoft.QLinearGlobalAveragePool", ["s", "s_scale", "s_zero", "g_scale", "g_zero"], "g");
        model.Output(model.Node("DequantizeLinear", ["g", "g_scale", "g_zero"], "y"));
        AreEqual(model);
        Assert.DoesNotContain(Compiled(model).Nodes, node => node.Domain == "com.microsoft");
    }

    // The runtime's own saturates where u8 x s8 does; with weights of 7 bits it is exact everywhere.
    [Fact]
    public void The_runtime_s_own_convolution()
    {
        var model = new QdqBuilder(8);
        model.Quantized(model.Input("x", -1, 4, 8, 8), 0.03f, 120);
        model.Constant("w", [4, 4, 3, 3], [.. Enumerable.Range(0, 144).Select(i => i * 37 % 101 / 50f - 1)]);
        model.Quantization("w", 1 / 60f, 0, ElementType.Int8);
        model.Node("QuantizeLinear", ["w", "w_scale", "w_zero"], "w_q");
        model.Quantization("c", 0.02f, 119);
        model.Node(
            "com.microsoft.QLinearConv",
            [.. Triple("x:0"), "w_q", "w_scale", "w_zero", "c_scale", "c_zero"],
            "c",
            ("pads", new AttributeValue.Ints([1, 1, 1, 1]))
        );
        AreEqual(model.Output("c", ElementType.UInt8));
    }

    [Fact]
    public void Channels_that_lie_last_are_refused_by_name()
    {
        var model = new QdqBuilder(7);
        model.Quantized(model.Input("x", -1, 3, 6, 7), 0.03f, 5);
        model.Node(
            "com.microsoft.QLinearGlobalAveragePool",
            [.. Triple("x:0"), "x:0_scale", "x:0_zero"],
            "y",
            ("channels_last", new AttributeValue.Int(1))
        );
        model.Output("y", ElementType.UInt8);
        var refused = Assert.Throws<CompileException>(() => Compiled(model));
        Assert.Contains("QLinearGlobalAveragePool", refused.Message, StringComparison.Ordinal);
    }

    private static string[] Triple(string value) => [$"{value}_q", $"{value}_scale", $"{value}_zero"];

    private static Graph Compiled(QdqBuilder model) =>
        AsicCompiler.Compile(model.Model(), BoardLibrary.Get("g2")).Graph;

    private static void AreEqual(QdqBuilder model) => Assert.Equal(0, model.Compare("g2", 5).Differing);
}
