namespace SimEval.Actors.Dispatch;

/// <summary>Runs work on the process's thread pool.</summary>
public sealed class ThreadPoolDispatcher : IDispatcher
{
    /// <summary>Creates one; <paramref name="quantum"/> messages an actor per turn, at least 1.</summary>
    public ThreadPoolDispatcher(int quantum = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quantum, 1);
        Quantum = quantum;
    }

    /// <inheritdoc/>
    public int Quantum { get; }

    /// <inheritdoc/>
    public TaskCreationOptions Completions => TaskCreationOptions.RunContinuationsAsynchronously;

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
}
