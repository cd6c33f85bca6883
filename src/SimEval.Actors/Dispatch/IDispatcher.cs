namespace SimEval.Actors.Dispatch;

/// <summary>
/// The one seam through which actors and shards get processor time. Whoever replaces it decides every interleaving: a
/// pool in production, a named thread for a hot loop, one seeded thread in tests.
/// </summary>
public interface IDispatcher
{
    /// <summary>Runs <paramref name="work"/> once, later, never inside this call. Work scheduled after disposal is dropped.</summary>
    void Schedule(IThreadPoolWorkItem work);

    /// <summary>How many messages an actor may take before it goes to the back of the queue; at least 1.</summary>
    int Quantum { get; }

    /// <summary>
    /// How promises of this kernel complete: on the pool, so that a caller's continuation never runs inside an actor, or
    /// (a single-threaded dispatcher) in place, so that nothing leaves its thread.
    /// </summary>
    TaskCreationOptions Completions { get; }
}
