using SimEval.Metrics.Statistics;
using Xunit;

namespace SimEval.Tests.Metrics.Statistics;

public class QuantilesAndBootstrapTests
{
    [Theory]
    [InlineData(0.50, 280)]
    [InlineData(0.90, 585)]
    [InlineData(0.95, 742.5)]
    [InlineData(0.99, 868.5)]
    public void Sample_quantiles_are_of_type_7(double p, double expected)
    {
        double[] x = [180, 210, 230, 240, 260, 300, 320, 410, 550, 900];
        Assert.Equal(expected, Quantiles.Type7(x, p), 9);
    }

    [Theory]
    [InlineData(20, 6, 15)]
    [InlineData(50, 18, 33)]
    [InlineData(100, 40, 61)]
    public void The_medians_interval_has_the_tabulated_ranks(int n, int lower, int upper) =>
        Assert.Equal((lower, upper), Quantiles.Ranks(n, 0.5, 0.05));

    [Fact]
    public void The_medians_interval_of_twenty_covers_what_is_tabulated() =>
        Near.Absolute(.9586, Quantiles.Coverage(20, 0.5, 6, 15), 5e-5);

    [Fact]
    public void A_high_percentile_is_not_bounded_by_too_small_a_sample()
    {
        // One-sided at 95%: the largest of 299 bounds the 99th percentile, of 298 it does not.
        Assert.Equal(299, Quantiles.Ranks(299, 0.99, 0.10).Upper);
        Assert.Equal(299, Quantiles.Ranks(298, 0.99, 0.10).Upper);
        Assert.True(Quantiles.OrderStatistics(Ramp(299), 0.99, 0.10).IsBounded);
        Assert.False(Quantiles.OrderStatistics(Ramp(298), 0.99, 0.10).IsBounded);
    }

    [Fact]
    public void Woodruffs_interval_reads_a_share_off_the_sample()
    {
        var interval = Quantiles.Woodruff(Ramp(100), new Interval(0.4, 0.6));
        Assert.Equal(new Interval(40, 61), interval);
    }

    [Fact]
    public void The_bootstrap_equals_the_intervals_of_SciPy_and_R()
    {
        double[] x = [10, 12, 12.5, 12.5, 13.9, 15, 21, 22, 23, 34, 50, 81, 89, 121, 134, 213];
        var bootstrap = Bootstrap.Of(
            x.Length,
            1_000_000,
            1,
            times =>
            {
                double sum = 0,
                    n = 0;
                for (var i = 0; i < times.Length; i++)
                {
                    sum += times[i] * x[i];
                    n += times[i];
                }

                return sum / n;
            }
        );
        Within(23.77, 79.12, bootstrap.Basic(0.05));
        Within(28.86, 84.21, bootstrap.Percentile(0.05));
        Within(32.31, 91.43, bootstrap.Bca(0.05));

        static void Within(double low, double high, Interval actual)
        {
            Near.Relative(low, actual.Low, 0.005);
            Near.Relative(high, actual.High, 0.005);
        }
    }

    [Fact]
    public void A_constant_sample_has_no_bootstrap_interval()
    {
        var bootstrap = Bootstrap.Of(5, 100, 1, _ => 3.0);
        Assert.False(bootstrap.Percentile(0.05).IsDefined);
        Assert.False(bootstrap.Bca(0.05).IsDefined);
    }

    private static double[] Ramp(int n) => [.. Enumerable.Range(1, n).Select(i => (double)i)];
}
