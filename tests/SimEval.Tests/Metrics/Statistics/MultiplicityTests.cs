using SimEval.Metrics.Statistics;
using Xunit;

namespace SimEval.Tests.Metrics.Statistics;

public class MultiplicityTests
{
    private static readonly double[] Four = [0.01, 0.04, 0.03, 0.005];
    private static readonly double[] Fifteen =
    [
        .0001,
        .0004,
        .0019,
        .0095,
        .0201,
        .0278,
        .0298,
        .0344,
        .0459,
        .3240,
        .4262,
        .5719,
        .6528,
        .7590,
        1,
    ];

    [Fact]
    public void Adjusted_p_values_equal_the_vectors()
    {
        Equal([.03, .06, .06, .02], Multiplicity.Holm(Four), 1e-12);
        Equal([.02, .04, .04, .02], Multiplicity.BenjaminiHochberg(Four), 1e-12);
        Equal([.0416667, .0833333, .0833333, .0416667], Multiplicity.BenjaminiYekutieli(Four), 1e-7);
        Equal(
            [.0015, .003, .0095, .035625, .0603, .063857, .063857, .0645, .0765],
            Multiplicity.BenjaminiHochberg(Fifteen)[..9],
            1e-6
        );
    }

    [Fact]
    public void Rejections_equal_the_vectors()
    {
        Assert.Equal(4, Multiplicity.BenjaminiHochberg(Fifteen).Count(p => p <= 0.05));
        Assert.Equal(8, Multiplicity.TwoStage(Fifteen, 0.05).Count(r => r));
        Assert.Equal(3, Multiplicity.Holm(Fifteen).Count(p => p <= 0.05));
    }

    [Fact]
    public void A_fixed_sequence_stops_at_the_first_that_is_not_rejected() =>
        Assert.Equal([true, true, false, false], Multiplicity.FixedSequence([.01, .05, .06, .001], 0.05));

    [Fact]
    public void E_values_are_rejected_from_the_largest_down()
    {
        Assert.Equal([true, false, true, false], Multiplicity.EBenjaminiHochberg([100, 1, 45, 3], 0.05));
        Assert.Equal([false, false], Multiplicity.EBenjaminiHochberg([19, 19], 0.05));
    }

    private static void Equal(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Near.Absolute(expected[i], actual[i], tolerance);
    }
}
