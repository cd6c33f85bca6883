using SimEval.Metrics.Statistics;
using SimEval.Scenarios.Numerics;
using Xunit;

namespace SimEval.Tests.Metrics.Statistics;

public class PairedTests
{
    [Theory]
    [InlineData(2, 8, .109375)]
    [InlineData(1, 9, .021484375)]
    [InlineData(10, 0, .001953125)]
    [InlineData(3, 7, .34375)]
    [InlineData(15, 5, .04138946533203125)]
    [InlineData(33, 8, .00011222142620681552)]
    [InlineData(121, 59, 4.434449263755176e-06)]
    [InlineData(0, 0, 1)]
    public void McNemars_exact_test_equals_the_vectors(int b, int c, double p)
    {
        Near.Relative(p, PairedProportions.McNemarExact(b, c), 1e-9);
        Near.Relative(p, PairedProportions.McNemarExact(c, b), 1e-9);
    }

    [Fact]
    public void McNemars_chi_squared_equals_the_vector() =>
        Near.Relative(14.048780487804878, PairedProportions.McNemarChiSquared(33, 8), 1e-12);

    [Theory]
    [InlineData(36, 12, 2, 0, .056929584, .340427603)]
    [InlineData(20, 12, 2, 16, .056156425, .329206995)]
    [InlineData(100, 33, 8, 59, .063457997, .184770615)]
    public void Newcombes_interval_equals_the_vectors(int a, int b, int c, int d, double low, double high)
    {
        var interval = PairedProportions.Newcombe(a, b, c, d, 0.05);
        Near.Absolute(low, interval.Low, 1e-9);
        Near.Absolute(high, interval.High, 1e-9);
        var mirrored = PairedProportions.Newcombe(a, c, b, d, 0.05);
        Near.Absolute(-high, mirrored.Low, 1e-9);
        Near.Absolute(-low, mirrored.High, 1e-9);
    }

    [Fact]
    public void Newcombes_interval_has_a_width_where_no_pair_is_discordant()
    {
        var interval = PairedProportions.Newcombe(0, 0, 0, 1200, 0.05);
        Assert.True(interval.Low < 0 && interval.High > 0);
    }

    [Fact]
    public void Walds_error_equals_the_vector() =>
        Near.Absolute(.0308485521, PairedProportions.WaldError(200, 33, 8), 1e-10);

    [Fact]
    public void Cluster_robust_errors_equal_the_vector()
    {
        double[] values = [1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0];
        int[] clusters = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3];
        var mean = ClusteredMean.Of(values, clusters);
        Near.Absolute(.5833333333, mean.Mean, 1e-10);
        Near.Absolute(.1486470975, mean.NaiveError, 1e-10);
        Near.Absolute(.1381926996, mean.Cr0Error, 1e-10);
        Near.Absolute(.1595711846, mean.Cr1Error, 1e-10);
        Assert.Equal(4, mean.Clusters);
        var half = Distributions.StudentQuantile(0.975, 3) * mean.Cr1Error;
        Near.Absolute(mean.Mean - half, mean.At(0.05).Low, 1e-12);
    }

    [Fact]
    public void Clusters_of_one_value_give_the_t_interval()
    {
        double[] values = [0.3, -0.1, 0.4, 0.15, 0.0, 0.22];
        var mean = ClusteredMean.Of(values, [0, 1, 2, 3, 4, 5]);
        Near.Relative(mean.NaiveError, mean.Cr1Error, 1e-12);
        Assert.Equal(6, mean.Effective, 9);
    }

    [Fact]
    public void No_spread_and_a_single_cluster_give_no_interval()
    {
        Assert.False(ClusteredMean.Of([0.1, 0.1, 0.1], [0, 1, 2]).At(0.05).IsDefined);
        Assert.False(ClusteredMean.Of([0.1, 0.2, 0.3], [0, 0, 0]).At(0.05).IsDefined);
        Assert.False(ClusteredMean.Of([0.1], [0]).At(0.05).IsDefined);
        Assert.False(ClusteredMean.Of([], []).At(0.05).IsDefined);
    }

    [Fact]
    public void Sample_sizes_equal_the_vectors()
    {
        Assert.Equal(1396, SampleSize.Pairs(.4, .03, 0.05, 0.8));
        Assert.Equal(7064, SampleSize.Pairs(.3, .01, 0.05, 0.8));
    }

    [Fact]
    public void Wilcoxons_exact_test_counts_the_sign_patterns()
    {
        // All six positive: 2 / 2^6.
        Near.Relative(0.03125, SignedRanks.Wilcoxon([1, 2, 3, 4, 5, 6]), 1e-12);
        Assert.Equal(1, SignedRanks.Wilcoxon([1, -2, -3, 4]), 12);
        Assert.True(double.IsNaN(SignedRanks.Wilcoxon([0, 0])));
    }

    [Fact]
    public void Hodges_Lehmann_is_the_median_of_all_means_of_two()
    {
        double[] values = [-3.5, 0, 0.25, 1, 1, 7, 9.5];
        var means = new List<double>();
        for (var i = 0; i < values.Length; i++)
        {
            for (var j = i; j < values.Length; j++)
                means.Add((values[i] + values[j]) / 2);
        }

        means.Sort();
        Assert.Equal(Quantiles.Type7([.. means], 0.5), SignedRanks.HodgesLehmann(values), 12);
        Assert.Equal(-0.5, SignedRanks.HodgesLehmann([-0.5]), 12);
        Assert.Equal(0, SignedRanks.HodgesLehmann([-1, 1]), 12);
    }

    [Fact]
    public void Cluster_robust_intervals_cover_clustered_means_where_naive_ones_do_not()
    {
        var philox = new Philox(7);
        int robust = 0,
            naive = 0;
        const int runs = 400,
            clusters = 40,
            size = 5;
        for (var run = 0; run < runs; run++)
        {
            var values = new double[clusters * size];
            var ids = new int[clusters * size];
            for (var i = 0; i < values.Length; i++)
            {
                ids[i] = i / size;
                values[i] =
                    philox.Normal((ulong)((run * clusters) + ids[i]), 1) + philox.Normal((ulong)((run * 1000) + i), 2);
            }

            var mean = ClusteredMean.Of(values, ids);
            robust += mean.At(0.05).Contains(0) ? 1 : 0;
            naive += Math.Abs(mean.Mean) <= 1.96 * mean.NaiveError ? 1 : 0;
        }

        Assert.InRange(robust / (double)runs, 0.92, 0.98);
        Assert.True(naive / (double)runs < 0.85);
    }

    [Fact]
    public void Sums_do_not_depend_on_the_order_of_their_terms()
    {
        double[] terms = [1e16, 1, -1e16, 3.5, 1e-8, 0.1, 0.2, 0.3, -0.6];
        var reversed = terms.Reverse().ToArray();
        Assert.Equal(ExactSum.Of(terms), ExactSum.Of(reversed));
        Assert.Equal(4.50000001, ExactSum.Of(terms), 12);
    }
}
