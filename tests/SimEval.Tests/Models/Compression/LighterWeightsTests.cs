using SimEval.Engine.Compression;
using SimEval.Models;
using SimEval.Models.Compression;
using SimEval.Models.Graphs;
using SimEval.Models.Onnx;
using Xunit;
using static SimEval.Tests.Models.Compression.CompressionBench;

namespace SimEval.Tests.Models.Compression;

public sealed class LighterWeightsTests
{
    // Measured: 76 dB.
    [Fact]
    public void The_planner_in_float16_keeps_its_interface_and_gives_the_same_actions()
    {
        var frames = Random(Planner, 64);
        var half = HalfPrecision.Convert(
            Planner,
            Calibrated(Planner, frames, HalfPrecision.Values(Preparation.Prepare(Planner)))
        );
        Assert.Equal([.. Planner.Graph.Inputs], half.Graph.Inputs.ToArray());
        Assert.Equal([.. Planner.Graph.Outputs], half.Graph.Outputs.ToArray());
        Assert.True(Sqnr(Planner, half, frames) > 65);
        Assert.InRange(OnnxWriter.Write(half).Length, 0, OnnxWriter.Write(Planner).Length * 0.55);
    }

    [Theory]
    [InlineData(1e5f, 1f)]
    [InlineData(200f, 200f)]
    public void What_float16_cannot_hold_stays_in_float32(float weight, float input)
    {
        var model = Chain(weight);
        var ranges = new Dictionary<string, ValueRange>
        {
            ["x"] = new(-input, input),
            ["a"] = new(-input, input),
            ["b"] = new(-input * weight, input * weight),
            ["y"] = new(0, 1),
        };
        var half = HalfPrecision.Convert(model, ranges);
        Assert.Equal(ElementType.Float32, half.Graph.Initializers["w"].Type);
        using var opened = Open(half);
        Assert.Equal(
            1,
            opened.Run(new Dictionary<string, Tensor> { ["x"] = Tensor.Of([1], [input]) })["y"].Span<float>()[0],
            3
        );
    }

    // Measured: 21.3 dB in blocks of 32, 21.8 dB of 16.
    [Theory]
    [InlineData(32)]
    [InlineData(16)]
    [InlineData(5)]
    public void The_planner_with_weights_of_4_bits_runs_and_is_near(int block)
    {
        var frames = Random(Planner, 32);
        var compressed = WeightOnly.Int4(Planner, block);
        Assert.True(Sqnr(Planner, compressed, frames) > 18);
        Assert.Equal(21, compressed.Opsets[""]);
        Assert.Contains(compressed.Graph.Initializers.Values, tensor => tensor.Type == ElementType.Int4);
    }

    [Fact]
    public void Of_four_weights_that_are_summed_the_two_greatest_stay()
    {
        var model = OnnxReader.Read(
            new OnnxBuilder("m")
                .Input("x", ["1", "6"])
                .Output("y", ["1", "2"])
                .Constant("w", [6, 2], [1f, 4f, -2f, 3f, 3f, -2f, 4f, 1f, 5f, 5f, 6f, 6f])
                .Node("MatMul", ["x", "w"], ["y"])
                .ToBytes()
        );
        var pruned = Pruner.Prune(model, new PruningPattern.Structured(2, 4));
        Assert.Equal(
            [0f, 4f, 0f, 3f, 3f, 0f, 4f, 0f, 5f, 5f, 6f, 6f],
            pruned.Model.Graph.Initializers["w"].Span<float>().ToArray()
        );
        var layer = Assert.Single(pruned.Layers);
        Assert.Equal((4, 12), (layer.Zeros, layer.Weights));
        Assert.Equal(Math.Sqrt(10.0 / 182), layer.Error, 12);
    }

    [Fact]
    public void Pruning_by_magnitude_takes_the_share_that_is_asked()
    {
        var pruned = Pruner.Prune(Planner, new PruningPattern.Magnitude(0.25));
        Assert.All(pruned.Layers, layer => Assert.True(layer.Zeros >= Math.Floor(layer.Weights * 0.25)));
        Assert.True(Sqnr(Planner, pruned.Model, Random(Planner, 32)) > 20);
    }

    // Measured: 8.3 dB by magnitude alone, 18.7 dB fitted.
    [Fact]
    public void What_stays_of_a_pruned_layer_makes_up_for_what_went()
    {
        var pattern = new PruningPattern.Structured(2, 4);
        var (seen, other) = (Random(Planner, 512), Random(Planner, 64, seed: 2));
        var fitted = new FittedPruning(Device, Limits, seen).Prune(Planner, pattern, except: ["linear"]);
        var plain = Pruner.Prune(Planner, pattern, except: ["linear"]);
        Assert.Equal(plain.Layers.Select(layer => layer.Zeros), fitted.Layers.Select(layer => layer.Zeros));
        Assert.True(Sqnr(Planner, fitted.Model, other) > Sqnr(Planner, plain.Model, other) + 1);
    }

    [Fact]
    public void A_layer_that_is_no_layer_cannot_be_left_out()
    {
        var refused = Assert.Throws<CompressionException>(() =>
            Pruner.Prune(Planner, new PruningPattern.Magnitude(0.5), ["nothing"])
        );
        Assert.Contains("sums0", refused.Message);
    }

    [Fact]
    public void A_lineage_names_parent_recipe_and_calibration()
    {
        var stamped = Lineage.Stamp(Planner, "aa", "int8", "bb");
        Assert.Equal("aa", stamped.Metadata[Lineage.Parent]);
        Assert.Equal("bb", stamped.Metadata[Lineage.Calibration]);
        Assert.False(Lineage.Stamp(stamped, "cc", "pruned").Metadata.ContainsKey(Lineage.Calibration));
    }

    /// <summary>a = |x|, b = a w, y = b / b.</summary>
    private static OnnxModel Chain(float weight) =>
        OnnxReader.Read(
            new OnnxBuilder("m")
                .Input("x", ["1"])
                .Output("y", ["1"])
                .Constant("w", [1], [weight])
                .Node("Abs", ["x"], ["a"])
                .Node("Mul", ["a", "w"], ["b"])
                .Node("Div", ["b", "b"], ["y"])
                .ToBytes()
        );
}
