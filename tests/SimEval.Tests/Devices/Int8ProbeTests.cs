using SimEval.Devices;
using SimEval.Devices.Cpu;
using SimEval.Devices.Probing;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Tests.Devices.Asic;
using Xunit;

namespace SimEval.Tests.Devices;

/// <summary>Products of u8 and s8 at their extremes, of which two have no room in 16 bits, in ONNX Runtime's own operators.</summary>
public sealed class Int8ProbeTests
{
    private const int Depth = 64;
    private const float Sum = Depth * 255 * 127;

    [Fact]
    public void Products_that_end_in_floats_are_the_integers()
    {
        var model = Extremes();
        model.Node("com.microsoft.MatMulIntegerToFloat", ["x_q", "w", "x_scale", "w_scale", "x_zero", "w_zero"], "y");
        Assert.All(Run(model.Output("y")), value => Assert.Equal(Sum, value));
    }

    [Fact]
    public void Products_of_rows_quantized_as_they_come_are_the_integers()
    {
        var model = Extremes();
        model.Node("com.microsoft.DynamicQuantizeMatMul", ["x", "w", "w_scale"], "y");
        Assert.All(Run(model.Output("y")), value => Assert.Equal(Sum, value, tolerance: Sum * 1e-5));
    }

    [Fact]
    public void The_runtime_s_own_convolution_saturates_where_the_processor_does_and_the_probe_says_so()
    {
        var model = new QdqBuilder(1);
        model.Input("x", -1, Depth, 1);
        model.Quantization("x", 1, 0);
        model.Node("QuantizeLinear", ["x", "x_scale", "x_zero"], "x_q");
        Weights(model, 4, Depth, 1);
        model.Quantization("y", Sum / 200, 0);
        model.Node(
            "com.microsoft.QLinearConv",
            ["x_q", "x_scale", "x_zero", "w", "w_scale", "w_zero", "y_scale", "y_zero"],
            "y_q"
        );
        model.Node("DequantizeLinear", ["y_q", "y_scale", "y_zero"], "y");
        var probe = OwnLayout.Probe("cpu", new ModelFile("", model.Output("y").Bytes()), new ModelOptions(), 1, out _)!;
        var isExact = Run(model, 1).All(value => Math.Abs(value - Sum) < Sum / 400);
        Assert.Equal(isExact, probe.Int8Exact);
        Assert.Contains(isExact ? "are exact" : "saturate", probe.Finding, StringComparison.Ordinal);
    }

    private static QdqBuilder Extremes()
    {
        var model = new QdqBuilder(1);
        model.Input("x", -1, Depth);
        model.Quantization("x", 1, 0);
        model.Node("QuantizeLinear", ["x", "x_scale", "x_zero"], "x_q");
        Weights(model, Depth, 4);
        return model;
    }

    private static void Weights(QdqBuilder model, params long[] dims)
    {
        model.Quantization("w", 1, 0, ElementType.Int8);
        model.Constant("w_float", dims, [.. Enumerable.Repeat(127f, 4 * Depth)]);
        model.Node("QuantizeLinear", ["w_float", "w_scale", "w_zero"], "w");
    }

    private static float[] Run(QdqBuilder model, params long[] more)
    {
        using var opened = new CpuDevice().Open(new ModelFile("", model.Bytes()), new ModelOptions());
        var row = Tensor.Of([1, Depth, .. more], Enumerable.Repeat(255f, Depth).ToArray().AsSpan());
        return opened.Run(new Dictionary<string, Tensor> { ["x"] = row })["y"].Span<float>().ToArray();
    }
}
