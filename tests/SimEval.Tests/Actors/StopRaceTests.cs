using SimEval.Actors.Dispatch;
using SimEval.Actors.Mailboxes;
using Xunit;

namespace SimEval.Tests.Actors;

/// <summary>
/// On real threads, since the simulation runs one thing at a time. The stop moves through the moment in which the actor
/// falls asleep: before the fence there, about one stop in 50,000 was never heard.
/// </summary>
public sealed class StopRaceTests
{
    private const int Stops = 100_000;

    [Fact]
    public async Task A_stop_is_heard_at_whatever_moment_it_comes()
    {
        using var thread = new PinnedDispatcher("stopped");
        await using var system = new ActorSystem(TimeProvider.System, new ThreadPoolDispatcher());
        var options = new ActorOptions { Capacity = 2, Dispatcher = thread };
        for (var stop = 0; stop < Stops; stop++)
        {
            var actor = system.Start("", () => new Deaf(), options);
            actor.Tell(1);
            Thread.SpinWait(stop % 40);
            actor.Stop();
            Assert.True(SpinWait.SpinUntil(() => actor.WhenStopped.IsCompleted, 10_000), $"stop {stop} was lost");
        }
    }

    private sealed class Deaf : Actor<int>
    {
        protected override void Receive(int message) { }
    }
}
