namespace SimEval.Engine.Executors;

/// <summary>
/// Readings of the clock for the stages of frames. One costs a thirtieth of a small model's frame, so calls with nothing
/// between them share one: frames submitted one right after another, and the action that is taken right after a frame was
/// submitted or another action was taken. Before a frame is submitted that follows an action, its world was stepped, and that
/// takes a reading; so does a forward, and whatever begins or ends a rollout.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="uses">Calls in a row that share a reading, at least 1.</param>
internal sealed class StageClock(TimeProvider time, int uses)
{
    /// <summary>Calls in a row that share a reading where no frame waits for another.</summary>
    public const int MostUses = 8;

    private long shared;
    private int left;
    private bool taking;

    /// <summary>When a frame is submitted, in timestamps of the clock.</summary>
    public long Submitting() => taking ? Begin(false) : At(false);

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
        (left, taking) = (uses - 1, taken);
        return shared = time.GetTimestamp();
    }
}
