using FsCheck;
using FsCheck.Fluent;
using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Metrics.Gates;

public class StoppingRuleTests
{
    private static readonly EarlyStopping Five = new(true, [0.2, 0.4, 0.6, 0.8]);
    private static readonly BaselineSource Fp32 = new BaselineSource.Variant("fp32");
    private static readonly ResultPlan Plan = Runs.Plan(10, 10, 10, Runs.Model("fp32"), Runs.Model("int8"));

    private static double[] Values(string variant, PairKey pair, double extra) =>
        [
            Runs.Luck(pair) < 0.02 || (variant == "int8" && Runs.Luck(pair, 1) < extra) ? 1 : 0,
            Runs.Luck(pair, 2),
            Runs.Luck(pair, 3),
            1,
        ];

    [Fact]
    public void Looks_are_declared_shares_of_the_pairs_and_the_end()
    {
        Assert.Equal([200, 400, 600, 800, 1000], StoppingRule.Looks(Five, 1000));
        Assert.Equal([1, 2, 3], StoppingRule.Looks(Five, 3));
        Assert.Equal([1000], StoppingRule.Looks(new EarlyStopping(false, [0.5]), 1000));
    }

    [Fact]
    public void A_clear_failure_stops_at_the_first_look()
    {
        var results = Runs.Set(Plan, (v, p) => Values(v, p, 0.3));
        var decision = StoppingRule.AtLook(Five, 0, [Runs.Gate("collision", GateKind.NoWorseBy, 0.02)], results, Fp32);
        Assert.True(decision.Stop);
        Assert.Equal(Verdict.Fail, decision.Verdict);
        Assert.Equal(200, decision.Pairs);
        Assert.Equal("Stopped at look 1 of 5 (200 of 1,000 pairs): the one question is decided.", decision.Sentence);
    }

    [Fact]
    public void An_open_question_goes_on_and_ends_Inconclusive()
    {
        var results = Runs.Set(Plan, (v, p) => Values(v, p, 0.02));
        GateSpec[] gates = [Runs.Gate("collision", GateKind.NoWorseBy, 0.02)];
        for (var look = 0; look < 4; look++)
            Assert.False(StoppingRule.AtLook(Five, look, gates, results, Fp32).Stop);
        var end = StoppingRule.AtLook(Five, 4, gates, results, Fp32);
        Assert.True(end.Stop);
        Assert.Equal(Verdict.Inconclusive, end.Verdict);
    }

    [Fact]
    public void What_lies_past_a_look_does_not_change_it()
    {
        GateSpec[] gates =
        [
            Runs.Gate("collision", GateKind.NoWorseBy, 0.02),
            Runs.Gate("score", GateKind.AtLeast, 0.4),
            Runs.Gate("distance", GateKind.NoWorseBy, 0.1, GateStatistic.P95),
        ];
        var all = Runs.All(Plan, (v, p) => Values(v, p, 0.05));
        var whole = Runs.Set(Plan, all);
        var expected = StoppingRule.AtLook(Five, 1, gates, whole, Fp32);
        Prop.ForAll(
                Gen.Choose(0, 1_000_000).ToArbitrary(),
                seed =>
                {
                    var some = Runs.Set(
                        Plan,
                        all.Where(r => Plan.PairOf(r.Key.Pair) < 400 || Runs.Luck(r.Key.Pair, (ulong)seed) < 0.5)
                            .OrderBy(r => Runs.Luck(r.Key.Pair, (ulong)seed + 1))
                    );
                    var decision = StoppingRule.AtLook(Five, 1, gates, some, Fp32);
                    Assert.Equal(expected.Gates, decision.Gates);
                    Assert.Equal(expected.Stop, decision.Stop);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5));
    }

    [Fact]
    public void A_look_needs_all_of_its_pairs()
    {
        var some = Runs.Set(Plan, Runs.All(Plan, (v, p) => Values(v, p, 0)).Skip(1));
        Assert.Throws<ArgumentException>(() =>
            StoppingRule.AtLook(Five, 0, [Runs.Gate("collision", GateKind.AtMost, 0.1)], some, Fp32)
        );
    }

    [Fact]
    public void Looking_five_times_rejects_a_true_hypothesis_rarely()
    {
        // int8 is worse by exactly the margin: any decision is an error.
        const int runs = 60;
        var plan = Runs.Plan(20, 10, 1, Runs.Model("fp32"), Runs.Model("int8"));
        var wrong = 0;
        for (var run = 0; run < runs; run++)
        {
            var stream = (ulong)(1000 + run);
            var results = Runs.Set(
                plan,
                (v, p) =>
                    [v == "int8" && Runs.Luck(p, stream) < 0.1 ? 1 : 0, v == "int8" ? Runs.Luck(p, stream) : 0.5, 0, 1]
            );
            GateSpec[] gates = [Runs.Gate("collision", GateKind.NoWorseBy, 0.1)];
            for (var look = 0; look < 5; look++)
            {
                var decision = StoppingRule.AtLook(Five, look, gates, results, Fp32);
                if (decision.Verdict is Verdict.Pass or Verdict.Fail)
                {
                    wrong++;
                    break;
                }
            }
        }

        Assert.True(wrong / (double)runs <= 0.05, $"{wrong} of {runs}");
    }
}
