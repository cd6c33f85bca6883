using SimEval.Metrics;
using SimEval.Metrics.Gates;
using SimEval.Reports.Build;
using SimEval.Reports.Data;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Reports;

/// <summary>What the page is given: the story of the sample run, found by rules.</summary>
public sealed class ReportBuilderTests
{
    private static readonly ReportInput Input = SampleRun.Input();
    private static readonly ReportData Data = ReportBuilder.Build(Input);

    [Fact]
    public void The_verdict_is_a_sentence_with_the_difference_its_interval_the_allowance_and_the_place()
    {
        Assert.Equal("Fail", Data.Verdict.Status);
        Assert.Equal("Not fit to ship", Data.Verdict.Lead);
        Assert.Contains("int8", Data.Verdict.Headline);
        Assert.Contains("fp32", Data.Verdict.Headline);
        var first = Data.Verdict.Detail[0];
        Assert.Contains("points", first);
        Assert.Contains("interval", first);
        Assert.Contains("allowed +0.5 points", first);
        Assert.Contains("of the rollouts: gap at most", Data.Verdict.Detail[1]);
        Assert.Contains(Data.Verdict.Detail, line => line.StartsWith("Passes: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Verdict.Pass)]
    [InlineData(Verdict.Inconclusive)]
    [InlineData(Verdict.Fail)]
    public void Under_the_headline_what_was_measured_is_told_once(Verdict verdict)
    {
        foreach (var gate in Input.Gates.DistinctBy(g => g.IsDifference))
        {
            var told = ReportBuilder
                .Build(Input with { Verdict = verdict, Gates = [gate with { Verdict = verdict }] })
                .Verdict.Detail;
            Assert.StartsWith($"{gate.Metric.Title}: {(gate.IsDifference ? "from" : "")}", told[0]);
            Assert.Single(told, line => line.Contains("interval", StringComparison.Ordinal));
            Assert.DoesNotContain("(", told[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Failed_gates_come_first()
    {
        var order = Data.Gates.Select(g => g.Verdict).ToArray();

        Assert.Equal("Fail", order[0]);
        Assert.Equal(order.OrderBy(v => Array.IndexOf(["Fail", "Error", "Inconclusive", "Pass"], v)), order);
    }

    [Fact]
    public void The_baseline_is_blue_the_first_candidate_orange_and_the_expert_grey()
    {
        Assert.Equal(
            [("expert", "reference", "#7a828e"), ("fp32", "baseline", "#0072b2"), ("int8", "candidate", "#d55e00")],
            Data.Variants.Select(v => (v.Name, v.Role, v.Colour))
        );
    }

    [Fact]
    public void Outcomes_of_all_classes_sum_to_what_was_planned()
    {
        Assert.Equal(3_600, Data.Method.Planned);
        Assert.Equal(3_600, Data.Method.Outcomes.Sum(o => o.Total));
        Assert.Equal(1, Data.Method.Outcomes.Single(o => o.Name == "Infrastructure error").Total);
        Assert.Contains(Data.Facts, f => f is { Value: "1", Label: "infrastructure error", Alert: true });
    }

    [Fact]
    public void Results_past_the_stop_are_counted_as_discarded()
    {
        var data = ReportBuilder.Build(Input with { PlannedPairs = 1_500, Discarded = 40 });

        Assert.Equal(4_500, data.Method.Planned);
        Assert.Equal(40, data.Method.Outcomes.Single(o => o.Name == "Discarded").Total);
        Assert.Equal(4_500, data.Method.Outcomes.Sum(o => o.Total));
    }

    [Fact]
    public void The_map_counts_every_rollout_once()
    {
        var slices = Data.Slices!;
        var grid = slices.Grids[0];

        Assert.Equal("collision.atFault", Data.Metrics[grid.Metric].Name);
        Assert.Equal(["gap", "speed"], new[] { slices.Axes[grid.X].Name, slices.Axes[grid.Y].Name });
        Assert.Equal([1_200, 1_199, 1_200], grid.Counts.Select(c => c.Sum()));
        Assert.Equal(slices.Axes[grid.X].Bins.Count * slices.Axes[grid.Y].Bins.Count, grid.Means[0].Count);
    }

    [Fact]
    public void Where_failures_are_is_found_and_lies_at_small_gaps_and_high_speeds()
    {
        var finding = Data.Slices!.Findings[0];

        Assert.Equal("int8", Data.Variants[finding.Variant].Name);
        Assert.True(finding.Held >= 0.8);
        Assert.Equal(0, finding.Bounds.Single(b => Data.Slices.Axes[b.Axis].Name == "gap").First);
    }

    [Fact]
    public void The_pair_that_got_worst_is_shown_first_beside_its_baseline()
    {
        var first = Data.Replays.Cases[0];

        Assert.Equal("worst", first.Reason);
        Assert.Equal(["fp32", "int8"], first.Clips.Select(i => Data.Variants[Data.Replays.Clips[i].Variant].Name));
        Assert.Equal("collision", Data.Replays.Clips[first.Clips[1]].Ending);
        Assert.Contains("hits car 1", first.Note);
        Assert.Matches("[Ss]core [0-9.]+ and [0-9.]+\\.$", first.Note);
        Assert.Contains(Data.Replays.Cases, c => c.Reason == "typical");
    }

    [Fact]
    public void Every_rollout_of_the_tables_first_page_can_be_watched()
    {
        var order = new[] { SampleRun.Collision, SampleRun.Score };
        var worst = Input
            .Results.Counted()
            .OrderByDescending(r => r.Values[order[0]])
            .ThenBy(r => (float)r.Values[order[1]])
            .ThenBy(r => (float)r.Values[SampleRun.TimeToCollision])
            .First();

        Assert.Contains(Data.Replays.Clips, c => c.Rollout == worst.Key.ToString());
        Assert.True(Data.Replays.Clips.Count(c => c.Ending == "collision") >= ReplayWorst);
    }

    [Fact]
    public void Replays_that_are_left_out_are_counted()
    {
        Assert.Equal(3_600 - Data.Replays.Clips.Count, Data.Replays.LeftOut);
        Assert.Equal(Data.Replays.Clips.Count, Data.Replays.Clips.Select(c => c.Rollout).Distinct().Count());
        Assert.Single(Data.Replays.Backdrops);
    }

    [Fact]
    public void Only_wanted_replays_are_asked_for()
    {
        var asked = new List<RolloutKey>();
        var input = Input with
        {
            Replay = key =>
            {
                asked.Add(key);
                return Input.Replay(key);
            },
        };

        ReportBuilder.Build(input);

        Assert.Equal(ReportBuilder.Wanted(input), asked);
    }

    [Fact]
    public void Without_a_baseline_the_worst_rollouts_are_shown_beside_the_experts()
    {
        var data = ReportBuilder.Build(SampleRun.Input(seeds: 3, withBaseline: false));

        Assert.Empty(data.Changes);
        Assert.Equal("expert", data.Variants[data.Replays.Clips[data.Replays.Cases[0].Clips[0]].Variant].Name);
        Assert.Equal(-1, data.Gates[0].Baseline);
        Assert.False(data.Gates[0].IsDifference);
    }

    [Fact]
    public void Without_gates_there_is_no_verdict_and_without_a_sweep_no_map()
    {
        var data = ReportBuilder.Build(SampleRun.Input(seeds: 4, withGates: false, swept: false));

        Assert.Equal("None", data.Verdict.Status);
        Assert.Null(data.Slices);
        Assert.Empty(data.Gates);
        Assert.Equal(12, data.Rollouts.Count);
    }

    [Fact]
    public void A_run_that_the_clock_ended_decides_nothing_and_says_so()
    {
        var data = ReportBuilder.Build(Input with { Verdict = Verdict.Inconclusive, TimedOut = true });

        Assert.Equal("Not decided", data.Verdict.Lead);
        Assert.Contains("wall time", data.Verdict.Headline);
    }

    [Fact]
    public void Curves_rise_to_one_and_keep_their_ends()
    {
        foreach (var distribution in Data.Distributions)
        {
            foreach (var curve in distribution.Curves)
            {
                Assert.True(curve.X.Count <= 220);
                Assert.Equal(curve.X.Order(), curve.X);
                Assert.Equal(curve.P.Order(), curve.P);
                Assert.Equal(1, curve.P[^1], 12);
                var values = Values(curve.Variant, distribution.Metric);
                Assert.Equal(values.Min(), curve.X[0]);
                Assert.Equal(values.Max(), curve.X[^1]);
                Assert.Equal(values.Length, curve.Count);
            }
        }
    }

    [Fact]
    public void What_lies_in_every_curve_is_the_share_of_rollouts_at_or_below()
    {
        var curve = Data.Distributions.First(d => d.Metric == SampleRun.Score).Curves[2];
        var values = Values(2, SampleRun.Score);

        for (var i = 0; i < curve.X.Count; i++)
            Assert.Equal((double)values.Count(v => v <= curve.X[i]) / values.Length, curve.P[i], 12);
    }

    private const int ReplayWorst = 12;

    private static double[] Values(int variant, int metric) =>
        [
            .. Enumerable
                .Range(0, Input.Results.Plan.Pairs.Count)
                .Select(pair => Input.Results[variant, pair]!)
                .Where(r => r.Outcome == RolloutOutcome.Completed)
                .Select(r => r.Values[metric]),
        ];
}
