namespace SimEval.Engine.Executors;

/// <summary>
/// How long frames take in an executor, stage by stage: the stages of one frame sum to the whole, so their means do too.
/// Wall-clock values of this machine, under batching: shown, never part of a result. Up to eight calls with nothing between them share one
/// reading of the clock (<see cref="StageClock"/>).
/// </summary>
public sealed class ExecutorLatency
{
    /// <summary>From the observation until its forward begins.</summary>
    public LatencyHistogram Waiting { get; } = new();

    /// <summary>The forward of its batch.</summary>
    public LatencyHistogram Forward { get; } = new();

    /// <summary>From the forward's end until the world takes the action.</summary>
    public LatencyHistogram Handing { get; } = new();

    /// <summary>From the observation until the world takes the action.</summary>
    public LatencyHistogram Whole { get; } = new();

    /// <summary>Forwards run.</summary>
    public long Forwards { get; set; }

    /// <summary>Mean frames of a forward; NaN when none has run.</summary>
    public double MeanBatch => Forwards == 0 ? double.NaN : (double)Forward.Count / Forwards;

    /// <summary>The stages by name, the whole last.</summary>
    public IEnumerable<(string Name, LatencyHistogram Times)> Stages =>
        [("waiting", Waiting), ("forward", Forward), ("handing over", Handing), ("whole", Whole)];

    /// <summary>Counts one frame, its stages in nanoseconds.</summary>
    public void Add(long waiting, long forward, long handing)
    {
        Waiting.Add(waiting);
        Forward.Add(forward);
        Handing.Add(handing);
        Whole.Add(waiting + forward + handing);
    }

    /// <summary>Adds another executor's.</summary>
    public void Add(ExecutorLatency other)
    {
        foreach (var (mine, theirs) in Stages.Zip(other.Stages))
            mine.Times.Add(theirs.Times);
        Forwards += other.Forwards;
    }
}
