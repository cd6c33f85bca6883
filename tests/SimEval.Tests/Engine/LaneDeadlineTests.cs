using SimEval.Engine.Executors;
using SimEval.Engine.Rollouts;
using SimEval.Scenarios;
using SimEval.Tests.Engine.Executors;
using Xunit;

namespace SimEval.Tests.Engine;

public sealed class LaneDeadlineTests
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(0.5, 1000, 50)]
    [InlineData(2, 1000, 200)]
    [InlineData(2, 150, 150)]
    public void A_frame_waits_for_its_batch_until_its_share_of_a_step_or_the_longest_wait_has_passed(
        double share,
        double longestWait,
        double expected
    )
    {
        using var lane = CreateLane(longestWait);
        lane.Add(Work(share), "model");
        var executor = lane.Executors["model"];
        lane.Turn();
        Assert.Equal((2, 0), (executor.Queued, executor.Frames));
        _time.Advance(expected - 0.01);
        lane.Turn();
        Assert.Equal(0, executor.Frames);
        _time.Advance(0.01);
        lane.Turn();
        Assert.Equal(2, executor.Frames);
    }

    // Two rollouts, and room for eight in a batch.
    private Lane CreateLane(double longestWait) =>
        new(
            new LaneLimits(
                Window: 2,
                Cohorts: 1,
                FlushEnded: 2,
                FlushInterval: TimeSpan.FromHours(1),
                CheckpointFrames: 1000,
                OutstandingFlushes: 2
            ),
            (_, clock) => new Executor(new CountingSession(2, _time), 8, TimeSpan.FromMilliseconds(longestWait), clock),
            _ => Task.CompletedTask,
            _time
        );

    // The toy world's step is 100 ms.
    private static CohortWork Work(double share)
    {
        var world = new ToyWorld(noise: 0.1, horizon: 30);
        return new CohortWork(
            0,
            new MemberQueue([
                .. Enumerable
                    .Range(0, 2)
                    .Select(seed => new Member(new RolloutKey("model", new PointKey(1), seed), null)),
            ]),
            _ => world,
            ScenarioSeed: 1,
            null,
            [],
            Recurrent: false,
            MetricCount: 3,
            Delay: TimeSpan.Zero
        )
        {
            FrameDeadline = share,
        };
    }
}
