using SimEval.Actors.Dispatch;

namespace SimEval.Actors.TestKit;

/// <summary>
/// One thread, one virtual clock, one seed: everything that was scheduled runs in an order that the seed chooses, and time
/// moves only when nothing is left to run. Work belongs to a process, which can be killed or paused.
/// </summary>
public sealed class Simulation
{
    private readonly SeededChoice choice;
    private readonly List<(SimulatedProcess Process, IThreadPoolWorkItem Work)> ready = [];
    private readonly PriorityQueue<SimulatedTimer, (DateTimeOffset Due, long Order)> timers = new();
    private readonly int thread = Environment.CurrentManagedThreadId;
    private DateTimeOffset now;
    private long order;

    /// <summary>Starts at a fixed time; the seed decides every order.</summary>
    public Simulation(ulong seed, DateTimeOffset? start = null)
    {
        choice = new(seed);
        Faults = choice.Fork();
        now = start ?? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    /// <summary>The choices of whatever injects faults here.</summary>
    public SeededChoice Faults { get; }

    /// <summary>The virtual time.</summary>
    public DateTimeOffset Now => now;

    /// <summary>Units of work run so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Adds a process.</summary>
    public SimulatedProcess Process(string name) => new(this, name);

    /// <summary>Runs one unit of work, or moves time to the next timer; false when there is neither before <paramref name="until"/>.</summary>
    public bool Step(DateTimeOffset until)
    {
        Guard();
        while (TakeReady(out var process, out var work))
        {
            if (process.IsDead)
                continue;
            Steps++;
            Execute(work);
            return true;
        }

        while (timers.TryPeek(out var timer, out var key) && key.Due <= until)
        {
            timers.Dequeue();
            if (!timer.IsDue(key.Order) || timer.Process.IsDead)
                continue;
            now = key.Due > now ? key.Due : now;
            Schedule(timer.Process, timer);
            timer.Repeat(now);
            return true;
        }

        return false;
    }

    /// <summary>Runs for a stretch of virtual time.</summary>
    public void RunFor(TimeSpan duration)
    {
        var until = now + duration;
        while (Step(until)) { }
        now = until;
    }

    /// <summary>Runs until a condition holds; throws <see cref="TimeoutException"/> when it does not within the virtual time.</summary>
    public void RunUntil(Func<bool> condition, TimeSpan within)
    {
        var until = now + within;
        while (!condition())
        {
            if (!Step(until))
                throw new TimeoutException(
                    $"Nothing is left to happen within {within}, and the condition does not hold."
                );
        }
    }

    /// <summary>Runs until a task has ended, and gives its result.</summary>
    public T Run<T>(Task<T> task, TimeSpan? within = null)
    {
        RunUntil(() => task.IsCompleted, within ?? TimeSpan.FromMinutes(10));
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Runs until a task has ended.</summary>
    public void Run(Task task, TimeSpan? within = null)
    {
        RunUntil(() => task.IsCompleted, within ?? TimeSpan.FromMinutes(10));
        task.GetAwaiter().GetResult();
    }

    internal void Schedule(SimulatedProcess process, IThreadPoolWorkItem work)
    {
        Guard();
        ready.Add((process, work));
    }

    internal long Schedule(SimulatedTimer timer, DateTimeOffset due)
    {
        Guard();
        timers.Enqueue(timer, (due, ++order));
        return order;
    }

    /// <summary>A test runner's synchronization context would send what follows a completed task to other threads.</summary>
    private static void Execute(IThreadPoolWorkItem work)
    {
        var outside = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            work.Execute();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outside);
        }
    }

    private bool TakeReady(out SimulatedProcess process, out IThreadPoolWorkItem work)
    {
        var runnable = ready.Count;
        while (runnable > 0)
        {
            var index = choice.Below(runnable);
            (process, work) = ready[index];
            if (!process.IsPaused)
            {
                ready[index] = ready[^1];
                ready.RemoveAt(ready.Count - 1);
                return true;
            }

            runnable--;
            (ready[index], ready[runnable]) = (ready[runnable], ready[index]);
        }

        (process, work) = (null!, null!);
        return false;
    }

    private void Guard()
    {
        if (Environment.CurrentManagedThreadId != thread)
            throw new InvalidOperationException(
                "Another thread touched the simulation: its order would not be the seed's."
            );
    }
}

/// <summary>A process of a simulation: a dispatcher and a clock that end together.</summary>
public sealed class SimulatedProcess : TimeProvider, IDispatcher
{
    private readonly Simulation simulation;

    internal SimulatedProcess(Simulation simulation, string name) => (this.simulation, Name) = (simulation, name);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Whether it has been killed: nothing of it runs any more.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Whether it stands still; what it has to do waits.</summary>
    public bool IsPaused { get; private set; }

    /// <inheritdoc/>
    public int Quantum => 1;

    /// <inheritdoc/>
    public TaskCreationOptions Completions => TaskCreationOptions.None;

    /// <summary>Ends it at once, as kill -9 does.</summary>
    public void Kill() => IsDead = true;

    /// <summary>Stops it as SIGSTOP does: it notices nothing.</summary>
    public void Pause() => IsPaused = true;

    /// <summary>Lets it go on.</summary>
    public void Continue() => IsPaused = false;

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem work)
    {
        if (!IsDead)
            simulation.Schedule(this, work);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => simulation.Now;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => simulation.Now.UtcTicks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(simulation, this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }
}

/// <summary>A timer on virtual time; its callback is a unit of work of its process.</summary>
internal sealed class SimulatedTimer(Simulation simulation, SimulatedProcess process, Action callback)
    : ITimer,
        IThreadPoolWorkItem
{
    private long current;
    private TimeSpan period;

    public SimulatedProcess Process => process;

    public bool IsDue(long order) => current == order;

    public void Repeat(DateTimeOffset now) =>
        current = period > TimeSpan.Zero ? simulation.Schedule(this, now + period) : 0;

    public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
    {
        period = newPeriod;
        current = dueTime < TimeSpan.Zero ? 0 : simulation.Schedule(this, simulation.Now + dueTime);
        return true;
    }

    public void Execute() => callback();

    public void Dispose()
    {
        current = -1;
        period = TimeSpan.Zero;
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
