namespace SimEval.Tests.Engine.Executors;

/// <summary>A clock that a test sets on, in timestamps of a nanosecond; it counts how often it is read.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long now = 1_000_000;

    public override long TimestampFrequency => 1_000_000_000;

    public int Readings { get; private set; }

    public override long GetTimestamp()
    {
        Readings++;
        return now;
    }

    public void Advance(TimeSpan time) => now += time.Ticks * 100;

    public void Advance(double milliseconds) => Advance(TimeSpan.FromMilliseconds(milliseconds));
}
