using FsCheck;
using FsCheck.Fluent;
using SimEval.Metrics.Statistics;
using Xunit;
using Interval = SimEval.Metrics.Statistics.Interval;

namespace SimEval.Tests.Metrics.Statistics;

public class ProportionsTests
{
    [Theory]
    [InlineData(7, 50, .058191700340372, .267396002497008, .069508334270163, .261861937105856)]
    [InlineData(0, 10, 0, .308497107818761, 0, .277532799862889)]
    [InlineData(10, 10, .691502892181239, 1, .722467200137111, 1)]
    [InlineData(3, 20, .032070937185464, .378926826545314, .052368745896217, .360418864740757)]
    [InlineData(1, 100, .000253146032977, .054459385392081, .001767432064141, .054486196178705)]
    [InlineData(45, 50, .781864633565798, .966724906410978, .786397685625204, .956524235068110)]
    [InlineData(5, 1000, .001625419517563, .011629470559812, .002137535527324, .011650955373375)]
    [InlineData(299, 300, .981568747951932, .999915610867682, .981363306305469, .999411342278149)]
    public void Intervals_equal_published_ones(int k, int n, double cpLow, double cpHigh, double wLow, double wHigh)
    {
        var exact = Proportions.ClopperPearson(k, n, 0.05);
        Near.Relative(cpLow, exact.Low, 2e-9);
        Near.Relative(cpHigh, exact.High, 2e-9);
        var wilson = Proportions.Wilson(k, n, 0.05);
        Near.Relative(wLow, wilson.Low, 2e-9);
        Near.Relative(wHigh, wilson.High, 2e-9);
    }

    [Fact]
    public void Clopper_Pearson_equals_the_documentation_of_SciPy()
    {
        var exact = Proportions.ClopperPearson(7, 50, 0.05);
        Near.Relative(0.05819170033997342, exact.Low, 1e-9);
        Near.Relative(0.26739600249700846, exact.High, 1e-9);
    }

    [Theory]
    [InlineData(20, 100, .25, Alternative.TwoSided, .2983720970096)]
    [InlineData(20, 100, .25, Alternative.Less, .148831050443)]
    [InlineData(20, 100, .25, Alternative.Greater, .9004695898947)]
    [InlineData(9, 21, .48, Alternative.TwoSided, .6689672431939)]
    [InlineData(4, 21, .48, Alternative.TwoSided, .008139563452106)]
    public void Binomial_tests_equal_SciPys(int k, int n, double p, Alternative alternative, double expected) =>
        Near.Relative(expected, Proportions.BinomialTest(k, n, p, alternative), 1e-9);

    [Fact]
    public void One_sided_bounds_equal_SciPys()
    {
        Near.Relative(.1266555521019559, Proportions.ClopperPearson(20, 100, 0.05).Low, 1e-9);
        Near.Relative(.2918426890886281, Proportions.ClopperPearson(20, 100, 0.05).High, 1e-9);
        Near.Relative(.2772002496709138, Proportions.ExactUpper(20, 100, 0.05), 1e-9);
        Near.Relative(.1366613252458672, Proportions.ExactLower(20, 100, 0.05), 1e-9);
    }

    [Fact]
    public void Wilson_equals_SciPys_other_vectors()
    {
        var plain = Proportions.Wilson(3, 10, 0.05);
        Near.Absolute(.1077913, plain.Low, 1e-7);
        Near.Absolute(.6032219, plain.High, 1e-7);
        var corrected = Proportions.WilsonCorrected(3, 10, 0.05);
        Near.Absolute(.08094782, corrected.Low, 1e-7);
        Near.Absolute(.64632928, corrected.High, 1e-7);
        var wide = Proportions.Wilson(3, 10, 0.01);
        Near.Absolute(.07956632, wide.Low, 1e-7);
        Near.Absolute(.6799753, wide.High, 1e-7);
    }

    [Fact]
    public void No_failure_in_n_bounds_the_rate_near_three_over_n()
    {
        Near.Absolute(.00993608, Proportions.ExactUpper(0, 300, 0.05), 1e-8);
        Assert.Equal(2995, Proportions.FailureFreeTrials(1e-3, 0.05));
        Assert.Equal(29956, Proportions.FailureFreeTrials(1e-4, 0.05));
    }

    [Fact]
    public void Nothing_tried_gives_no_interval()
    {
        Assert.False(Proportions.Wilson(0, 0, 0.05).IsDefined);
        Assert.False(Proportions.ClopperPearson(0, 0, 0.05).IsDefined);
    }

    [Fact]
    public void Clustering_never_adds_trials_and_is_unseen_where_all_agree()
    {
        Assert.Equal(40, Proportions.EffectiveCount(0, 40, 0, 0));
        Assert.Equal(40, Proportions.EffectiveCount(40, 40, 0, 0));
        Assert.Equal(40, Proportions.EffectiveCount(10, 40, 0.1, 0.05));
        Assert.Equal(10, Proportions.EffectiveCount(10, 40, 0.1, 0.2), 12);
    }

    [Fact]
    public void Intervals_contain_the_estimate_and_shrink_with_the_level_and_move_with_the_count()
    {
        var cases =
            from n in Gen.Choose(1, 2000)
            from k in Gen.Choose(0, n)
            from alpha in Gen.Choose(1, 400)
            select (k, n, alpha / 1000.0);
        Prop.ForAll(
                cases.ToArbitrary(),
                c =>
                {
                    var (k, n, alpha) = c;
                    foreach (
                        var method in (Func<double, double, double, Interval>[])
                            [Proportions.Wilson, Proportions.ClopperPearson]
                    )
                    {
                        var i = method(k, n, alpha);
                        Assert.True(i.Contains((double)k / n) && i.Low >= 0 && i.High <= 1 && i.Low < i.High);
                        var narrower = method(k, n, alpha * 1.5);
                        Assert.True(narrower.Low >= i.Low - 1e-12 && narrower.High <= i.High + 1e-12);
                        if (k < n)
                        {
                            var next = method(k + 1, n, alpha);
                            Assert.True(next.Low >= i.Low - 1e-12 && next.High >= i.High - 1e-12);
                        }
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void The_exact_interval_covers_at_least_its_level_and_Wilson_covers_near_it()
    {
        foreach (var rate in (double[])[0.01, 0.1, 0.5])
        {
            double exact = 0,
                wilson = 0;
            const int n = 200;
            for (var k = 0; k <= n; k++)
            {
                var mass = Math.Exp(Distributions.BinomialLog(k, n, rate));
                exact += Proportions.ClopperPearson(k, n, 0.05).Contains(rate) ? mass : 0;
                wilson += Proportions.Wilson(k, n, 0.05).Contains(rate) ? mass : 0;
            }

            Assert.True(exact >= 0.95, $"{rate}: {exact}");
            Assert.InRange(wilson, 0.93, 0.99);
        }
    }
}
