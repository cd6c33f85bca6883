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

    [Theory]
    [InlineData("bij,bjk->bik", 2 * 3 * 4 * 5)]
    [InlineData("...ij,...jk", 2 * 3 * 4 * 5)]
    [InlineData("bij,bjk->", 2 * 3 * 4 * 5)]
    public void Einsum_counts_every_combination_of_its_letters(string equation, long macs) =>
        Assert.Equal(
            macs,
            MacsOf(
                new OnnxBuilder("g")
                    .Input("a", ["2", "3", "4"])
                    .Input("b", ["2", "4", "5"])
                    .Output("y", [])
                    .Node("Einsum", ["a", "b"], ["y"], ("equation", equation))
            )
        );

    [Fact]
    public void Einsum_multiplies_from_the_left_and_only_moves_a_single_input()
    {
        var chain = new OnnxBuilder("g")
            .Input("a", ["2", "3"])
            .Input("b", ["3", "4"])
            .Input("c", ["4", "5"])
            .Output("y", [])
            .Node("Einsum", ["a", "b", "c"], ["y"], ("equation", "ij,jk,kl->il"));
        Assert.Equal(2 * 3 * 4 + 2 * 4 * 5, MacsOf(chain));
        var move = new OnnxBuilder("g")
            .Input("a", ["2", "3"])
            .Output("y", [])
            .Node("Einsum", ["a"], ["y"], ("equation", "ij->ji"));
        Assert.Equal(0, MacsOf(move));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attention_counts_each_query_with_each_key_and_value(bool isSplit)
    {
        var builder = new OnnxBuilder("g", 23)
            .Input("q", isSplit ? ["2", "4", "7", "8"] : ["2", "7", "32"])
            .Input("k", isSplit ? ["2", "2", "5", "8"] : ["2", "5", "16"])
            .Input("v", isSplit ? ["2", "2", "5", "3"] : ["2", "5", "6"])
            .Input("past", ["2", "2", "6", "8"])
            .Input("pastv", ["2", "2", "6", "3"])
            .Output("y", [])
            .Node("Attention", ["q", "k", "v", "", "past", "pastv"], ["y"], ("q_num_heads", 4L), ("kv_num_heads", 2L));
        Assert.Equal(2 * 4 * 7 * (5 + 6) * (8 + 3), MacsOf(builder));
    }

    [Fact]
    public void Operators_of_a_set_that_nobody_knows_are_not_counted_as_nothing()
    {
        var builder = new OnnxBuilder("g").Input("x", ["2"]).Output("y", ["2"]).Node("Relu", ["x"], ["y"]);
        var model = OnnxReader.Read(builder.ToBytes());
        var renamed = model with
        {
            Graph = model.Graph with { Nodes = [model.Graph.Nodes[0] with { Domain = "my.company" }] },
        };
        Assert.Null(ModelCost.Of(renamed, 1).Macs);
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

    private static long? MacsOf(OnnxBuilder builder) => ModelCost.Of(OnnxReader.Read(builder.ToBytes()), 1).Macs;
}
