namespace SimEval.Actors.Dispatch;

/// <summary>
/// One named thread that drains its actors in the order in which they were scheduled. It sleeps when there is nothing to
/// do, so any number may exist; a loop that must not share its thread with the pool runs here.
/// </summary>
public sealed class PinnedDispatcher : IDispatcher, IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim ready = new(0);
    private readonly Thread thread;
    private Queue<IThreadPoolWorkItem> waiting = new();
    private Queue<IThreadPoolWorkItem> draining = new();
    private bool stopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">The thread's name, as debuggers and <c>top -H</c> show it.</param>
    /// <param name="quantum">Messages an actor may take before the next gets its turn; at least 1.</param>
    public PinnedDispatcher(string name, int quantum = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quantum, 1);
        Quantum = quantum;
        thread = new Thread(Drain) { Name = name, IsBackground = true };
        thread.Start();
    }

    /// <inheritdoc/>
    public int Quantum { get; }

    /// <inheritdoc/>
    public TaskCreationOptions Completions => TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>Whether the caller is on this dispatcher's thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == thread;

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem work)
    {
        bool wake;
        lock (gate)
        {
            if (stopping)
                return;
            wake = waiting.Count == 0;
            waiting.Enqueue(work);
        }

        if (wake)
            ready.Release();
    }

    /// <summary>Lets the thread finish what is scheduled, then ends it. Called on the thread itself it only asks.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (stopping)
                return;
            stopping = true;
        }

        ready.Release();
        if (!IsCurrent)
            thread.Join();
    }

    private void Drain()
    {
        while (true)
        {
            ready.Wait();
            bool last;
            lock (gate)
            {
                (waiting, draining) = (draining, waiting);
                last = stopping && draining.Count == 0;
            }

            if (last)
                break;
            while (draining.TryDequeue(out var work))
                work.Execute();
            lock (gate)
                last = stopping;
            if (last)
                ready.Release();
        }
    }
}
