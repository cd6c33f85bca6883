using FsCheck;
using FsCheck.Fluent;
using SimEval.Metrics;
using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Metrics.Statistics;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Metrics.Gates;

public class GateEvaluatorTests
{
    private static readonly BaselineSource Fp32 = new BaselineSource.Variant("fp32");
    private static readonly ResultPlan Plan = Runs.Plan(6, 5, 10, Runs.Model("fp32"), Runs.Model("int8"));

    // int8 fails where fp32 does, and with more chance besides.
    private static double[] Worse(string variant, PairKey pair, double extra)
    {
        var hit = Runs.Luck(pair) < 0.02 || (variant == "int8" && Runs.Luck(pair, 1) < extra) ? 1.0 : 0.0;
        var score = Math.Clamp(0.8 + (0.2 * Runs.Luck(pair, 2)) - (0.4 * hit), 0, 1);
        return [hit, score, 3 * Runs.Luck(pair, 3), 1 - hit];
    }

    private static GateResult Judge(GateSpec gate, ResultSet results, BaselineSource? baseline = null) =>
        Assert.Single(GateEvaluator.Evaluate([gate], results, baseline ?? Fp32, Looking.Once));

    [Theory]
    [InlineData(0.10, Verdict.Fail)]
    [InlineData(0.02, Verdict.Inconclusive)]
    [InlineData(0.0, Verdict.Pass)]
    public void A_paired_gate_decides_by_where_the_interval_lies(double extra, Verdict expected)
    {
        var gate = Runs.Gate("collision", GateKind.NoWorseBy, 0.02);
        var result = Judge(gate, Runs.Set(Plan, (v, p) => Worse(v, p, extra)));
        Assert.Equal(expected, result.Verdict);
        Assert.Equal("int8", result.Variant);
        Assert.Equal("fp32", result.Baseline);
        Assert.True(result.IsDifference);
        Assert.Equal(0.02, result.Line);
        Assert.True(result.ForbiddenAbove);
        Assert.Equal(300, result.Decides.Count);
        Assert.True(result.Decides.Interval.Contains(result.Decides.Value));
    }

    [Fact]
    public void Builds_that_do_the_same_have_the_same_intervals_however_many_questions_there_are()
    {
        var plan = Runs.Plan(
            6,
            5,
            10,
            Runs.Model("fp32"),
            Runs.Model("int8"),
            Runs.Model("other"),
            Runs.Model("int8-g1")
        );
        var results = Runs.Set(
            plan,
            (v, p) => Worse(v.StartsWith("int8", StringComparison.Ordinal) ? "int8" : v, p, 0.01)
        );
        var judged = GateEvaluator.Evaluate(
            [Runs.Gate("score", GateKind.NoWorseBy, 0.05)],
            results,
            Fp32,
            Looking.Once
        );
        Assert.Equal(["int8", "other", "int8-g1"], judged.Select(gate => gate.Variant));
        Assert.Equal(judged[0].Decides.Interval, judged[2].Decides.Interval);
        Assert.Equal(judged[0].Verdict, judged[2].Verdict);
    }

    [Fact]
    public void A_clustered_rate_is_bounded_with_its_effective_number_of_rollouts()
    {
        // All seeds of a point agree: 300 rollouts say what 30 would.
        var results = Runs.Set(Plan, (_, p) => [Runs.Luck(p with { Seed = 0 }) < 0.3 ? 1 : 0, 0.5, 1, 1]);
        var result = Judge(Runs.Gate("collision", GateKind.AtMost, 0.5), results);
        var values = Enumerable.Range(0, 300).Select(i => results[1, i]!.Values[0]).ToArray();
        var mean = ClusteredMean.Of(values, [.. Plan.Clusters]);
        var ratio = mean.Cr1Error / mean.NaiveError;
        Assert.Equal(300 / (ratio * ratio), result.Decides.Effective, 9);
        Assert.InRange(result.Decides.Effective, 25, 32);
        var wilson = Proportions.Wilson(mean.Mean * result.Decides.Effective, result.Decides.Effective, 0.05);
        Assert.Equal(wilson.High, result.Decides.Interval.High, 9);
        Assert.Equal(30, result.Decides.Clusters);
    }

    [Fact]
    public void A_clustered_paired_rate_takes_the_cluster_robust_t_interval()
    {
        var results = Runs.Set(Plan, (v, p) => Worse(v, p, 0.05));
        var result = Judge(Runs.Gate("collision", GateKind.NoWorseBy, 0.02), results);
        var differences = Enumerable
            .Range(0, 300)
            .Select(i => results[1, i]!.Values[0] - results[0, i]!.Values[0])
            .ToArray();
        var expected = ClusteredMean.Of(differences, [.. Plan.Clusters]).At(0.05);
        Assert.Equal(expected.Low, result.Decides.Interval.Low, 12);
        Assert.Equal(expected.High, result.Decides.Interval.High, 12);
    }

    [Fact]
    public void An_unclustered_paired_rate_takes_Newcombes_interval()
    {
        var plan = Runs.Plan(20, 15, 1, Runs.Model("fp32"), Runs.Model("int8"));
        var results = Runs.Set(plan, (v, p) => Worse(v, p, 0.05));
        var result = Judge(Runs.Gate("collision", GateKind.NoWorseBy, 0.02), results);
        int both = 0,
            mine = 0,
            theirs = 0;
        for (var i = 0; i < 300; i++)
        {
            var (a, b) = (results[1, i]!.Values[0] > 0, results[0, i]!.Values[0] > 0);
            both += a && b ? 1 : 0;
            mine += a && !b ? 1 : 0;
            theirs += b && !a ? 1 : 0;
        }

        var expected = PairedProportions.Newcombe(both, mine, theirs, 300 - both - mine - theirs, 0.05);
        Assert.Equal(expected, result.Decides.Interval);
    }

    [Fact]
    public void One_point_only_makes_its_seeds_independent()
    {
        var plan = Runs.Plan(1, 1, 200, Runs.Model("fp32"), Runs.Model("int8"));
        var result = Judge(Runs.Gate("collision", GateKind.AtMost, 0.5), Runs.Set(plan, (v, p) => Worse(v, p, 0.1)));
        Assert.Equal(Verdict.Pass, result.Verdict);
        Assert.Equal(200, result.Decides.Effective);
    }

    [Fact]
    public void Equal_variants_pass_a_margin_that_the_number_of_pairs_can_show()
    {
        GateSpec[] gates =
        [
            Runs.Gate("collision", GateKind.NoWorseBy, 0.05),
            Runs.Gate("score", GateKind.NoWorseBy, 0.05),
            Runs.Gate("distance", GateKind.NoWorseBy, 0.1),
        ];
        var results = GateEvaluator.Evaluate(gates, Runs.Set(Plan, (_, p) => Worse("fp32", p, 0)), Fp32, Looking.Once);
        Assert.All(results, r => Assert.Equal(Verdict.Pass, r.Verdict));
        Assert.All(results.Take(2), r => Assert.True(r.Decides.Interval.Low < r.Decides.Interval.High));
        Assert.False(results[2].Decides.Interval.IsDefined);
        Assert.Contains("No difference in any of 300 pairs", results[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_equal_rollouts_decide_nothing()
    {
        var plan = Runs.Plan(5, 1, 2, Runs.Model("fp32"), Runs.Model("int8"));
        var results = Runs.Set(plan, (_, _) => [0, 1, 0, 1]);
        Assert.Equal(Verdict.Inconclusive, Judge(Runs.Gate("distance", GateKind.AtMost, 1), results).Verdict);
        Assert.Equal(Verdict.Inconclusive, Judge(Runs.Gate("collision", GateKind.AtMost, 0.01), results).Verdict);
    }

    [Fact]
    public void A_rate_of_zero_cannot_be_shown_and_the_reason_says_so()
    {
        var result = Judge(Runs.Gate("collision", GateKind.AtMost, 0), Runs.Set(Plan, (_, _) => [0, 1, 0, 1]));
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.Contains("No number of rollouts", result.Reason, StringComparison.Ordinal);
        Assert.NotNull(GateRules.Check(result.Gate, result.Metric));
    }

    [Fact]
    public void Infrastructure_errors_beyond_the_allowance_make_Error_and_never_a_pass()
    {
        var all = Runs.All(Plan, (v, p) => Worse(v, p, 0));
        var broken = all.Select(
            (r, i) => i % 20 == 0 ? r with { Outcome = RolloutOutcome.InfrastructureError, Values = [] } : r
        );
        var result = Judge(Runs.Gate("collision", GateKind.AtMost, 0.5), Runs.Set(Plan, broken));
        Assert.Equal(Verdict.Error, result.Verdict);
        Assert.Contains("infrastructure", result.Reason, StringComparison.Ordinal);
        Assert.Equal(300, result.Outcomes.Counted + result.Outcomes.InfrastructureErrors);
    }

    [Fact]
    public void A_gate_without_a_baseline_is_an_Error()
    {
        var results = Runs.Set(Plan, (v, p) => Worse(v, p, 0));
        var judged = GateEvaluator.Evaluate(
            [Runs.Gate("collision", GateKind.NoWorseBy, 0.02)],
            results,
            BaselineSource.None,
            Looking.Once
        );
        Assert.All(judged, r => Assert.Equal(Verdict.Error, r.Verdict));
    }

    [Fact]
    public void Another_run_pairs_by_point_and_seed_and_by_the_name_of_the_variant()
    {
        var before = Runs.Set(Runs.Plan(6, 5, 4, Runs.Model("int8")), (_, p) => Worse("fp32", p, 0));
        var now = Runs.Set(Plan, (v, p) => Worse(v, p, 0.3));
        var judged = GateEvaluator.Evaluate(
            [Runs.Gate("collision", GateKind.NoWorseBy, 0.02)],
            now,
            new BaselineSource.Run(before, "run 12"),
            Looking.Once
        );
        Assert.Equal(["fp32", "int8"], judged.Select(r => r.Variant));
        Assert.Equal(Verdict.Error, judged[0].Verdict);
        Assert.Equal(Verdict.Fail, judged[1].Verdict);
        Assert.Equal("int8 of run 12", judged[1].Baseline);
        Assert.Equal(120, judged[1].Decides.Count);
    }

    [Fact]
    public void A_stop_by_wall_time_decides_nothing()
    {
        var judged = GateEvaluator.Evaluate(
            [Runs.Gate("collision", GateKind.AtMost, 0.5)],
            Runs.Set(Plan, (v, p) => Worse(v, p, 0)),
            Fp32,
            Looking.Once,
            EndedBy.WallTime
        );
        Assert.All(judged, r => Assert.Equal(Verdict.Inconclusive, r.Verdict));
    }

    [Theory]
    [InlineData(EndedBy.WallTime, Verdict.Inconclusive)]
    [InlineData(EndedBy.Plan, Verdict.Error)]
    public void Where_nothing_ran_it_counts_whether_the_time_was_up(EndedBy ended, Verdict verdict)
    {
        var nothing = Runs.Set(Plan, []);
        var judged = GateEvaluator.Evaluate(
            [Runs.Gate("collision", GateKind.AtMost, 0.5), Runs.Gate("score", GateKind.NoWorseBy, 0.1)],
            nothing,
            Fp32,
            Looking.Once,
            ended
        );
        Assert.All(judged, r => Assert.Equal(verdict, r.Verdict));
    }

    [Fact]
    public void Missing_values_are_stated_and_too_many_of_them_stop_a_pass()
    {
        var results = Runs.Set(
            Plan,
            (v, p) =>
            {
                var values = Worse(v, p, 0);
                values[Runs.Distance] = Runs.Luck(p, 9) < 0.3 ? double.NaN : values[Runs.Distance];
                return values;
            }
        );
        var result = Judge(Runs.Gate("distance", GateKind.AtMost, 100), results);
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.InRange(result.Decides.Missing, 60, 120);
        Assert.Equal(300, result.Decides.Missing + result.Decides.Count);
    }

    [Theory]
    [InlineData("collision", GateKind.AtMost, 0.3)]
    [InlineData("collision", GateKind.NoWorseBy, 0.05)]
    [InlineData("goal", GateKind.AtLeast, 0.7)]
    [InlineData("score", GateKind.AtLeast, 0.8)]
    [InlineData("score", GateKind.NoWorseBy, 0.02)]
    [InlineData("distance", GateKind.AtMost, 1.6)]
    [InlineData("distance", GateKind.NoWorseBy, 0.2)]
    [InlineData("distance", GateKind.AtMost, 2.95, GateStatistic.P95)]
    public void A_crash_never_helps_the_model(
        string metric,
        GateKind kind,
        double threshold,
        GateStatistic statistic = GateStatistic.Mean
    )
    {
        var gate = Runs.Gate(metric, kind, threshold, statistic);
        var all = Runs.All(Plan, (v, p) => Worse(v, p, 0.03));
        foreach (var crashes in (int[])[1, 3, 30, 150])
        {
            var crashed = all.Select(
                    (r, i) => i >= 300 && i < 300 + crashes ? r with { Outcome = RolloutOutcome.ModelFailed } : r
                )
                .ToArray();
            var before = Judge(gate, Runs.Set(Plan, all));
            var after = Judge(gate, Runs.Set(Plan, crashed));
            Assert.True(before.Verdict == Verdict.Pass || after.Verdict != Verdict.Pass);
            Assert.True(before.Verdict != Verdict.Fail || after.Verdict != Verdict.Pass);
            if (metric == "distance" && statistic == GateStatistic.Mean)
                Assert.NotEqual(Verdict.Pass, after.Verdict);
            Assert.Equal(crashes, after.Outcomes.ModelFailed);
        }
    }

    [Fact]
    public void Intervals_agree_with_the_corrected_p_values()
    {
        var cases =
            from extra in Gen.Choose(0, 120)
            from lines in Gen.Choose(1, 80).ArrayOf(5)
            select (extra / 1000.0, lines);
        Prop.ForAll(
                cases.ToArbitrary(),
                c =>
                {
                    var results = Runs.Set(Plan, (v, p) => Worse(v, p, c.Item1));
                    var gates = c
                        .lines.Select(
                            (line, i) =>
                                Runs.Gate(
                                    i % 2 == 0 ? "collision" : "score",
                                    i % 3 == 0 ? GateKind.NoWorseBy
                                        : i % 2 == 0 ? GateKind.AtMost
                                        : GateKind.AtLeast,
                                    i % 3 != 0 && i % 2 == 1 ? 0.84 + (line / 1000.0) : line / 1000.0
                                )
                        )
                        .ToArray();
                    foreach (var g in GateEvaluator.Evaluate(gates, results, Fp32, Looking.Once))
                    {
                        var decided = g.Verdict is Verdict.Pass or Verdict.Fail;
                        Assert.Equal(decided, g.AdjustedP <= 0.05);
                        Assert.Equal(decided, !g.Decides.Interval.Contains(g.Line));
                        Assert.True(g.AdjustedP >= g.PValue);
                        Assert.True(g.Decides.Interval.Contains(g.Decides.Value));
                        Assert.True(g.Decides.Interval.Low <= g.Uncorrected.Interval.Low + 1e-12);
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(15));
    }

    [Fact]
    public void Results_do_not_depend_on_the_order_in_which_they_came()
    {
        GateSpec[] gates =
        [
            Runs.Gate("collision", GateKind.NoWorseBy, 0.02),
            Runs.Gate("score", GateKind.AtLeast, 0.8),
            Runs.Gate("distance", GateKind.NoWorseBy, 0.5, GateStatistic.P95),
        ];
        var all = Runs.All(Plan, (v, p) => Worse(v, p, 0.04));
        var expected = GateEvaluator.Evaluate(gates, Runs.Set(Plan, all), Fp32, Looking.Once);
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
                seed =>
                {
                    var shuffled = all.OrderBy(r => Runs.Luck(r.Key.Pair, (ulong)seed)).ThenBy(r => r.Key.Variant);
                    var set = Runs.Set(Plan, shuffled);
                    Assert.Equal(expected, GateEvaluator.Evaluate(gates, set, Fp32, Looking.Once));
                    Assert.Equal(ResultsHash.Of(Runs.Set(Plan, all)), ResultsHash.Of(set));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3));
    }

    [Theory]
    [InlineData("collision")]
    [InlineData("score")]
    [InlineData("distance")]
    public void Comparing_the_other_way_round_mirrors_the_interval(string metric)
    {
        var results = Runs.Set(Plan, (v, p) => Worse(v, p, 0.05));
        var there = Judge(Runs.Gate(metric, GateKind.NoWorseBy, 0.02), results);
        var back = Judge(
            Runs.Gate(metric, GateKind.NoWorseBy, 0.02, variants: ["fp32"]),
            results,
            new BaselineSource.Variant("int8")
        );
        Assert.Equal(there.Decides.Value, -back.Decides.Value, 12);
        if (there.Decides.Interval.IsDefined)
        {
            Assert.Equal(there.Decides.Interval.Low, -back.Decides.Interval.High, 12);
            Assert.Equal(there.Decides.Interval.High, -back.Decides.Interval.Low, 12);
        }
    }

    [Fact]
    public void A_percentile_that_the_sample_cannot_bound_is_said_to_be_unbounded()
    {
        var plan = Runs.Plan(10, 10, 1, Runs.Model("fp32"), Runs.Model("int8"));
        var result = Judge(
            Runs.Gate("distance", GateKind.AtMost, 10, GateStatistic.P99),
            Runs.Set(plan, (v, p) => Worse(v, p, 0))
        );
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.False(result.Decides.Interval.IsBounded);
        Assert.Contains("unbounded", result.Reason, StringComparison.Ordinal);
    }
}
