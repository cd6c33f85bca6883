using SimEval.Devices;
using SimEval.Devices.Cpu;
using SimEval.Engine.Comparison;
using SimEval.Models;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Engine.Comparison;

public sealed class ModelComparisonTests
{
    private const float Scale = 1 / 64f;

    [Fact]
    public void A_model_equals_itself_in_every_layer()
    {
        var report = Compare(Parent(), Parent());
        Assert.Null(report.FirstDeparture);
        Assert.Equal(["hidden", "positive", "y"], report.Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void The_first_layer_that_differs_is_named_and_the_ones_before_are_equal()
    {
        var other = Network().Node("Abs", ["hidden"], ["positive"]).Node("Add", ["positive", "b"], ["y"]);
        var report = Compare(Parent(), other.ToBytes());
        Assert.Equal("positive", report.FirstDeparture);
        Assert.True(report.Layers[0].IsEqual);
        Assert.False(report.Layers[^1].IsEqual);
    }

    [Fact]
    public void A_quantized_value_is_compared_as_what_comes_back_of_it()
    {
        var build = Network()
            .Constant("scale", [], [Scale])
            .Node("QuantizeLinear", ["hidden", "scale"], ["hidden_quantized"])
            .Node("DequantizeLinear", ["hidden_quantized", "scale"], ["hidden_dequantized"])
            .Node("Relu", ["hidden_dequantized"], ["positive"])
            .Node("Add", ["positive", "b"], ["y"]);
        var report = Compare(Parent(), build.ToBytes());
        Assert.Equal("hidden", report.FirstDeparture);
        // Values that are no multiple of the scale and not negative (uint8): rounding alone is off by half a step at most.
        Assert.InRange(report.Layers.Single(layer => layer.Name == "positive").MaxError, 1e-6, (Scale / 2) + 1e-6);
    }

    [Fact]
    public void A_build_in_another_precision_is_fed_in_its_own_type()
    {
        var half = new OnnxBuilder("half")
            .Input("x", ["n", "2"], (int)ElementType.Float16)
            .Node("Relu", ["x"], ["positive"])
            .Node("Cast", ["positive"], ["y"], ("to", 1L))
            .Output("y", ["n", "2"]);
        var whole = new OnnxBuilder("whole").Input("x", ["n", "2"]).Node("Relu", ["x"], ["y"]).Output("y", ["n", "2"]);
        var layer = Assert.Single(Compare(whole.ToBytes(), half.ToBytes()).Layers);
        Assert.Equal("y", layer.Name);
        Assert.InRange(layer.SqnrDb, 50, 100);
    }

    [Fact]
    public void Outputs_of_other_names_are_paired_by_place_and_models_without_any_are_refused()
    {
        var renamed = new OnnxBuilder("renamed")
            .Input("input", ["n", "2"])
            .Node("Identity", ["input"], ["out"])
            .Output("out", ["n", "2"]);
        var same = new OnnxBuilder("same")
            .Input("x", ["n", "2"])
            .Node("Identity", ["x"], ["y"])
            .Output("y", ["n", "2"]);
        Assert.True(Compare(same.ToBytes(), renamed.ToBytes()).IsEqual);
        var two = new OnnxBuilder("two")
            .Input("x", ["n", "2"])
            .Node("Identity", ["x"], ["p"])
            .Node("Identity", ["x"], ["q"])
            .Output("p", ["n", "2"])
            .Output("q", ["n", "2"]);
        Assert.Throws<ModelException>(() => Compare(same.ToBytes(), two.ToBytes()));
    }

    [Fact]
    public void Random_inputs_are_a_function_of_seed_frame_and_name()
    {
        var signature = new ModelSignature(
            [
                new ModelTensor("x", ElementType.Float32, [-1, 8]),
                new ModelTensor("mask", ElementType.Bool, [8]),
                new ModelTensor("index", ElementType.Int64, [2, 3]),
            ],
            []
        );
        var first = new RandomInputs(signature, 5).Frame(3);
        var again = new RandomInputs(signature, 5).Frame(3);
        var other = new RandomInputs(signature, 5).Frame(4);
        Assert.Equal(first["x"].Data.ToArray(), again["x"].Data.ToArray());
        Assert.NotEqual(first["x"].Data.ToArray(), other["x"].Data.ToArray());
        Assert.Equal([1, 8], first["x"].Dims);
        Assert.All(first["x"].Span<float>().ToArray(), value => Assert.InRange(value, -1, 1));
        Assert.All(first["index"].Span<long>().ToArray(), value => Assert.InRange(value, 0, 3));
        Assert.Throws<ModelException>(() =>
            new RandomInputs(new ModelSignature([new ModelTensor("t", ElementType.Text, [1])], []), 0).Frame(0)
        );
    }

    private static SimEval.Metrics.Layers.LayerReport Compare(byte[] reference, byte[] other)
    {
        var device = new CpuDevice();
        using var comparison = ModelComparison.Open(
            (new ModelFile("a", reference), device),
            (new ModelFile("b", other), device),
            new ModelOptions()
        );
        var inputs = new RandomInputs(comparison.Reference.Signature, 1);
        for (var frame = 0; frame < 8; frame++)
            comparison.Add(inputs.Frame(frame));
        return comparison.Report();
    }

    private static byte[] Parent() =>
        Network().Node("Relu", ["hidden"], ["positive"]).Node("Add", ["positive", "b"], ["y"]).ToBytes();

    private static OnnxBuilder Network() =>
        new OnnxBuilder("network")
            .Input("x", ["n", "2"])
            .Constant("w", [2, 3], [0.5f, -0.25f, 1, 0.75f, 0.3f, -1])
            .Constant("b", [3], [0.1f, 0.2f, 0.3f])
            .Node("MatMul", ["x", "w"], ["hidden"])
            .Output("y", ["n", "3"]);
}
