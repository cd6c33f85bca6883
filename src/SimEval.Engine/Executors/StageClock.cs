namespace SimEval.Engine.Executors;

/// <summary>
/// A lane's readings of the clock for the stages of frames. One costs a thirtieth of a small model's frame, so calls with
/// nothing between them share one: a forward and what comes right before and after it, frames submitted one right after
/// another, and the action that is taken right after a frame was submitted or another action was taken. Before a frame is
/// submitted that follows an action, its world was stepped, and that takes a reading. All executors of a lane share the clock, so
/// that one's work is time for the others; whatever else takes time is said by <see cref="Pass"/>.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class StageClock(TimeProvider time)
{
    // Calls in a row that share a reading.
    private const int MostUses = 8;

    private long shared;
    private int left;
    private bool taking;

    /// <summary>Timestamps of a second.</summary>
    public long Frequency { get; } = time.TimestampFrequency;

    /// <summary>When a frame is submitted, in timestamps of the clock.</summary>
    public long Submitting() => taking ? Begin(false) : At(false);

    /// <summary>When a forward begins.</summary>
    public long Beginning() => left == MostUses - 1 ? shared : Read();

    /// <summary>When it has ended.</summary>
    public long Ending() => Begin(true);

    /// <summary>When an action is taken.</summary>
    public long Taking() => At(true);

    /// <summary>The time now, shared with nothing.</summary>
    public long Read()
    {
        left = 0;
        return time.GetTimestamp();
    }

    /// <summary>Something takes time: what follows reads anew.</summary>
    public void Pass() => left = 0;

    private long At(bool taken)
    {
        if (left == 0)
            return Begin(taken);
        (left, taking) = (left - 1, taken);
        return shared;
    }

    private long Begin(bool taken)
    {
        (left, taking) = (MostUses - 1, taken);
        return shared = time.GetTimestamp();
    }
}
