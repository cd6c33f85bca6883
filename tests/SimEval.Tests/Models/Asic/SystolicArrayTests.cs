using SimEval.Models.Asic.Boards;
using SimEval.Models.Asic.Scheduling;
using Xunit;

namespace SimEval.Tests.Models.Asic;

/// <summary>Against cycles that SCALE-Sim v3's simulator counts.</summary>
public class SystolicArrayTests
{
    [Theory]
    [InlineData(64, 48, 256, 5279)]
    [InlineData(64, 256, 256, 28159)]
    [InlineData(64, 256, 12, 1759)]
    [InlineData(1, 256, 256, 12031)]
    public void Weights_that_stay(long m, long k, long n, long cycles) =>
        Assert.Equal(cycles, SystolicArray.Cycles(ArrayDataflow.WeightStationary, m, k, n, 16, 16));

    [Fact]
    public void A_network_of_three_layers_takes_the_published_cycles()
    {
        long[] layers =
        [
            SystolicArray.Cycles(ArrayDataflow.WeightStationary, 64, 48, 256, 16, 16),
            SystolicArray.Cycles(ArrayDataflow.WeightStationary, 64, 256, 256, 16, 16),
            SystolicArray.Cycles(ArrayDataflow.WeightStationary, 64, 256, 12, 16, 16),
        ];
        Assert.Equal(35_197, layers.Sum());
    }

    [Fact]
    public void Activations_that_stay_are_weights_that_stay_with_the_sides_exchanged() =>
        Assert.All(
            ((long, long, long)[])[(64, 48, 256), (1, 256, 12), (17, 33, 65)],
            size =>
                Assert.Equal(
                    SystolicArray.Cycles(ArrayDataflow.WeightStationary, size.Item1, size.Item2, size.Item3, 16, 16),
                    SystolicArray.Cycles(ArrayDataflow.InputStationary, size.Item3, size.Item2, size.Item1, 16, 16)
                )
        );

    [Theory]
    // ceil(M/R) ceil(N/C) (R + C + K - 2) - 1
    [InlineData(64, 256, 256, 4 * 16 * (16 + 16 + 256 - 2) - 1)]
    [InlineData(1, 256, 256, 1 * 16 * (16 + 16 + 256 - 2) - 1)]
    [InlineData(16, 1, 16, 16 + 16 + 1 - 2 - 1)]
    public void Sums_that_stay(long m, long k, long n, long cycles) =>
        Assert.Equal(cycles, SystolicArray.Cycles(ArrayDataflow.OutputStationary, m, k, n, 16, 16));
}
