using FsCheck;
using FsCheck.Fluent;
using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Cost;
using Xunit;

namespace SimEval.Tests.Models.Asic.Cost;

public sealed class SystolicCyclesTests
{
    [Theory]
    [InlineData(64, 48, 256, 5_279)]
    [InlineData(64, 256, 256, 28_159)]
    [InlineData(64, 256, 12, 1_759)]
    [InlineData(1, 256, 256, 12_031)]
    public void Weight_stationary_cycles_are_those_of_scale_sim(long m, long k, long n, long cycles) =>
        Assert.Equal(
            cycles,
            SystolicCycles.Of(new SystolicArray(16, 16, Dataflow.WeightStationary), new ProductShape(m, k, n))
        );

    // ceil(K/R) ceil(N/C) (2R + C + M - 2) - 1 and its two siblings, worked out by hand for R = 4, C = 8, M = 10, K = 9, N = 17.
    [Theory]
    [InlineData(Dataflow.WeightStationary, (3 * 3 * (8 + 8 + 10 - 2)) - 1)]
    [InlineData(Dataflow.InputStationary, (3 * 2 * (8 + 8 + 17 - 2)) - 1)]
    [InlineData(Dataflow.OutputStationary, (3 * 3 * (4 + 8 + 9 - 2)) - 1)]
    public void Each_dataflow_has_its_formula(Dataflow dataflow, long cycles) =>
        Assert.Equal(cycles, SystolicCycles.Of(new SystolicArray(4, 8, dataflow), new ProductShape(10, 9, 17)));

    [Fact]
    public void No_array_does_more_than_one_product_a_cell_and_cycle() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<(PositiveInt, PositiveInt, PositiveInt, byte, byte, byte)>(),
                drawn =>
                {
                    var shape = new ProductShape(drawn.Item1.Get, drawn.Item2.Get, drawn.Item3.Get);
                    var dataflow = (Dataflow)(drawn.Item6 % 3);
                    var array = new SystolicArray(1 + (drawn.Item4 % 64), 1 + (drawn.Item5 % 64), dataflow);
                    // The published formula counts from cycle zero: its last cycle has that number.
                    return shape.Macs <= (SystolicCycles.Of(array, shape) + 1) * array.Cells;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_product_cut_into_pieces_costs_what_the_pieces_cost_one_after_the_other()
    {
        var array = new SystolicArray(16, 16, Dataflow.WeightStationary);
        var whole = SystolicCycles.Of(array, new ProductShape(100, 48, 40), 4);
        var piece = SystolicCycles.Of(array, new ProductShape(25, 48, 40));
        Assert.Equal((4 * (piece + 1)) - 1, whole);
    }
}
