using SimEval.Devices;
using SimEval.Devices.Binding;
using SimEval.Devices.Cpu;
using SimEval.Engine.Executors;
using SimEval.Models.Onnx;
using Xunit;

namespace SimEval.Tests.Engine.Executors;

public sealed class ExecutorTests : IDisposable
{
    private readonly ManualTime _time = new();
    private CountingSession _session = new(1, new ManualTime());

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_forward_takes_what_is_ready()
    {
        using var executor = Create(slots: 8, batch: 8);
        Assert.Equal(0, executor.RunReady());
        Submit(executor, 1, 2, 3);
        Assert.Equal(3, executor.RunReady());
        Submit(executor, 4);
        Assert.Equal(1, executor.RunReady());
        Assert.Equal([3, 1], _session.Runs.Select(run => run.Length));
        Assert.Equal((4, 2), (executor.Frames, executor.Latency.Forwards));
    }

    [Fact]
    public void Frames_run_in_the_order_in_which_they_were_submitted_a_batch_at_a_time()
    {
        using var executor = Create(slots: 8, batch: 3);
        var slots = Enumerable.Range(0, 8).Select(_ => executor.Acquire()).ToArray();
        int[] order = [5, 2, 7, 0, 1, 6, 4];
        foreach (var place in order)
            executor.Submit(slots[place]);
        Assert.True(executor.HasFullBatch);
        Assert.Equal(3, executor.RunReady());
        Assert.Equal([false, true], new[] { slots[7], slots[0] }.Select(executor.IsWaiting));
        executor.Submit(slots[5]);
        while (executor.RunReady() > 0) { }

        Assert.Equal(
            [5, 2, 7, 0, 1, 6, 4, 5],
            _session.Runs.SelectMany(run => run).Select(s => Array.IndexOf(slots, s))
        );
        Assert.Equal([3, 3, 2], _session.Runs.Select(run => run.Length));
        Assert.Equal(0, executor.Queued);
    }

    [Fact]
    public void A_batch_may_fill_until_its_oldest_frame_has_waited_long_enough()
    {
        using var executor = Create(slots: 4, batch: 4, wait: 10);
        Submit(executor, 1);
        _time.Advance(6);
        Submit(executor, 1);
        _time.Advance(3.999);
        Assert.Equal(0, executor.RunReady());
        _time.Advance(0.001);
        Assert.Equal(2, executor.RunReady());
        // The wait begins anew with the next frame.
        Submit(executor, 1);
        _time.Advance(9);
        Assert.Equal(0, executor.RunReady());
    }

    [Fact]
    public void A_full_batch_waits_for_nothing_and_what_is_left_keeps_its_place_in_time()
    {
        using var executor = Create(slots: 5, batch: 2, wait: 10);
        Submit(executor, 1, 1);
        _time.Advance(4);
        Submit(executor, 1);
        Assert.Equal(2, executor.RunReady());
        Assert.Equal(0, executor.RunReady());
        _time.Advance(10);
        Assert.Equal(1, executor.RunReady());
    }

    [Fact]
    public void A_frame_waits_no_longer_than_its_own_deadline_nor_than_the_executor_lets_it()
    {
        using var executor = Create(slots: 8, batch: 8, wait: 10);
        executor.Submit(executor.Acquire(), TimeSpan.FromMilliseconds(50));
        _time.Advance(3);
        executor.Submit(executor.Acquire(), TimeSpan.FromMilliseconds(2));
        _time.Advance(1.9);
        Assert.Equal(0, executor.RunReady());
        _time.Advance(0.1);
        // The deadline of one is the forward of all that wait.
        Assert.Equal(2, executor.RunReady());
        executor.Submit(executor.Acquire(), TimeSpan.FromMilliseconds(50));
        _time.Advance(9.9);
        Assert.Equal(0, executor.RunReady());
        _time.Advance(0.1);
        Assert.Equal(1, executor.RunReady());
        executor.Submit(executor.Acquire(), TimeSpan.Zero);
        Assert.Equal(1, executor.RunReady());
    }

    [Fact]
    public void A_greedy_executor_lets_no_deadline_hold_a_frame()
    {
        using var executor = Create(slots: 2, batch: 2);
        executor.Submit(executor.Acquire(), TimeSpan.FromHours(1));
        Assert.Equal(1, executor.RunReady());
    }

    [Fact]
    public void A_failed_frame_fails_its_slot_alone_and_is_counted()
    {
        using var executor = Create(slots: 3, batch: 3);
        var slots = Submit(executor, 5, float.NaN, 7);
        executor.RunReady();
        Assert.Equal([5, 0, 7], slots.Select(slot => executor.Take(slot)[0]).Select(x => float.IsNaN(x) ? 0 : x));
        Assert.Equal([null, "not a number", null], slots.Select(executor.Fault));
        Assert.All(executor.Latency.Stages, stage => Assert.Equal(3, stage.Times.Count));
    }

    [Fact]
    public void A_slot_that_is_held_again_begins_clean()
    {
        using var executor = Create(slots: 1, batch: 1);
        var slot = Submit(executor, float.NaN)[0];
        executor.RunReady();
        Assert.Equal(-1, executor.Acquire());
        executor.Release(slot);
        Assert.Equal(slot, executor.Acquire());
        Assert.Null(executor.Fault(slot));
        executor.Input(0, slot)[0] = 2;
        executor.Submit(slot);
        executor.RunReady();
        Assert.Equal(2, executor.Take(slot)[0]);
    }

    [Fact]
    public void The_session_is_warmed_up_before_the_first_frame_and_no_frame_pays_for_it()
    {
        using var executor = Create(slots: 2, batch: 2);
        Assert.Equal(1, _session.WarmUps);
        var slot = Submit(executor, 1)[0];
        executor.RunReady();
        executor.Take(slot);
        Assert.Equal(0, executor.Latency.Whole.Mean);
    }

    [Fact]
    public void A_forward_that_fails_is_repeated_so_that_only_the_guilty_frame_fails()
    {
        // A look-up refuses an index out of range with an error for the whole batch.
        var bytes = new OnnxBuilder("lookup")
            .Input("index", ["batch"], 7)
            .Output("action", ["batch", "2"])
            .Constant("rows", [5, 2], [0f, 1, 2, 3, 4, 5, 6, 7, 8, 9])
            .Node("Gather", ["rows", "index"], ["action"])
            .ToBytes();
        using var model = new CpuDevice().Load(bytes, new ModelOptions());
        var request = new BindingRequest
        {
            Observation = [new TensorSpec("index", [], "")],
            Action = new TensorSpec("action", [2], ""),
        };
        var bound = model.Bind(ModelBinder.Bind(model.Signature, request, [])!, 4);
        using var executor = new Executor(bound.CreateSession(4), 4, TimeSpan.Zero, new StageClock(_time));
        var slots = Submit(executor, 3, 99, 1, 4);
        Assert.Equal(4, executor.RunReady());
        Assert.Equal([6, 2, 8], new[] { 0, 2, 3 }.Select(i => executor.Take(slots[i])[0]));
        Assert.Contains("the model failed", executor.Fault(slots[1]), StringComparison.Ordinal);
        Assert.Equal(3, slots.Count(slot => executor.Fault(slot) is null));
        // The slot serves the next rollout.
        executor.Release(slots[1]);
        var next = Submit(executor, 2)[0];
        executor.RunReady();
        Assert.Equal((slots[1], 4f), (next, executor.Take(next)[0]));
        Assert.Null(executor.Fault(next));
    }

    private Executor Create(int slots, int batch, double wait = 0)
    {
        _session = new CountingSession(slots, _time);
        return new Executor(_session, batch, TimeSpan.FromMilliseconds(wait), new StageClock(_time));
    }

    private static int[] Submit(Executor executor, params float[] inputs)
    {
        var slots = new List<int>();
        foreach (var input in inputs)
        {
            var slot = executor.Acquire();
            executor.Input(0, slot)[0] = input;
            executor.Submit(slot);
            slots.Add(slot);
        }

        return [.. slots];
    }
}
