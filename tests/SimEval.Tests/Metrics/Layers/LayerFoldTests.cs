using SimEval.Metrics.Layers;
using Xunit;

namespace SimEval.Tests.Metrics.Layers;

public sealed class LayerFoldTests
{
    [Fact]
    public void The_ratio_of_signal_to_noise_is_over_all_frames()
    {
        var fold = new LayerFold("hidden");
        fold.Add([3, 4], [3, 4]);
        fold.Add([10, 0], [9, 0]);
        // Signal 125, noise 1.
        var layer = fold.Finish();
        Assert.Equal(20.969, layer.SqnrDb, 3);
        Assert.Equal(1, layer.MaxError);
        Assert.Equal(4, layer.Elements);
        Assert.Equal(1, layer.Differing);
    }

    [Fact]
    public void Equal_values_have_no_noise_whatever_they_are()
    {
        var fold = new LayerFold("odd");
        fold.Add([double.NaN, double.PositiveInfinity, 0.0, 5], [double.NaN, double.PositiveInfinity, -0.0, 5]);
        Assert.True(fold.Finish().IsEqual);
        Assert.Equal(double.PositiveInfinity, fold.Finish().SqnrDb);
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.PositiveInfinity)]
    public void A_value_that_is_finite_in_one_alone_is_noise_without_measure(double a, double b)
    {
        var fold = new LayerFold("odd");
        fold.Add([1, a], [1, b]);
        Assert.Equal(
            (double.NegativeInfinity, double.PositiveInfinity),
            (fold.Finish().SqnrDb, fold.Finish().MaxError)
        );
    }

    [Fact]
    public void Another_shape_differs()
    {
        var fold = new LayerFold("shape");
        fold.Add([1, 2], [1]);
        Assert.False(fold.Finish().IsEqual);
    }

    [Fact]
    public void The_first_departure_is_the_first_layer_that_differs()
    {
        var same = new LayerDifference("a", double.PositiveInfinity, 0, 1);
        var far = new LayerDifference("b", 20, 0.1, 1);
        Assert.Equal("b", new LayerReport([same, far, same]).FirstDeparture);
        Assert.True(new LayerReport([same]).IsEqual);
    }
}
