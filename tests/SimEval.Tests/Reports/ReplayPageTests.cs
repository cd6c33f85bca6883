using SimEval.Reports.Build;
using SimEval.Reports.Data;
using Xunit;

namespace SimEval.Tests.Reports;

/// <summary>The page of a single replay.</summary>
public sealed class ReplayPageTests
{
    [Fact]
    public void A_replay_that_matches_says_so_with_its_number_of_frames()
    {
        var data = ReplayPageBuilder.Build(Input());

        Assert.Equal(ReportKind.Replay, data.Kind);
        Assert.Equal("Replay matches", data.Verdict.Lead);
        Assert.Contains("100 frames", data.Verdict.Headline);
        Assert.Equal("asked", Assert.Single(data.Replays.Cases).Reason);
    }

    [Fact]
    public void A_replay_that_differs_names_the_first_frame()
    {
        var data = ReplayPageBuilder.Build(Input() with { Matched = 31, FirstMismatch = 31 });

        Assert.Equal("Fail", data.Verdict.Status);
        Assert.Contains("frame 31", data.Verdict.Headline);
    }

    [Fact]
    public void A_departure_is_told_and_marked()
    {
        var departure = new ReportDeparture(31, 3.1, "fc2", "3 quanta");

        var data = ReplayPageBuilder.Build(Input() with { Against = "int8", Departure = departure });

        Assert.Contains("int8 departs at frame 31 (3.1 s), layer fc2: 3 quanta.", data.Verdict.Detail);
        Assert.Equal(departure, data.Replays.Cases[0].Departure);
    }

    private static ReplayInput Input()
    {
        var sample = SampleRun.Input(seeds: 1, withGates: false);
        var result = sample.Results.Counted().First(r => r.Key.Variant == "fp32");
        return new ReplayInput
        {
            Run = sample.Run,
            Scenario = sample.Scenario,
            Plan = sample.Results.Plan,
            Rollouts = [new ReplayedRollout(result, sample.Replay(result.Key)!)],
            Frames = 100,
            Matched = 100,
        };
    }
}
