namespace SimEval.Engine.Executors;

/// <summary>What a frame's lane does with it before and after its forward.</summary>
internal enum Stage
{
    /// <summary>Frames are observed and submitted.</summary>
    Observing,

    /// <summary>Actions are taken.</summary>
    Taking,
}

/// <summary>
/// Readings of the clock for the stages of frames. Two readings a frame would cost a thirtieth of a small model's frame, so
/// frames that are submitted one right after another share some, and so do frames that are taken so; a stage that begins, and a
/// forward, always read anew. In a lane a rollout's frame is taken, its world stepped, and the next frame submitted: there,
/// every stage of every frame has its own reading.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="uses">Frames in a row that share a reading, at least 1.</param>
internal sealed class StageClock(TimeProvider time, int uses)
{
    /// <summary>Frames in a row that share a reading where none waits for another.</summary>
    public const int MostUses = 8;

    private Stage stage;
    private long shared;
    private int left;

    /// <summary>The time of a frame in a stage, in timestamps of the clock.</summary>
    public long At(Stage at)
    {
        if (at == stage && left > 0)
        {
            left--;
            return shared;
        }

        (stage, left) = (at, uses - 1);
        return shared = time.GetTimestamp();
    }

    /// <summary>The time now; what follows it begins a stage.</summary>
    public long Read()
    {
        left = 0;
        return time.GetTimestamp();
    }
}
