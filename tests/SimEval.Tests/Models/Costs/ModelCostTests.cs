using SimEval.Models.Costs;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Models.Costs;

public class ModelCostTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Products_and_living_values_are_counted_at_a_batch(long batch)
    {
        var cost = ModelCost.Of(
            OnnxReader.Read(
                new OnnxBuilder("g")
                    .Input("x", ["n", "3"])
                    .Output("y", ["n", "7"])
                    .Constant("w", [3, 7], new float[21])
                    .Node("MatMul", ["x", "w"], ["product"])
                    .Node("Relu", ["product"], ["y"])
                    .ToBytes()
            ),
            batch
        );
        Assert.Equal(batch * 3 * 7, cost.Macs);
        Assert.Equal((21, 84), (cost.Parameters, cost.WeightBytes));
        // At the product x (3) and it (7) live; at the Relu both vectors of 7.
        Assert.Equal([batch * 40, batch * 56], cost.Nodes.Select(node => node.LiveBytes!.Value));
        Assert.Equal(batch * 56, cost.PeakActivationBytes);
    }

    [Fact]
    public void A_convolution_counts_its_kernel_for_each_output()
    {
        var cost = ModelCost.Of(
            OnnxReader.Read(
                new OnnxBuilder("g")
                    .Input("x", ["1", "4", "10"])
                    .Output("y", ["1", "6", "8"])
                    .Constant("w", [6, 2, 3], new float[36])
                    .Node("Conv", ["x", "w"], ["y"], ("group", 2L))
                    .ToBytes()
            ),
            1
        );
        Assert.Equal(6 * 8 * 2 * 3, cost.Macs);
    }

    [Fact]
    public void What_depends_on_an_open_size_is_unknown()
    {
        var cost = ModelCost.Of(
            OnnxReader.Read(
                new OnnxBuilder("g")
                    .Input("x", ["1", "time"])
                    .Input("z", ["batch", "time"])
                    .Output("y", ["batch", "time"])
                    .Node("Add", ["x", "z"], ["y"])
                    .ToBytes()
            ),
            2
        );
        Assert.Null(cost.PeakActivationBytes);
        Assert.Equal("float32[2,time]", cost.Types["y"].ToString());
        Assert.Equal(["x", "y", "z"], cost.Open);
    }
}
