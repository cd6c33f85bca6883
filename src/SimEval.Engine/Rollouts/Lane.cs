using SimEval.Engine.Executors;

namespace SimEval.Engine.Rollouts;

/// <summary>Limits of a lane.</summary>
/// <param name="Window">Most rollouts side by side in one cohort.</param>
/// <param name="Cohorts">Most cohorts at once.</param>
/// <param name="FlushEnded">Ended rollouts that make a flush due at once.</param>
/// <param name="FlushInterval">Longest time that an ended rollout waits for its flush.</param>
/// <param name="CheckpointFrames">Frames after which a running rollout is checkpointed.</param>
/// <param name="OutstandingFlushes">Flushes on their way to the store at which the lane waits.</param>
public sealed record LaneLimits(
    int Window,
    int Cohorts,
    int FlushEnded,
    TimeSpan FlushInterval,
    int CheckpointFrames,
    int OutstandingFlushes
);

/// <summary>
/// One lane: cohorts and the executors that they share, on one thread. A turn takes every cohort one frame on; a full batch
/// runs at once, what is left runs at the turn's end (greedy batching). Lanes share nothing, so there is no lock here.
/// </summary>
public sealed class Lane : IDisposable
{
    private readonly LaneLimits limits;
    private readonly TimeProvider time;
    private readonly StageClock clock;
    private readonly Func<string, StageClock, Executor> createExecutor;
    private readonly Func<CohortFlush, Task> flush;
    private readonly Dictionary<string, Executor> executors = [];
    private readonly List<(CohortLoop Loop, Executor? Executor)> cohorts = [];
    private readonly List<Task> outstanding = [];
    private long lastFlush;

    /// <summary>An empty lane.</summary>
    /// <param name="limits">Its limits.</param>
    /// <param name="createExecutor">Makes an executor of a variant's model, with the clock of this lane.</param>
    /// <param name="flush">Makes a flush durable; completes when it is.</param>
    /// <param name="time">For intervals and latencies.</param>
    public Lane(
        LaneLimits limits,
        Func<string, StageClock, Executor> createExecutor,
        Func<CohortFlush, Task> flush,
        TimeProvider time
    )
    {
        this.limits = limits;
        this.createExecutor = createExecutor;
        this.flush = flush;
        this.time = time;
        clock = new StageClock(time);
        lastFlush = time.GetTimestamp();
    }

    /// <summary>Whether it can take another cohort.</summary>
    public bool HasRoom => cohorts.Count < limits.Cohorts;

    /// <summary>Whether it has nothing to step.</summary>
    public bool IsIdle => cohorts.Count == 0;

    /// <summary>Whether it waits for the store: too many flushes are on their way, or one has failed.</summary>
    public bool IsHeldBack =>
        outstanding.Exists(task => task.IsFaulted)
        || outstanding.Count(task => !task.IsCompleted) >= limits.OutstandingFlushes;

    /// <summary>Frames stepped by cohorts that have left.</summary>
    public long Frames { get; private set; }

    /// <summary>Frames stepped so far by all.</summary>
    public long FramesNow => Frames + cohorts.Sum(c => c.Loop.Frames);

    /// <summary>Its executors by variant, for latencies.</summary>
    public IReadOnlyDictionary<string, Executor> Executors => executors;

    /// <summary>Takes a cohort.</summary>
    /// <param name="work">What to run.</param>
    /// <param name="variant">Name of its variant, by which cohorts share an executor.</param>
    public void Add(CohortWork work, string variant)
    {
        Executor? executor = null;
        if (work.Policy is null && !executors.TryGetValue(variant, out executor))
            executors[variant] = executor = createExecutor(variant, clock);
        cohorts.Add((new CohortLoop(work, executor, limits.Window), executor));
    }

    /// <summary>One turn: every cohort one frame on.</summary>
    public void Turn()
    {
        outstanding.RemoveAll(task => task.IsCompletedSuccessfully);
        clock.Pass();
        foreach (var (loop, executor) in cohorts)
        {
            loop.Advance();
            if (executor is null)
                clock.Pass();
            else if (executor.HasFullBatch)
                executor.RunReady();
        }

        foreach (var executor in executors.Values)
            while (executor.RunReady() > 0) { }

        FlushWhatIsDue();
    }

    /// <summary>Makes all that has ended durable, and every running rollout a checkpoint; for an orderly stop.</summary>
    public async Task FlushAll()
    {
        foreach (var (loop, _) in cohorts)
            if (CohortFlush.Take(loop, 1) is { } taken)
                outstanding.Add(flush(taken));
        await Task.WhenAll(outstanding).ConfigureAwait(false);
        outstanding.Clear();
    }

    /// <summary>Completes when all flushes so far have.</summary>
    public Task Settled() => Task.WhenAll(outstanding);

    /// <summary>Completes when the oldest flush on its way has; fails with the first that has failed.</summary>
    public Task OldestFlush() =>
        outstanding.Find(task => task.IsFaulted) ?? outstanding.Find(task => !task.IsCompleted) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var executor in executors.Values)
            executor.Dispose();
    }

    private void FlushWhatIsDue()
    {
        var due = time.GetElapsedTime(lastFlush) >= limits.FlushInterval;
        for (var i = cohorts.Count - 1; i >= 0; i--)
        {
            var loop = cohorts[i].Loop;
            if (!due && !loop.IsOver && loop.EndedWaiting < limits.FlushEnded)
                continue;
            if (CohortFlush.Take(loop, limits.CheckpointFrames) is { } taken)
                outstanding.Add(flush(taken));
            if (!loop.IsOver)
                continue;
            Frames += loop.Frames;
            cohorts.RemoveAt(i);
        }

        if (due)
            lastFlush = time.GetTimestamp();
    }
}
