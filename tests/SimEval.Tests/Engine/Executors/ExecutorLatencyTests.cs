using FsCheck;
using FsCheck.Fluent;
using SimEval.Engine.Executors;
using Xunit;

namespace SimEval.Tests.Engine.Executors;

public sealed class ExecutorLatencyTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly StageClock _clock;
    private CountingSession _session = new(1, new ManualTime());

    public ExecutorLatencyTests() => _clock = new StageClock(_time);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Each_stage_has_the_time_that_passed_in_it()
    {
        using var executor = Create(slots: 4);
        _session.ForwardTime = TimeSpan.FromMilliseconds(7);
        var slot = executor.Acquire();
        executor.Submit(slot);
        Elapse(3);
        executor.RunReady();
        Elapse(5);
        executor.Take(slot);
        Assert.Equal([3000, 7000, 5000, 15000], executor.Latency.Stages.Select(stage => stage.Times.Mean));
        Assert.Equal(TimeSpan.FromMilliseconds(7), executor.ForwardTime(slot));
    }

    [Fact]
    public void What_a_world_does_between_an_action_and_the_next_observation_is_no_stage_of_a_frame()
    {
        using var executor = Create(slots: 16);
        var slots = Enumerable.Range(0, 16).Select(_ => executor.Acquire()).ToArray();
        foreach (var slot in slots)
            executor.Submit(slot);
        for (var turn = 0; turn < 10; turn++)
        {
            executor.RunReady();
            // As a lane does: each action is taken, its world stepped, and observed again.
            foreach (var slot in slots)
            {
                executor.Take(slot);
                _time.Advance(1);
                executor.Submit(slot);
            }
        }

        // The last of the sixteen waits for nothing, the first for fifteen worlds; so with what is handed over.
        Assert.Equal(7500, executor.Latency.Handing.Mean, tolerance: 1e-6);
        Assert.Equal(9 * 7500 / 10.0, executor.Latency.Waiting.Mean, tolerance: 1e-6);
    }

    [Fact]
    public void The_stages_of_frames_sum_to_the_whole_whatever_a_lane_does() =>
        Prop.ForAll(
                Gen.Choose(0, 3).Two().ListOf().ToArbitrary(),
                steps =>
                {
                    using var executor = Create(slots: 5, batch: 2, wait: steps.Count % 2);
                    _session.ForwardTime = TimeSpan.FromMilliseconds(2);
                    List<int> held = [],
                        submitted = [];
                    foreach (var (step, milliseconds) in steps)
                    {
                        Elapse(milliseconds);
                        if (step == 0 && executor.Acquire() is >= 0 and var free)
                            held.Add(free);
                        foreach (var slot in step == 1 ? held.Except(submitted).ToList() : [])
                        {
                            executor.Submit(slot);
                            submitted.Add(slot);
                        }

                        if (step == 2)
                            executor.RunReady();
                        foreach (var slot in step == 3 ? submitted.Where(s => !executor.IsWaiting(s)).ToList() : [])
                        {
                            executor.Take(slot);
                            submitted.Remove(slot);
                        }
                    }

                    var stages = executor.Latency.Stages.ToDictionary(stage => stage.Name, stage => stage.Times);
                    var whole = stages["whole"];
                    stages.Remove("whole");
                    return stages.Values.All(stage => stage.Count == whole.Count)
                        && (
                            whole.Count == 0
                            || Math.Abs(stages.Values.Sum(stage => stage.Mean) - whole.Mean) <= 1e-9 * whole.Mean + 1e-9
                        );
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_small_model_is_not_slowed_by_reading_the_clock()
    {
        using var executor = Create(slots: 64);
        var slots = Enumerable.Range(0, 64).Select(_ => executor.Acquire()).ToArray();
        foreach (var slot in slots)
            executor.Submit(slot);
        executor.RunReady();
        foreach (var slot in slots)
            executor.Take(slot);
        Assert.True(_time.Readings <= 18, $"{_time.Readings} readings for 64 frames of one batch");
        executor.Submit(slots[0]);
        var before = _time.Readings;
        executor.RunReady();
        executor.Take(slots[0]);
        Assert.Equal(1, _time.Readings - before);
    }

    [Fact]
    public void In_a_lane_a_frame_costs_one_reading_and_its_share_of_the_forwards_one()
    {
        using var executor = Create(slots: 64);
        var slots = Enumerable.Range(0, 64).Select(_ => executor.Acquire()).ToArray();
        foreach (var slot in slots)
            executor.Submit(slot);
        executor.RunReady();
        var before = _time.Readings;
        foreach (var slot in slots)
        {
            executor.Take(slot);
            executor.Submit(slot);
        }

        executor.RunReady();
        Assert.Equal(64 + 1, _time.Readings - before);
    }

    [Fact]
    public void Another_executors_forward_is_time_for_the_first()
    {
        using var first = Create(slots: 2);
        using var second = Create(slots: 2);
        _session.ForwardTime = TimeSpan.FromMilliseconds(4);
        first.Submit(0);
        second.Submit(0);
        second.RunReady();
        second.Take(0);
        first.RunReady();
        first.Take(0);
        Assert.Equal(4000, first.Latency.Waiting.Mean);
        Assert.Equal(0, second.Latency.Waiting.Mean);
    }

    [Fact]
    public void A_rollout_that_begins_or_ends_takes_time()
    {
        using var executor = Create(slots: 3);
        int[] slots = [executor.Acquire(), executor.Acquire()];
        foreach (var slot in slots)
            executor.Submit(slot);
        executor.RunReady();
        executor.Take(slots[0]);
        _time.Advance(2);
        executor.Release(slots[0]);
        executor.Take(slots[1]);
        Assert.Equal(1000, executor.Latency.Handing.Mean);
        _time.Advance(3);
        var next = executor.Acquire();
        executor.Submit(next);
        executor.RunReady();
        executor.Take(next);
        Assert.Equal(0, executor.Latency.Waiting.Mean);
    }

    [Fact]
    public void Latencies_of_executors_add_up()
    {
        ExecutorLatency one = new(),
            other = new();
        one.Add(1000, 2000, 3000);
        other.Add(3000, 4000, 5000);
        other.Forwards = 1;
        one.Add(other);
        Assert.Equal([2, 3, 4, 9], one.Stages.Select(stage => stage.Times.Mean));
        Assert.Equal(1, one.Forwards);
        Assert.InRange(one.Whole.Microseconds(0.5), 5.7, 6.3);
        Assert.InRange(one.Whole.Microseconds(1), 11.4, 12.6);
        Assert.True(double.IsNaN(new ExecutorLatency().Whole.Microseconds(0.5)));
    }

    private Executor Create(int slots, int batch = 64, double wait = 0)
    {
        _session = new CountingSession(slots, _time);
        return new Executor(_session, batch, TimeSpan.FromMilliseconds(wait), _clock);
    }

    private void Elapse(double milliseconds)
    {
        _time.Advance(milliseconds);
        _clock.Pass();
    }
}
