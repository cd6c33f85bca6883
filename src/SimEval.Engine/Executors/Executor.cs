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
    private readonly long[] observed;
    private readonly long[] answered;
    private readonly long[] forward;
    private readonly long longestWait;
    private readonly CoarseClock clock;
    private int queued;

    /// <summary>An executor over a session's slots.</summary>
    /// <param name="session">The lane's own session; disposed with the executor.</param>
    /// <param name="maximumBatch">Most frames of one forward.</param>
    /// <param name="longestWait">How long a frame may wait for its batch to fill; zero: a forward takes what is there.</param>
    /// <param name="time">For waits and latencies; neither enters a result unless the scenario asks for measured latency.</param>
    public Executor(IModelSession session, int maximumBatch, TimeSpan longestWait, TimeProvider time)
    {
        clock = new CoarseClock(time);
        this.longestWait = (long)(longestWait.TotalSeconds * time.TimestampFrequency);
        observed = new long[session.Slots];
        answered = new long[session.Slots];
        forward = new long[session.Slots];
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

    /// <summary>How long frames take, stage by stage.</summary>
    public ExecutorLatency Latency { get; } = new();

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
        observed[slot] = clock.Now;
    }

    /// <summary>Whether the slot's frame is still waiting for its forward.</summary>
    public bool IsWaiting(int slot) => waiting[slot];

    /// <summary>The action of a slot's last frame, which the caller now takes.</summary>
    public ReadOnlySpan<float> Take(int slot)
    {
        var now = clock.Now;
        Latency.Handing.Add(Nanoseconds(now - answered[slot]));
        Latency.Whole.Add(Nanoseconds(now - observed[slot]));
        return session.Output(slot);
    }

    /// <summary>How long the forward of a slot's last frame took.</summary>
    public TimeSpan ForwardTime(int slot) => TimeSpan.FromTicks(Nanoseconds(forward[slot]) / 100);

    /// <summary>Why a slot's last frame gave no action; null when it did.</summary>
    public string? Fault(int slot) => session.Fault(slot);

    /// <summary>
    /// One forward over the oldest frames that wait, at most a batch; none while the batch may still fill. Returns how many it
    /// took.
    /// </summary>
    public int RunReady()
    {
        var count = Math.Min(queued, maximumBatch);
        if (count == 0)
            return 0;
        var started = time.GetTimestamp();
        if (count < maximumBatch && started - observed[queue[0]] < longestWait)
            return 0;
        var batch = queue.AsSpan(0, count);
        if (IsPrefix(batch))
            session.Run(count);
        else
            session.Run(batch);
        var ended = clock.Read();
        Latency.Forward.Add(Nanoseconds(ended - started), count);
        Latency.Forwards++;
        foreach (var slot in batch)
        {
            waiting[slot] = false;
            Latency.Waiting.Add(Nanoseconds(started - observed[slot]));
            (answered[slot], forward[slot]) = (ended, ended - started);
        }

        queue.AsSpan(count, queued - count).CopyTo(queue);
        queued -= count;
        Frames += count;
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    private long Nanoseconds(long ticks) =>
        time.TimestampFrequency == 1_000_000_000 ? ticks : (long)(ticks * (1e9 / time.TimestampFrequency));

    // Reading the clock twice a frame would cost a thirtieth of a small model's frame: one reading serves some frames.
    private sealed class CoarseClock(TimeProvider time)
    {
        private const int Uses = 8;
        private long now;
        private int left;

        public long Now => left-- > 0 ? now : Read();

        public long Read()
        {
            left = Uses - 1;
            return now = time.GetTimestamp();
        }
    }

    // Slots 0, 1, ... in order need no gathering; a full cohort looks like that in every frame.
    private static bool IsPrefix(ReadOnlySpan<int> slots)
    {
        for (var i = 0; i < slots.Length; i++)
            if (slots[i] != i)
                return false;
        return true;
    }
}
