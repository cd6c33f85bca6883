using SimEval.Actors.Dispatch;
using SimEval.Actors.Mailboxes;
using SimEval.Engine.Executors;
using SimEval.Engine.Rollouts;

namespace SimEval.Engine.Scheduling;

/// <summary>The lanes of one execution, each an actor on a thread of its own, and the system that they live in.</summary>
public sealed class LaneFloor : IAsyncDisposable
{
    private readonly LanePlan plan;
    private readonly EngineLimits limits;
    private readonly TimeProvider time;
    private readonly IReadOnlyDictionary<string, PreparedVariant> variants;
    private readonly List<PinnedDispatcher> threads = [];
    private readonly List<Lane> lanes = [];
    private readonly List<LaneActor> actors = [];

    /// <summary>Lanes that are not started.</summary>
    public LaneFloor(
        LanePlan plan,
        EngineLimits limits,
        TimeProvider time,
        IReadOnlyDictionary<string, PreparedVariant> variants
    )
    {
        this.plan = plan;
        this.limits = limits;
        this.time = time;
        this.variants = variants;
        System = new ActorSystem(time, new ThreadPoolDispatcher());
    }

    /// <summary>Where the execution's actors live.</summary>
    public ActorSystem System { get; }

    /// <summary>Frames stepped by all lanes. Safe from any thread.</summary>
    public long Frames => actors.Sum(actor => actor.Frames);

    /// <summary>Latency by variant over all lanes; read once they are idle.</summary>
    public IReadOnlyDictionary<string, ExecutorLatency> Latency
    {
        get
        {
            var sums = new Dictionary<string, ExecutorLatency>();
            foreach (var (variant, executor) in lanes.SelectMany(lane => lane.Executors))
            {
                if (!sums.TryGetValue(variant, out var sum))
                    sums[variant] = sum = new ExecutorLatency();
                sum.Add(executor.Latency);
            }

            return sums;
        }
    }

    /// <summary>Starts the lanes.</summary>
    /// <param name="save">Makes a flush durable.</param>
    /// <param name="report">Told when a lane has room.</param>
    /// <param name="fail">Told when a flush failed.</param>
    public IReadOnlyList<ActorRef<LaneMessage>> Start(
        Func<CohortFlush, Task> save,
        Action<LaneReport> report,
        Action<Exception> fail
    )
    {
        var started = new List<ActorRef<LaneMessage>>();
        for (var index = 0; index < plan.Lanes; index++)
        {
            var lane = new Lane(plan.LimitsOf(limits), CreateExecutor, save, time);
            var actor = new LaneActor(index, lane, report, fail);
            var thread = new PinnedDispatcher($"lane-{index}");
            lanes.Add(lane);
            actors.Add(actor);
            threads.Add(thread);
            started.Add(
                System.Start(
                    $"lane-{index}",
                    () => actor,
                    new ActorOptions { Capacity = limits.MailboxCapacity, Dispatcher = thread }
                )
            );
        }

        return started;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await System.DisposeAsync().ConfigureAwait(false);
        foreach (var thread in threads)
            thread.Dispose();
    }

    private Executor CreateExecutor(string variant, StageClock clock) =>
        new(variants[variant].Model!.CreateSession(plan.Slots), limits.MaximumBatch, limits.MaximumWait, clock);
}
