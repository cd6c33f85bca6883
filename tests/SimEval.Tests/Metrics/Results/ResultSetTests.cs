using SimEval.Metrics;
using SimEval.Metrics.Results;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Metrics.Results;

public class ResultSetTests
{
    private static readonly ResultPlan Plan = Runs.Plan(3, 2, 4, Runs.Model("a"), Runs.Model("b"));

    private static double[] Values(string variant, PairKey pair) => [0, Runs.Luck(pair), variant.Length, 1];

    [Fact]
    public void Pairs_stand_in_the_order_of_their_hash()
    {
        Assert.Equal(24, Plan.Pairs.Count);
        Assert.Equal(Plan.Pairs.OrderBy(p => p.Order), Plan.Pairs);
    }

    [Fact]
    public void The_same_result_again_changes_nothing_and_another_one_is_refused()
    {
        var set = new ResultSet(Plan);
        var result = Runs.Result("a", Plan.Pairs[0], [0, 0.5, double.NaN, 1]);
        Assert.True(set.Add(result));
        Assert.True(set.Add(result with { }));
        Assert.Equal(1, set.Count);
        Assert.Throws<ArgumentException>(() => set.Add(result with { Checksum = 1 }));
        Assert.Throws<ArgumentException>(() => set.Add(Runs.Result("a", Plan.Pairs[1], [0])));
    }

    [Fact]
    public void A_result_that_ran_replaces_an_infrastructure_error_in_any_order()
    {
        var ran = Runs.Result("a", Plan.Pairs[0], [0, 0.5, 1, 1]);
        var error = ran with { Outcome = RolloutOutcome.InfrastructureError, Values = [], Checksum = 0 };
        Assert.Same(ran, Runs.Set(Plan, [error, ran])[0, 0]);
        Assert.Same(ran, Runs.Set(Plan, [ran, error])[0, 0]);
    }

    [Fact]
    public void What_is_not_planned_is_not_counted()
    {
        var set = new ResultSet(Plan);
        Assert.False(set.Add(Runs.Result("expert", Plan.Pairs[0], [0, 0, 0, 0])));
        Assert.False(set.Add(Runs.Result("a", Plan.Pairs[0] with { Seed = 99 }, [0, 0, 0, 0])));
        Assert.Equal(0, set.Count);
    }

    [Fact]
    public void Every_planned_rollout_is_in_exactly_one_class()
    {
        var outcomes = Enum.GetValues<RolloutOutcome>();
        var results = Runs.All(Plan, Values)
            .Select((r, i) => r with { Outcome = outcomes[i % outcomes.Length] })
            .Where((_, i) => i % 7 != 3);
        var counts = Runs.Set(Plan, results).CountAll();
        Assert.Equal(
            48,
            counts.Completed
                + counts.ModelFailed
                + counts.InfrastructureErrors
                + counts.Cancelled
                + counts.Discarded
                + counts.Missing
        );
    }

    [Fact]
    public void Complete_pairs_count_the_prefix_only()
    {
        var all = Runs.All(Plan, Values);
        var hole = Plan.Pairs[5];
        var set = Runs.Set(Plan, all.Where(r => r.Key.Pair != hole || r.Key.Variant != "b"));
        Assert.Equal(5, set.CompletePairs);
        Assert.False(set.IsComplete);
        set.Add(all.Single(r => r.Key.Pair == hole && r.Key.Variant == "b"));
        Assert.True(set.IsComplete);
        Assert.Equal(10, set.Prefix(5).Count);
    }

    [Fact]
    public void The_hash_changes_with_anything_that_counts_and_with_nothing_else()
    {
        var all = Runs.All(Plan, Values);
        var hash = ResultsHash.Of(Runs.Set(Plan, all));
        Assert.Equal(64, hash.Length);
        Assert.Equal(hash, ResultsHash.Of(Runs.Set(Plan, all.AsEnumerable().Reverse())));
        Assert.Equal(hash, ResultsHash.Of(Runs.Set(Plan, all.Select(r => r with { Ending = "goal", Detail = "x" }))));
        Assert.NotEqual(hash, Changed(r => r with { Checksum = r.Checksum + 1 }));
        Assert.NotEqual(hash, Changed(r => r with { Values = [0, 0, -0.0, 1] }));
        Assert.NotEqual(hash, Changed(r => r with { Outcome = RolloutOutcome.InfrastructureError }));

        string Changed(Func<RolloutResult, RolloutResult> change) =>
            ResultsHash.Of(Runs.Set(Plan, all.Select((r, i) => i == 17 ? change(r) : r)));
    }

    [Fact]
    public void The_hash_of_nothing_is_that_of_no_bytes() =>
        Assert.Equal(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ResultsHash.Of(new ResultSet(Plan))
        );

    [Fact]
    public void Seeds_cluster_by_point_and_points_by_file()
    {
        Assert.Equal(ClusterUnit.Point, Plan.Unit);
        Assert.Equal(6, Plan.Clusters.Distinct().Count());
        var points = (
            from file in (string[])["a.xml", "b.xml"]
            from problem in (string[])["1", "2", "3"]
            select new Point(
                new PointKey(SimEval.Scenarios.Numerics.Hash64.OfText(file + problem)),
                [KeyValuePair.Create("suite", new ParameterValue(double.NaN, $"{file}#{problem}", ""))]
            )
        ).ToArray();
        var suite = new ResultPlan(Runs.Metrics, [Runs.Model("a")], points, points.Select(p => new PairKey(p.Key, 0)));
        Assert.Equal(ClusterUnit.File, suite.Unit);
        Assert.Equal(2, suite.Clusters.Distinct().Count());
        Assert.Equal(ClusterUnit.Rollout, Runs.Plan(1, 1, 5, Runs.Model("a")).Unit);
    }
}
