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
    private readonly int maximumBatch;
    private readonly long longestWait;
    private readonly StageClock clock;
    private readonly Stack<int> free;
    private readonly int[] queue;
    private readonly Frame[] frames;
    private long earliestDeadline = long.MaxValue;
    private int queued;

    /// <summary>An executor over a session's slots; the session is warmed up, so that no frame pays for what comes first.</summary>
    /// <param name="session">The lane's own session; disposed with the executor.</param>
    /// <param name="maximumBatch">Most frames of one forward.</param>
    /// <param name="longestWait">How long a frame may wait for its batch to fill; zero: a forward takes what is there.</param>
    /// <param name="clock">
    /// The lane's, for waits and latencies; neither enters a result unless the scenario asks for measured latency.
    /// </param>
    public Executor(IModelSession session, int maximumBatch, TimeSpan longestWait, StageClock clock)
    {
        this.session = session;
        this.maximumBatch = maximumBatch;
        this.clock = clock;
        this.longestWait = Timestamps(longestWait);
        free = new Stack<int>(Enumerable.Range(0, session.Slots).Reverse());
        queue = new int[session.Slots];
        frames = new Frame[session.Slots];
        session.WarmUp();
        clock.Pass();
    }

    /// <summary>Frames that wait for a forward.</summary>
    public int Queued => queued;

    /// <summary>Frames run so far.</summary>
    public long Frames { get; private set; }

    /// <summary>How long the frames that were taken took, stage by stage.</summary>
    public ExecutorLatency Latency { get; } = new();

    /// <summary>Whether a full batch waits.</summary>
    public bool HasFullBatch => queued >= maximumBatch;

    /// <summary>Takes a slot for a new rollout, its state reset; -1 when all are held.</summary>
    public int Acquire()
    {
        if (!free.TryPop(out var slot))
            return -1;
        clock.Pass();
        session.Reset(slot);
        return slot;
    }

    /// <summary>Gives a slot back. It must not be queued.</summary>
    public void Release(int slot)
    {
        clock.Pass();
        free.Push(slot);
    }

    /// <summary>The row that the observation of a slot is written to.</summary>
    public Span<float> Input(int input, int slot) => session.Input(input, slot);

    /// <summary>Queues a slot whose observation is written.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="deadline">
    /// Longest time from now at which the frame's forward may begin for want of a full batch; null, and at most: the executor's
    /// own longest wait.
    /// </param>
    public void Submit(int slot, TimeSpan? deadline = null)
    {
        ref var frame = ref frames[slot];
        queue[queued++] = slot;
        frame.IsWaiting = true;
        if (longestWait == 0)
        {
            frame.Observed = clock.Submitting();
            return;
        }

        frame.Observed = clock.Read();
        frame.Deadline = frame.Observed + (deadline is { } own ? Math.Min(longestWait, Timestamps(own)) : longestWait);
        earliestDeadline = Math.Min(earliestDeadline, frame.Deadline);
    }

    /// <summary>Whether the slot's frame is still waiting for its forward.</summary>
    public bool IsWaiting(int slot) => frames[slot].IsWaiting;

    /// <summary>
    /// The action of a slot's last frame, which the caller now takes; valid only while <see cref="Fault"/> is null. Every frame
    /// that has run is taken once, a failed one too: that is when it is counted.
    /// </summary>
    public ReadOnlySpan<float> Take(int slot)
    {
        ref readonly var frame = ref frames[slot];
        var now = clock.Taking();
        Latency.Add(
            Nanoseconds(frame.Begun - frame.Observed),
            Nanoseconds(frame.Ended - frame.Begun),
            Nanoseconds(now - frame.Ended)
        );
        return session.Output(slot);
    }

    /// <summary>How long the forward of a slot's last frame took.</summary>
    public TimeSpan ForwardTime(int slot) =>
        TimeSpan.FromTicks(Nanoseconds(frames[slot].Ended - frames[slot].Begun) / 100);

    /// <summary>Why a slot's last frame gave no action; null when it did.</summary>
    public string? Fault(int slot) => session.Fault(slot);

    /// <summary>
    /// One forward over the oldest frames that wait, at most a batch; none while the batch may still fill and no frame's deadline
    /// has come. Returns how many it took.
    /// </summary>
    public int RunReady()
    {
        var count = Math.Min(queued, maximumBatch);
        if (count == 0)
            return 0;
        var begun = longestWait > 0 ? clock.Read() : clock.Beginning();
        if (count < maximumBatch && longestWait > 0 && begun < earliestDeadline)
            return 0;
        var batch = queue.AsSpan(0, count);
        if (IsPrefix(batch))
            session.Run(count);
        else
            session.Run(batch);
        var ended = clock.Ending();
        Latency.Forwards++;
        foreach (var slot in batch)
        {
            ref var frame = ref frames[slot];
            (frame.Begun, frame.Ended, frame.IsWaiting) = (begun, ended, false);
        }

        Frames += count;
        queued -= count;
        earliestDeadline = long.MaxValue;
        if (queued > 0)
            Keep(queue.AsSpan(count, queued));
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    // What a batch left, at the head of the queue.
    private void Keep(ReadOnlySpan<int> left)
    {
        if (longestWait > 0)
            foreach (var slot in left)
                earliestDeadline = Math.Min(earliestDeadline, frames[slot].Deadline);
        left.CopyTo(queue);
    }

    private long Nanoseconds(long timestamps) =>
        clock.Frequency == 1_000_000_000 ? timestamps : (long)(timestamps * (1e9 / clock.Frequency));

    private long Timestamps(TimeSpan time) => (long)(time.TotalSeconds * clock.Frequency);

    // Slots 0, 1, ... in order need no gathering; a full cohort looks like that in every frame.
    private static bool IsPrefix(ReadOnlySpan<int> slots)
    {
        for (var i = 0; i < slots.Length; i++)
            if (slots[i] != i)
                return false;
        return true;
    }

    // The last frame of a slot; times are timestamps of the clock.
    private struct Frame
    {
        public long Observed;
        public long Deadline;
        public long Begun;
        public long Ended;
        public bool IsWaiting;
    }
}
