using SimEval.Metrics.Statistics;
using SimEval.Scenarios.Numerics;
using Xunit;

namespace SimEval.Tests.Metrics.Statistics;

public class SequentialTests
{
    [Theory]
    [InlineData(100, .2, .45145434)]
    [InlineData(100, .3, .06109770)]
    [InlineData(400, .15, .05968423)]
    public void The_normal_mixture_test_equals_the_vectors(double n, double mean, double p) =>
        Near.Absolute(p, Sequential.AnytimeP(Math.Exp(Sequential.NormalLogRatio(n, mean, 0, 1, .04))), 1e-8);

    [Fact]
    public void The_normal_mixtures_log_equals_the_vector() =>
        Near.Absolute(.79528104, Sequential.NormalLogRatio(100, .2, 0, 1, .04), 1e-8);

    [Theory]
    [InlineData(100, .30823900)]
    [InlineData(400, .15310307)]
    [InlineData(1000, .09973797)]
    public void The_normal_mixtures_half_widths_equal_the_vectors(double n, double half)
    {
        Near.Absolute(half, Sequential.NormalHalfWidth(n, 1, .04, 0.05), 1e-8);

        // The asymptotic sequence is the same boundary with the deviation estimated.
        Near.Absolute(half, Sequential.AsymptoticHalfWidth(n, 1, 0.2, 0.05), 1e-8);
    }

    [Theory]
    [InlineData(95, 100, .5, .844205556, .992850521)]
    [InlineData(0, 100, .5, 0, .057028598)]
    [InlineData(990, 1000, .5, .973835570, .997593532)]
    [InlineData(95, 100, 1, .839741126, .993422874)]
    public void The_beta_mixtures_sequence_equals_the_vectors(int k, int n, double a, double low, double high)
    {
        var interval = Sequential.BetaMixture(k, n, 0.05, a, a);
        Near.Absolute(low, interval.Low, 1e-9);
        Near.Absolute(high, interval.High, 1e-9);
    }

    [Theory]
    [InlineData(8, 2, 1.6757812, .59673660)]
    [InlineData(15, 5, 2.4044609, .41589365)]
    [InlineData(33, 8, 442.21027, .00226137)]
    [InlineData(10, 0, 180.42578, .00554245)]
    public void Anytime_McNemar_equals_the_vectors(int b, int c, double e, double p)
    {
        Near.Relative(e, Sequential.McNemarE(b, c), 1e-7);
        Near.Absolute(p, Sequential.AnytimeP(Sequential.McNemarE(c, b)), 1e-7);
    }

    [Fact]
    public void Walds_test_equals_the_vectors()
    {
        var (upper, lower) = Sequential.WaldLimits(.05, .10);
        Near.Absolute(2.8903717579, upper, 1e-10);
        Near.Absolute(-2.2512917986, lower, 1e-10);
        Near.Absolute(.9162907319, Sequential.WaldLogRatio(1, 1, .02, .05), 1e-10);
        Near.Absolute(-.0310905871, Sequential.WaldLogRatio(0, 1, .02, .05), 1e-10);
    }

    [Fact]
    public void Looking_at_every_pair_rejects_a_true_hypothesis_rarely()
    {
        var philox = new Philox(11);
        const int runs = 400;
        int sequential = 0,
            naive = 0;
        for (var run = 0; run < runs; run++)
        {
            int b = 0,
                c = 0;
            bool stopped = false,
                peeked = false;
            for (var i = 0; i < 200; i++)
            {
                if (philox.Uniform((ulong)i, (ulong)run) < 0.5)
                    b++;
                else
                    c++;
                stopped |= Sequential.McNemarE(b, c) >= 20;
                peeked |= i % 10 == 9 && PairedProportions.McNemarExact(b, c) <= 0.05;
            }

            sequential += stopped ? 1 : 0;
            naive += peeked ? 1 : 0;
        }

        Assert.True(sequential / (double)runs <= 0.05, $"{sequential}");
        Assert.True(naive / (double)runs > 0.1, $"{naive}");
    }

    [Fact]
    public void A_rates_sequence_holds_the_truth_at_all_times_together()
    {
        var philox = new Philox(12);
        const int runs = 300;
        var missed = 0;
        for (var run = 0; run < runs; run++)
        {
            var k = 0;
            var left = false;
            for (var n = 1; n <= 300; n++)
            {
                k += philox.Uniform((ulong)n, (ulong)run) < 0.1 ? 1 : 0;
                left |= Sequential.BetaMixtureLog(k, n, 0.1) >= Math.Log(20);
            }

            missed += left ? 1 : 0;
        }

        Assert.True(missed / (double)runs <= 0.05, $"{missed}");
    }
}
