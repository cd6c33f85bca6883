using SimEval.Cli;
using Xunit;

namespace SimEval.Tests.Cli;

/// <summary>A verb that is at work for long says so, and only where it says nothing itself.</summary>
public sealed class HeartbeatTests
{
    [Fact]
    public void A_silent_verb_is_told_of_every_two_seconds_and_one_that_tells_is_not()
    {
        using var people = new StringWriter();
        var terminal = new Terminal(TextWriter.Null, people, false, false, 120);
        var clock = new Clock();
        using (new Heartbeat(terminal, "show", clock))
        {
            clock.TwoSecondsLater();
            clock.TwoSecondsLater();
            terminal.Tell("3 of 7");
            clock.TwoSecondsLater();
            clock.TwoSecondsLater();
        }

        Assert.True(clock.IsStopped);
        Assert.Equal(
            ["show: at work for 2 s", "show: at work for 4 s", "3 of 7", "show: at work for 8 s"],
            people.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)
        );
    }

    private sealed class Clock : TimeProvider, ITimer
    {
        private TimerCallback? beat;
        private long seconds;

        public bool IsStopped { get; private set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => seconds;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)), (dueTime, period));
            beat = callback;
            return this;
        }

        public void TwoSecondsLater()
        {
            seconds += 2;
            beat!(null);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => IsStopped = true;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
