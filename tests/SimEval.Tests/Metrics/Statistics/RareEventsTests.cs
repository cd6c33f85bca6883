using SimEval.Metrics.Statistics;
using SimEval.Scenarios.Numerics;
using Xunit;

namespace SimEval.Tests.Metrics.Statistics;

public class RareEventsTests
{
    [Fact]
    public void Importance_sampling_finds_a_four_sigma_tail()
    {
        var philox = new Philox(3);
        const int n = 20_000;
        var weights = new double[n];
        var failed = new bool[n];
        for (var i = 0; i < n; i++)
        {
            var x = 4 + philox.Normal((ulong)i);
            weights[i] = Math.Exp((-4 * x) + 8);
            failed[i] = x > 4;
        }

        var (rate, error, _, _) = RareEvents.Importance(weights, failed);
        Near.Absolute(3.167124183311998e-05, rate, 4 * error);

        // The published relative variance of one sample is 4.40947.
        Near.Relative(Math.Sqrt(4.40947 / n) * 3.167e-05, error, 0.05);
    }

    [Fact]
    public void A_rate_without_events_is_bounded_from_above()
    {
        var interval = RareEvents.PoissonRate(0, 100, 0.05);
        Assert.Equal(0, interval.Low);
        Near.Relative(-Math.Log(0.025) / 100, interval.High, 1e-9);
    }
}
