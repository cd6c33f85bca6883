using SimEval.Actors.Dispatch;
using SimEval.Actors.Mailboxes;
using SimEval.Actors.TestKit;
using Xunit;

namespace SimEval.Tests.Actors;

public sealed class MailboxTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly Simulation simulation = new(1);
    private readonly SimulatedProcess process;
    private readonly ActorSystem system;

    public MailboxTests()
    {
        process = simulation.Process("p");
        system = new(process, process);
    }

    public void Dispose() => process.Kill();

    private ActorRef<string> Start(Echo.Behaviour behaviour, int capacity = 10, Supervision? supervision = null) =>
        system.Start(
            "echo",
            () => new Echo(behaviour),
            new() { Capacity = capacity, Supervision = supervision ?? Supervision.Stop }
        );

    [Fact]
    public void Messages_arrive_in_order_and_none_before_its_turn()
    {
        var probe = new Probe<int>(system);
        for (var i = 0; i < 100; i++)
            Assert.Equal(Delivery.Accepted, probe.Ref.Tell(i));
        Assert.Equal(0, probe.Count);
        simulation.RunFor(Second);
        Assert.Equal(Enumerable.Range(0, 100), probe.TakeAll());
    }

    [Fact]
    public void A_full_mailbox_says_so_and_the_message_is_a_dead_letter()
    {
        var probe = new Probe<int>(system, "small", capacity: 2);
        Delivery[] told = [probe.Ref.Tell(1), probe.Ref.Tell(2), probe.Ref.Tell(3)];
        Assert.Equal([Delivery.Accepted, Delivery.Accepted, Delivery.Full], told);
        simulation.RunFor(Second);
        Assert.Equal([1, 2], probe.TakeAll());
        Assert.Equal(new DeadLetter("small", 3, DeadLetterReason.Full), Assert.Single(system.DeadLetters.Newest));
    }

    [Fact]
    public void A_sender_can_wait_for_room_and_keeps_its_place_in_line()
    {
        var probe = new Probe<int>(system, capacity: 1);
        probe.Ref.Tell(1);
        var second = probe.Ref.TellAsync(2).AsTask();
        var third = probe.Ref.TellAsync(3).AsTask();
        Assert.False(second.IsCompleted || third.IsCompleted);
        Assert.Equal(Delivery.Accepted, simulation.Run(third));
        simulation.RunFor(Second);
        Assert.Equal(Delivery.Accepted, simulation.Run(second));
        Assert.Equal([1, 2, 3], probe.TakeAll());
    }

    [Fact]
    public async Task A_cancelled_wait_delivers_nothing()
    {
        var probe = new Probe<int>(system, capacity: 1);
        using var cancel = new CancellationTokenSource();
        probe.Ref.Tell(1);
        var waiting = probe.Ref.TellAsync(2, cancel.Token).AsTask();
        cancel.Cancel();
        simulation.RunFor(Second);
        Assert.Equal([1], probe.TakeAll());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void An_ask_is_answered()
    {
        var asked = system.Start("a", () => new Asked(), new() { Capacity = 1 });
        Assert.Equal(42, simulation.Run(asked.Ask<int>(reply => (21, reply), Second)));
    }

    [Fact]
    public void An_ask_without_an_answer_times_out_at_its_deadline()
    {
        var asked = system.Start("a", () => new Asked(), new() { Capacity = 1 });
        var answer = asked.Ask<int>(reply => (0, reply), Second);
        simulation.RunFor(Second - TimeSpan.FromMilliseconds(1));
        Assert.False(answer.IsCompleted);
        Assert.Throws<TimeoutException>(() => simulation.Run(answer));
    }

    [Fact]
    public void An_ask_of_a_full_or_stopped_actor_fails_at_once()
    {
        var asked = system.Start("a", () => new Asked(), new() { Capacity = 1 });
        asked.Tell((1, null!));
        Assert.IsType<MailboxFullException>(asked.Ask<int>(r => (1, r), Second).Exception!.InnerException);
        asked.Stop();
        simulation.RunFor(Second);
        Assert.IsType<ActorStoppedException>(asked.Ask<int>(r => (1, r), Second).Exception!.InnerException);
    }

    [Fact]
    public void A_restarted_actor_is_a_fresh_one_that_keeps_its_mailbox()
    {
        var failures = new List<ActorFailure>();
        system.Failed += failures.Add;
        var log = new List<string>();
        var actor = Start(log.Add, supervision: Supervision.Restart(1, Second));
        foreach (var text in new[] { "a", "throw", "b" })
            actor.Tell(text);
        simulation.RunFor(Second);
        Assert.Equal(["1:a", "stopped", "1:b"], log);
        Assert.Equal((true, "thrown"), (failures.Single().Restarted, failures.Single().Cause.Message));
        Assert.Equal(DeadLetterReason.Failed, system.DeadLetters.Newest.Single().Reason);
        Assert.False(actor.WhenStopped.IsCompleted);
    }

    [Fact]
    public void One_failure_too_many_stops_it_and_the_failure_is_seen()
    {
        var actor = Start(_ => { }, supervision: Supervision.Restart(2, Second));
        for (var i = 0; i < 4; i++)
            actor.Tell("throw");
        var failure = simulation.Run(actor.WhenStopped);
        Assert.Equal("thrown", failure!.Message);
        Assert.Equal(Delivery.Stopped, actor.Tell("late"));
        Assert.Empty(system.Actors);
    }

    [Fact]
    public void Failures_outside_the_window_are_forgiven()
    {
        var actor = Start(_ => { }, supervision: Supervision.Restart(1, Second));
        for (var i = 0; i < 5; i++)
        {
            actor.Tell("throw");
            simulation.RunFor(2 * Second);
        }

        Assert.False(actor.WhenStopped.IsCompleted);
    }

    [Fact]
    public void A_stopped_actor_leaves_its_mailbox_to_the_dead_letters()
    {
        var probe = new Probe<int>(system);
        probe.Ref.Tell(1);
        probe.Ref.Stop();
        Assert.Null(simulation.Run(probe.Ref.WhenStopped));
        Assert.Equal(DeadLetterReason.Stopped, system.DeadLetters.Newest.Single().Reason);
    }

    [Fact]
    public void A_watcher_is_told_of_the_end()
    {
        var watched = Start(_ => { });
        var ends = new List<string>();
        system.Start("watcher", () => new Watcher(watched, ends), new() { Capacity = 1 });
        simulation.RunFor(Second);
        watched.Tell("throw");
        simulation.RunFor(Second);
        Assert.Equal(["thrown"], ends);
    }

    [Fact]
    public void Timers_run_on_virtual_time_and_a_cancelled_one_never_delivers()
    {
        var log = new List<string>();
        var actor = system.Start("t", () => new Timed(log), new() { Capacity = 1 });
        simulation.RunFor(TimeSpan.FromMilliseconds(3500));
        Assert.Equal(["every", "every", "once", "every"], log);
        actor.Tell("cancel");
        simulation.RunFor(10 * Second);
        Assert.Equal(4, log.Count);
    }

    [Fact]
    public void A_task_comes_back_as_a_message_even_when_the_mailbox_is_full()
    {
        var task = new TaskCompletionSource<string>();
        var log = new List<string>();
        var actor = system.Start("p", () => new Piped(task.Task, log), new() { Capacity = 1 });
        simulation.RunFor(Second);
        actor.Tell("fills the mailbox");
        task.SetResult("result");
        simulation.RunFor(Second);
        Assert.Equal(["result", "fills the mailbox"], log);
    }

    [Fact]
    public void One_seed_is_one_order()
    {
        static string Order(ulong seed)
        {
            var simulation = new Simulation(seed);
            var process = simulation.Process("p");
            var system = new ActorSystem(process, process);
            var log = new List<string>();
            for (var i = 0; i < 5; i++)
            {
                var name = $"{i}";
                var actor = system.Start(name, () => new Echo(m => log.Add(name)), new() { Capacity = 3 });
                actor.Tell("a");
                actor.Tell("b");
            }

            simulation.RunFor(Second);
            return string.Concat(log);
        }

        Assert.Equal(Order(7), Order(7));
        Assert.NotEqual(Order(7), Order(8));
    }

    [Fact]
    public async Task Many_threads_lose_and_repeat_nothing()
    {
        await using var real = new ActorSystem(TimeProvider.System, new ThreadPoolDispatcher(quantum: 8));
        var counts = new int[4];
        var done = new TaskCompletionSource();
        var left = 4 * 5000;
        var actor = real.Start(
            "sum",
            () =>
                new Lambda<int>(sender =>
                {
                    counts[sender]++;
                    if (--left == 0)
                        done.SetResult();
                }),
            new() { Capacity = 16 }
        );
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(sender =>
                    Task.Run(async () =>
                    {
                        for (var i = 0; i < 5000; i++)
                            await actor.TellAsync(sender);
                    })
                )
        );
        await done.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.All(counts, c => Assert.Equal(5000, c));
    }

    [Fact]
    public async Task A_pinned_actor_runs_on_its_thread_alone()
    {
        using var lane = new PinnedDispatcher("lane-0");
        await using var real = new ActorSystem(TimeProvider.System, new ThreadPoolDispatcher());
        var threads = new HashSet<string?>();
        var actor = real.Start(
            "pinned",
            () =>
                new Lambda<ReplyTo<int>>(reply =>
                {
                    threads.Add(Thread.CurrentThread.Name);
                    reply.Tell(threads.Count);
                }),
            new() { Capacity = 1, Dispatcher = lane }
        );
        for (var i = 0; i < 20; i++)
            Assert.Equal(1, await actor.Ask<int>(reply => reply, TimeSpan.FromSeconds(20)));
        Assert.Equal("lane-0", Assert.Single(threads));
    }

    private sealed class Lambda<T>(Action<T> receive) : Actor<T>
    {
        protected override void Receive(T message) => receive(message);
    }

    private sealed class Echo(Echo.Behaviour log) : Actor<string>
    {
        public delegate void Behaviour(string text);

        private int received;

        protected override void Receive(string message)
        {
            if (message == "throw")
                throw new InvalidOperationException("thrown");
            log($"{++received}:{message}");
        }

        protected override void Stopped(Exception? failure) => log("stopped");
    }

    private sealed class Asked : Actor<(int Number, ReplyTo<int> Reply)>
    {
        protected override void Receive((int Number, ReplyTo<int> Reply) message)
        {
            if (message.Number > 0)
                message.Reply?.Tell(2 * message.Number);
        }
    }

    private sealed class Watcher(ActorRef watched, List<string> ends) : Actor<string>
    {
        protected override void Started() => Context.Watch(watched, failure => failure?.Message ?? "");

        protected override void Receive(string message) => ends.Add(message);
    }

    private sealed class Timed(List<string> log) : Actor<string>
    {
        protected override void Started()
        {
            Context.Timers.Every("a", TimeSpan.FromSeconds(1), "every");
            Context.Timers.Once("b", TimeSpan.FromSeconds(2.5), "once");
            Context.Timers.Once("c", TimeSpan.FromSeconds(2.5), "replaced");
            Context.Timers.Once("c", TimeSpan.FromSeconds(100), "never");
        }

        protected override void Receive(string message)
        {
            if (message == "cancel")
                Context.Timers.CancelAll();
            else
                log.Add(message);
        }
    }

    private sealed class Piped(Task<string> task, List<string> log) : Actor<string>
    {
        protected override void Started() => Context.PipeToSelf(task, t => t, e => e.Message);

        protected override void Receive(string message) => log.Add(message);
    }
}
