using SimEval.Devices;
using SimEval.Devices.Probing;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Devices;

public sealed class OwnLayoutTests
{
    [Fact]
    public void A_model_of_floats_is_probed_over_batches_and_has_no_8_bit_products()
    {
        var model = new OnnxBuilder("floats").Input("x", ["n", "3"]).Node("Relu", ["x"], ["y"]).Output("y", ["n", "3"]);
        var probe = OwnLayout.Probe("cpu", File(model), new ModelOptions(), 8, out var reason)!;
        Assert.True(probe.BatchInvariant);
        Assert.Null(probe.Int8Exact);
        Assert.DoesNotContain("8-bit", probe.Finding, StringComparison.Ordinal);
        Assert.Equal("", reason);
    }

    [Fact]
    public void Products_of_8_bits_are_exact_on_every_processor()
    {
        // Half of them at the extremes of u8, all weights at that of s8: pairs that 16 bits cannot hold.
        var weights = new float[64 * 4];
        Array.Fill(weights, 127);
        var model = new OnnxBuilder("integers")
            .Input("x", ["n", "64"])
            .Constant("w", [64, 4], (ReadOnlySpan<float>)weights)
            .Node("DynamicQuantizeLinear", ["x"], ["q", "scale", "zero"])
            .Node("Cast", ["w"], ["w8"], ("to", 3L))
            .Node("MatMulInteger", ["q", "w8", "zero"], ["sums"])
            .Node("Cast", ["sums"], ["y"], ("to", 1L))
            .Output("y", ["n", "4"]);
        var probe = OwnLayout.Probe("cpu", File(model), new ModelOptions(), 4, out _)!;
        Assert.True(probe.Int8Exact);
        Assert.Contains("8-bit products are exact", probe.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_probed_says_why()
    {
        var text = new OnnxBuilder("text").Input("x", ["n"], 8).Node("Identity", ["x"], ["y"]).Output("y", ["n"], 8);
        Assert.Null(OwnLayout.Probe("cpu", File(text), new ModelOptions(), 4, out var reason));
        Assert.NotEqual("", reason);
        Assert.Null(OwnLayout.Probe("abacus", File(text), new ModelOptions(), 4, out reason));
        Assert.Contains("abacus", reason, StringComparison.Ordinal);
    }

    private static ModelFile File(OnnxBuilder model) => new("", model.ToBytes());
}
