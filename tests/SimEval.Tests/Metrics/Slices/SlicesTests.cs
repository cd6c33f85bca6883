using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Metrics.Slices;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Metrics.Slices;

public class SlicesTests
{
    private static readonly BaselineSource Fp32 = new BaselineSource.Variant("fp32");
    private static readonly ResultPlan Plan = Runs.Plan(8, 6, 10, Runs.Model("fp32"), Runs.Model("int8"));

    private static double Gap(PairKey p) => Plan.PointOf(p.Point).Assignment[0].Value.Number;

    [Fact]
    public void One_parameter_suffices_where_it_alone_parts_the_failures()
    {
        var results = Runs.Set(Plan, (v, p) => [v == "int8" && Gap(p) >= 16 && Runs.Luck(p) < 0.3 ? 1 : 0, 1, 0, 1]);
        var finding = SliceFinder.Find(results, "int8", Fp32, "collision");
        Assert.Equal("gap at least 16 m", finding?.Text);
        Assert.Equal(double.PositiveInfinity, finding!.Bounds[0].High);
        Assert.Equal(16, finding.Bounds[0].Low);
    }

    [Fact]
    public void Failures_spread_over_the_sweep_have_no_place()
    {
        var results = Runs.Set(Plan, (v, p) => [v == "int8" && Runs.Luck(p) < 0.3 ? 1 : 0, 1, 0, 1]);
        Assert.Null(SliceFinder.Find(results, "int8", Fp32, "collision"));
    }

    [Fact]
    public void Few_failures_have_no_place()
    {
        var results = Runs.Set(Plan, (_, _) => [0, 1, 0, 1]);
        Assert.Null(SliceFinder.Find(results, "int8", Fp32, "collision"));
    }

    [Fact]
    public void Without_a_baseline_bad_values_themselves_are_placed()
    {
        var results = Runs.Set(Plan, (_, p) => [0, Gap(p) <= 8 ? 0.2 : 0.9, 0, 1]);
        var finding = SliceFinder.Find(results, "int8", BaselineSource.None, "score");
        Assert.Equal("gap at most 8 m", finding?.Text);
    }

    [Fact]
    public void Grids_hold_every_rollout_and_its_mean()
    {
        var results = Runs.Set(Plan, (v, p) => [Gap(p) <= 8 && v == "int8" ? 1 : 0, 1, 0, 1]);
        var grid = Assert.Single(SliceGrid.Of(results, "collision"));
        Assert.Equal(("gap", "speed"), (grid.X.Name, grid.Y!.Name));
        Assert.Equal(480, grid.Counts[0].Sum());
        Assert.Equal(1, grid.Means[1][0]);
        Assert.Equal(0, grid.Means[1][7]);
        Assert.Equal(0, grid.Means[0][0]);
        Assert.Equal("6 m", grid.X.Bins[0].Label);
        Assert.True(grid.Separation > 0.9);
    }

    [Fact]
    public void The_pair_of_parameters_that_separates_best_comes_first()
    {
        var points = (
            from a in Enumerable.Range(0, 4)
            from b in Enumerable.Range(0, 4)
            from c in Enumerable.Range(0, 4)
            select Runs.Point(("a", a, ""), ("b", b, ""), ("c", c, ""))
        ).ToArray();
        var plan = new ResultPlan(
            Runs.Metrics,
            [Runs.Model("m")],
            points,
            from p in points
            from s in Enumerable.Range(0, 5)
            select new PairKey(p.Key, s)
        );
        var results = Runs.Set(
            plan,
            (_, p) =>
            {
                var at = plan.PointOf(p.Point).Assignment;
                return [at[1].Value.Number >= 2 && at[2].Value.Number >= 2 ? 1 : 0, 1, 0, 1];
            }
        );
        var grids = SliceGrid.Of(results, "collision");
        Assert.Equal(3, grids.Count);
        Assert.Equal(("b", "c"), (grids[0].X.Name, grids[0].Y!.Name));
        Assert.Equal(1, grids[0].Separation, 12);
    }

    [Fact]
    public void A_continuous_parameter_is_cut_into_ten_steps()
    {
        var points = Enumerable.Range(0, 100).Select(i => Runs.Point(("t", Math.Exp(i / 20.0), "s"))).ToArray();
        var plan = new ResultPlan(Runs.Metrics, [Runs.Model("m")], points, points.Select(p => new PairKey(p.Key, 0)));
        var axis = Assert.Single(SliceAxis.Of(plan));
        Assert.Equal(10, axis.Bins.Count);
        Assert.All(
            axis.Bins,
            b => Assert.InRange(points.Count(p => axis.BinOf(p.Key) == axis.Bins.ToList().IndexOf(b)), 9, 11)
        );
        Assert.Equal("1 to 1.64 s", axis.Bins[0].Label);
    }

    [Fact]
    public void Discordant_pairs_come_worst_first()
    {
        var results = Runs.Set(Plan, (v, p) => [0, v == "int8" ? Runs.Luck(p) : 0.5, 0, 1]);
        var pairs = DiscordantPairs.Of(results, "int8", Fp32, "score");
        Assert.Equal(480, pairs.Count);
        Assert.Equal(pairs.OrderByDescending(p => p.Worsening).Select(p => p.Pair), pairs.Select(p => p.Pair));
        Assert.True(pairs[0].Worsening > 0 && pairs[0].Value < pairs[0].Baseline);
        Assert.True(pairs[^1].Worsening < 0);
        Assert.Empty(DiscordantPairs.Of(results, "int8", Fp32, "distance"));
    }

    [Fact]
    public void Files_of_a_suite_are_sorted_by_what_got_worse()
    {
        var points = (
            from file in (string[])["a.xml", "b.xml", "c.xml"]
            select new Point(
                new PointKey(SimEval.Scenarios.Numerics.Hash64.OfText(file)),
                [KeyValuePair.Create("suite", new ParameterValue(double.NaN, file, ""))]
            )
        ).ToArray();
        var plan = new ResultPlan(
            Runs.Metrics,
            [Runs.Model("fp32"), Runs.Model("int8")],
            points,
            from p in points
            from s in Enumerable.Range(0, 4)
            select new PairKey(p.Key, s)
        );
        var results = Runs.Set(
            plan,
            (v, p) => [v == "int8" && p.Point == points[1].Key && p.Seed < 2 ? 1 : 0, 1, 0, 1]
        );
        var rows = SuiteTable.Of(results, Fp32, "collision");
        Assert.Equal(["b.xml", "a.xml", "c.xml"], rows.Select(r => r.File));
        Assert.Equal(0.5, rows[0].Worsening);
        Assert.Equal([0, 0.5], rows[0].Values);
        Assert.Equal([4, 4], rows[0].Counts);
    }

    [Fact]
    public void The_table_of_changes_says_which_way_each_metric_went()
    {
        var results = Runs.Set(
            Plan,
            (v, p) =>
                [
                    v == "int8" && Runs.Luck(p) < 0.2 ? 1 : 0,
                    Math.Min(1, Runs.Luck(p, 2) + (v == "int8" ? 0.1 : 0)),
                    Runs.Luck(p, v == "int8" ? 3UL : 4UL),
                    1,
                ]
        );
        var changes = MetricTable.Changes(results, Fp32, Looking.Once);
        Assert.Equal(
            [ChangeDirection.Worse, ChangeDirection.Better, ChangeDirection.Unclear, ChangeDirection.Unclear],
            changes.Select(c => c.Direction)
        );
        Assert.True(changes[1].VarianceRatio < 0.1 && changes[1].Correlation > 0.9);
        Assert.InRange(changes[2].VarianceRatio, 0.8, 1.2);
        Assert.All(changes, c => Assert.True(double.IsNaN(c.PValue) || c.AdjustedP >= c.PValue));
        var values = MetricTable.Values(results, Looking.Once);
        Assert.Equal(4, values.Count);
        Assert.All(values, row => Assert.Equal(2, row.Count));
    }
}
