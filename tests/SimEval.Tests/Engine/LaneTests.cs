using SimEval.Engine.Rollouts;
using SimEval.Scenarios;
using Xunit;

namespace SimEval.Tests.Engine;

public sealed class LaneTests
{
    private readonly List<TaskCompletionSource> flushes = [];

    [Fact]
    public void A_lane_waits_for_the_store_and_goes_on_once_it_has_caught_up()
    {
        using var lane = CreateLane(outstanding: 2);
        lane.Add(Work(rollouts: 20), "expert");
        while (!lane.IsHeldBack)
            lane.Turn();
        Assert.Equal(2, flushes.Count);
        flushes[0].SetResult();
        Assert.False(lane.IsHeldBack);
        while (!lane.IsHeldBack)
            lane.Turn();
        Assert.Equal(3, flushes.Count);
    }

    [Fact]
    public async Task A_flush_that_failed_is_not_passed_over()
    {
        using var lane = CreateLane(outstanding: 2);
        lane.Add(Work(rollouts: 20), "expert");
        while (flushes.Count == 0)
            lane.Turn();
        flushes[0].SetException(new IOException("disk full"));
        Assert.True(lane.IsHeldBack);
        Assert.Equal("disk full", (await Assert.ThrowsAsync<IOException>(lane.OldestFlush)).Message);
    }

    [Fact]
    public void A_lane_that_has_run_everything_is_idle()
    {
        using var lane = CreateLane(outstanding: 100);
        lane.Add(Work(rollouts: 20), "expert");
        for (var turn = 0; turn < 1000 && !lane.IsIdle; turn++)
            lane.Turn();
        Assert.True(lane.IsIdle);
        Assert.Equal(20 * 30, lane.FramesNow);
    }

    [Fact]
    public void Two_lanes_that_share_a_cohort_run_each_member_once()
    {
        using var one = CreateLane(outstanding: 100);
        using var other = CreateLane(outstanding: 100);
        var work = Work(rollouts: 21);
        one.Add(work, "expert");
        other.Add(work, "expert");
        for (var turn = 0; turn < 1000 && !(one.IsIdle && other.IsIdle); turn++)
        {
            one.Turn();
            other.Turn();
        }

        Assert.True(one.IsIdle && other.IsIdle);
        Assert.True(one.FramesNow > 0 && other.FramesNow > 0);
        Assert.Equal(21 * 30, one.FramesNow + other.FramesNow);
    }

    private Lane CreateLane(int outstanding) =>
        new(
            new LaneLimits(
                Window: 2,
                Cohorts: 1,
                FlushEnded: 2,
                FlushInterval: TimeSpan.FromHours(1),
                CheckpointFrames: 1000,
                OutstandingFlushes: outstanding
            ),
            (_, _) => throw new InvalidOperationException("no model here"),
            _ =>
            {
                flushes.Add(new TaskCompletionSource());
                return flushes[^1].Task;
            },
            TimeProvider.System
        );

    private static CohortWork Work(int rollouts)
    {
        var world = new ToyWorld(noise: 0.1, horizon: 30);
        var point = new PointKey(1);
        return new CohortWork(
            0,
            new MemberQueue([
                .. Enumerable
                    .Range(0, rollouts)
                    .Select(seed => new Member(new RolloutKey("expert", point, seed), null)),
            ]),
            _ => world,
            ScenarioSeed: 1,
            target => target.CreatePolicy("expert", null, [])!,
            [],
            Recurrent: false,
            MetricCount: 3,
            Delay: TimeSpan.Zero
        );
    }
}
