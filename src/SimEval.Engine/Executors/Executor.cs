using SimEval.Devices;

namespace SimEval.Engine.Executors;

/// <summary>
/// Holds one loaded model on one device for one lane, and batches frames. A rollout holds a slot for its life; a step
/// submits the slot, and the next <see cref="RunReady"/> takes what is ready, up to the batch size, in one forward. The queue
/// is bounded by the slots: a rollout has one frame in flight. Not thread-safe: it lives on its lane's thread.
/// </summary>
public sealed class Executor : IDisposable
{
    private readonly IModelSession session;
    private readonly TimeProvider time;
    private readonly int maximumBatch;
    private readonly Stack<int> free;
    private readonly int[] queue;
    private readonly bool[] waiting;
    private int queued;

    /// <summary>An executor over a session's slots.</summary>
    /// <param name="session">The lane's own session; disposed with the executor.</param>
    /// <param name="maximumBatch">Most frames of one forward.</param>
    /// <param name="time">For latencies, which are shown and decide nothing.</param>
    public Executor(IModelSession session, int maximumBatch, TimeProvider time)
    {
        this.session = session;
        this.time = time;
        this.maximumBatch = maximumBatch;
        free = new Stack<int>(Enumerable.Range(0, session.Slots).Reverse());
        queue = new int[session.Slots];
        waiting = new bool[session.Slots];
    }

    /// <summary>Frames that wait for a forward.</summary>
    public int Queued => queued;

    /// <summary>Frames run so far.</summary>
    public long Frames { get; private set; }

    /// <summary>Forwards run so far.</summary>
    public long Forwards { get; private set; }

    /// <summary>Time of a frame's forward, as a frame of that batch sees it.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Whether a full batch waits.</summary>
    public bool HasFullBatch => queued >= maximumBatch;

    /// <summary>Takes a slot for a new rollout, its state reset; -1 when all are held.</summary>
    public int Acquire()
    {
        if (!free.TryPop(out var slot))
            return -1;
        session.Reset(slot);
        return slot;
    }

    /// <summary>Gives a slot back.</summary>
    public void Release(int slot) => free.Push(slot);

    /// <summary>The row that the observation of a slot is written to.</summary>
    public Span<float> Input(int input, int slot) => session.Input(input, slot);

    /// <summary>Queues a slot whose observation is written.</summary>
    public void Submit(int slot)
    {
        waiting[slot] = true;
        queue[queued++] = slot;
    }

    /// <summary>Whether the slot's frame is still waiting for its forward.</summary>
    public bool IsWaiting(int slot) => waiting[slot];

    /// <summary>The action of a slot's last frame.</summary>
    public ReadOnlySpan<float> Action(int slot) => session.Output(slot);

    /// <summary>Why a slot's last frame gave no action; null when it did.</summary>
    public string? Fault(int slot) => session.Fault(slot);

    /// <summary>One forward over the oldest frames that wait, at most a batch. Returns how many it took.</summary>
    public int RunReady()
    {
        var count = Math.Min(queued, maximumBatch);
        if (count == 0)
            return 0;
        var batch = queue.AsSpan(0, count);
        var started = time.GetTimestamp();
        if (IsPrefix(batch))
            session.Run(count);
        else
            session.Run(batch);
        Latency.Add((long)time.GetElapsedTime(started).TotalNanoseconds, count);
        foreach (var slot in batch)
            waiting[slot] = false;
        queue.AsSpan(count, queued - count).CopyTo(queue);
        queued -= count;
        Frames += count;
        Forwards++;
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    // Slots 0, 1, ... in order need no gathering; a full cohort looks like that in every frame.
    private static bool IsPrefix(ReadOnlySpan<int> slots)
    {
        for (var i = 0; i < slots.Length; i++)
            if (slots[i] != i)
                return false;
        return true;
    }
}
