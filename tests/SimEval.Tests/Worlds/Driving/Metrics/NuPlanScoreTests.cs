using SimEval.Worlds.Driving.Metrics;
using Xunit;

namespace SimEval.Tests.Worlds.Driving.Metrics;

public class NuPlanScoreTests
{
    private static double[] Parts(double progress)
    {
        var values = new double[DrivingMetrics.All.Count];
        values.Set("collision.score", 1);
        values.Set("direction.score", 1);
        values.Set("ttc.score", 1);
        values.Set("speedLimit.score", 0.5);
        values.Set("comfort", 1);
        values.Set("progress", progress);
        return values;
    }

    private static double[] Completed(double[] values, double expert)
    {
        NuPlanScore.Complete(values, Parts(expert));
        return values;
    }

    [Fact]
    public void The_score_weighs_its_parts_five_five_four_two()
    {
        var values = Completed(Parts(80), 100);
        Assert.Equal(0.8, values.Of("progress.ratio"), 12);
        Assert.Equal(((5 * 0.8) + 5 + (4 * 0.5) + 2) / 16, values.Of("score"), 12);
    }

    [Theory]
    [InlineData("collision.score", 0.5, 0.5)]
    [InlineData("collision.score", 0, 0)]
    [InlineData("offRoad", 1, 0)]
    [InlineData("direction.score", 0.5, 0.5)]
    public void Multipliers_multiply(string part, double value, double factor)
    {
        var values = Parts(100);
        values.Set(part, value);
        Assert.Equal(factor * Completed(Parts(100), 100).Of("score"), Completed(values, 100).Of("score"), 12);
    }

    [Theory]
    [InlineData(1000, 100, 1)]
    [InlineData(19.9, 100, 0.199)]
    [InlineData(0, 0, 1)]
    [InlineData(0, 10, 0.2)]
    [InlineData(-1.9, 10, 0.2)]
    [InlineData(-2.1, 10, 0)]
    [InlineData(50, double.NaN, 1)]
    [InlineData(double.NaN, double.NaN, 1)]
    public void Progress_is_measured_against_the_experts(double progress, double expert, double ratio)
    {
        var values = Completed(Parts(progress), expert);
        Assert.Equal(ratio, values.Of("progress.ratio"), 12);
        Assert.Equal(ratio >= 0.2 ? 1 : 0, values.Of("progress.making"));
        if (ratio < 0.2)
            Assert.Equal(0, values.Of("score"));
    }

    [Fact]
    public void A_part_that_could_not_be_measured_is_left_out_with_its_weight()
    {
        var values = Parts(80);
        values.Set("comfort", double.NaN);
        Assert.Equal(((5 * 0.8) + 5 + (4 * 0.5)) / 14, Completed(values, 100).Of("score"), 12);
    }

    [Fact]
    public void Without_the_experts_rollout_the_score_is_not_available()
    {
        var values = Parts(80);
        NuPlanScore.Complete(values, []);
        Assert.True(double.IsNaN(values.Of("score")) && double.IsNaN(values.Of("progress.ratio")));
    }
}
