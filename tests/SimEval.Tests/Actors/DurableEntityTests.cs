using SimEval.Actors.Journal;
using SimEval.Actors.Mailboxes;
using SimEval.Actors.Sharding;
using SimEval.Actors.TestKit;
using Xunit;

namespace SimEval.Tests.Actors;

public sealed class DurableEntityTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly Simulation simulation = new(3);
    private readonly SimulatedDisk disk = new();
    private readonly Handler handler = new();
    private int processes;
    private SimulatedProcess process = null!;
    private ShardHost host = null!;
    private EntityRegion<Ledger.State, Ledger.Command, int> ledgers = null!;
    private ActorSystem system = null!;

    public DurableEntityTests() => Restart();

    public void Dispose() => process.Kill();

    private static ShardHostOptions Options =>
        new()
        {
            Owner = "test",
            HashedShards = 4,
            CheckpointEvery = 7,
        };

    private void Restart(
        ShardHostOptions? options = null,
        StoreFaults? faults = null,
        EntityType<Ledger.State, Ledger.Command, int, int, int>? type = null
    )
    {
        process?.Kill();
        process = simulation.Process($"p{++processes}");
        system = new(process, process);
        var store = new SimulatedShardStore(disk, simulation, process, faults ?? StoreFaults.None);
        host = new(system, store, options ?? Options);
        ledgers = host.Register(type ?? Ledger.Type(handler));
        simulation.Run(host.StartAsync());
    }

    private CommandResult<int> Ask(
        string id,
        string verb,
        int number = 0,
        CommandId? command = null,
        string? shard = null
    ) => simulation.Run(ledgers.Ask(ledgers.At(id, shard), new(verb, number), Minute, command));

    private CommandResult<int> Pass(string from, string to, int number) =>
        simulation.Run(ledgers.Ask(ledgers.At(from), new("pass", number, to), Minute));

    private string Numbers(string id, string? shard = null) =>
        simulation.Run(ledgers.Read(ledgers.At(id, shard), Minute)).ToString();

    [Fact]
    public void An_entity_that_is_over_leaves_memory_and_comes_back_from_its_events()
    {
        Restart(type: Ledger.Type(handler) with { IsOver = state => state.Numbers.Count >= 2 });
        Ask("a", "add", 1);
        Assert.Equal(0, host.Counters.Passivated);
        Ask("a", "add", 2);
        Assert.Equal(1, host.Counters.Passivated);
        Assert.Equal(3, Ask("a", "add", 3).Reply);
        Assert.Equal("1,2,3", Numbers("a"));
    }

    [Fact]
    public void A_command_is_answered_and_its_events_survive_a_crash()
    {
        Assert.Equal((1, 1L), (Ask("a", "add", 10).Reply, Ask("b", "add", 1).Version));
        Ask("a", "add", 11);
        Restart();
        Assert.Equal("10,11", Numbers("a"));
        Assert.Equal((3, 3L), (Ask("a", "add", 12).Reply, Ask("a", "nothing").Version));
    }

    [Fact]
    public void A_rejection_is_data_and_leaves_no_event()
    {
        var result = Ask("a", "refuse");
        Assert.Equal((false, "refused"), (result.Accepted, result.Rejection));
        Assert.Equal("", Numbers("a"));
    }

    [Fact]
    public void A_repeated_command_is_answered_as_the_first_time_and_applied_once()
    {
        var (add, refuse) = (new CommandId("client", 1), new CommandId("client", 2));
        var (first, refused) = (Ask("a", "add", 5, add), Ask("a", "refuse", 0, refuse));
        Ask("a", "add", 6);
        Assert.Equal(first, Ask("a", "add", 5, add));
        Restart();
        Assert.Equal(first, Ask("a", "add", 5, add));
        Assert.Equal(refused, Ask("a", "add", 7, refuse));
        Assert.Equal("5,6", Numbers("a"));
        Assert.Equal(2, host.Counters.Repeated);
    }

    [Fact]
    public void A_repeat_survives_checkpoints_and_one_that_is_too_old_is_refused()
    {
        var options = Options with { DedupPerClient = 4 };
        Restart(options);
        for (var seq = 1; seq <= 30; seq++)
            Ask("a", "add", seq, new("client", seq));
        Restart(options);
        Assert.Equal(30, Ask("a", "add", 99, new("client", 30)).Reply);
        Assert.Throws<CommandTooOldException>(() => Ask("a", "add", 99, new("client", 3)));
    }

    [Fact]
    public void A_message_to_another_entity_is_applied_once_and_in_order()
    {
        for (var i = 0; i < 30; i++)
            Pass("a", "b", i);
        simulation.RunFor(Minute);
        var expected = string.Join(",", Enumerable.Range(0, 30));
        Assert.Equal(expected, Numbers("b"));
        Restart();
        simulation.RunFor(Minute);
        Assert.Equal(expected, Numbers("b"));
    }

    [Fact]
    public void A_message_is_delivered_after_a_crash_between_sending_and_receiving()
    {
        var asked = ledgers.Ask(ledgers.At("a"), new("pass", 1, "b"), Minute);
        simulation.RunUntil(() => asked.IsCompleted, Minute);
        Restart();
        simulation.RunFor(Minute);
        Assert.Equal("1", Numbers("b"));
    }

    [Fact]
    public void A_message_to_itself_and_to_a_named_shard_arrives()
    {
        simulation.Run(ledgers.Ask(ledgers.At("a"), new("pass", 1, "a"), Minute));
        simulation.Run(ledgers.Ask(ledgers.At("a"), new("pass", 2, "c", "cohort"), Minute));
        simulation.RunFor(Minute);
        Assert.Equal("1,1,2", string.Join(",", Numbers("a").Split(',').Order()));
        Assert.Equal("2", Numbers("c", "cohort"));
    }

    [Fact]
    public void Many_events_of_one_turn_are_one_append()
    {
        var before = host.Counters.Commits;
        Assert.Equal(1000, Ask("a", "many", 1000).Reply);
        Assert.Equal(before + 1, host.Counters.Commits);
        Restart();
        Assert.Equal(1000, Numbers("a").Split(',').Length);
    }

    [Fact]
    public void Commands_that_wait_together_are_committed_together()
    {
        Ask("a", "add", 0, shard: "one");
        var before = host.Counters.Commits;
        var asked = Enumerable
            .Range(0, 50)
            .Select(i => ledgers.Ask(ledgers.At($"{i % 7}", "one"), new("add", i), Minute))
            .ToList();
        simulation.Run(Task.WhenAll(asked));
        Assert.Equal(before + 1, host.Counters.Commits);
    }

    [Fact]
    public void A_poisoned_entity_is_parked_and_its_neighbours_commit()
    {
        var parked = new List<ParkedEntity>();
        host.EntityParked += parked.Add;
        Ask("good", "add", 0, shard: "one");
        var good = ledgers.Ask(ledgers.At("good", "one"), new("add", 1), Minute);
        var before = ledgers.Ask(ledgers.At("bad", "one"), new("add", 1), Minute);
        var bad = ledgers.Ask(ledgers.At("bad", "one"), new("throw", 7), Minute);
        var after = ledgers.Ask(ledgers.At("bad", "one"), new("add", 2), Minute);
        simulation.RunFor(Minute);
        Assert.True(simulation.Run(good).Accepted && simulation.Run(before).Accepted);
        Assert.Contains("poison 7", Assert.IsType<EntityParkedException>(bad.Exception!.InnerException).Message);
        Assert.IsType<EntityParkedException>(after.Exception!.InnerException);
        Assert.Equal("bad", Assert.Single(host.Parked).Entity.Id);
        Assert.Single(parked);
        simulation.Run(host.UnparkAsync(ledgers.At("bad", "one"), Minute));
        Assert.Equal("1", Numbers("bad", "one"));
        Assert.Empty(host.Parked);
    }

    [Fact]
    public void A_message_that_its_entity_can_not_handle_is_kept_and_applied_when_it_can()
    {
        Restart(type: Ledger.Type(poison: n => n == 13));
        foreach (var number in new[] { 1, 12, 2 })
            Pass("a", "b", number);
        simulation.Run(ledgers.Ask(ledgers.At("x"), new("pass", 3, "c"), Minute));
        Restart(type: Ledger.Type(poison: n => n == 12));
        simulation.RunFor(Minute);
        Pass("q", "b", 4);
        simulation.RunFor(Minute);
        Assert.Equal("3", Numbers("c"));
        var parkedB = host.Parked.Single(p => p.Entity.Id == "b");
        Assert.Contains("12", parkedB.Cause.Message);
        Restart();
        simulation.RunFor(Minute);
        simulation.Run(host.UnparkAsync(ledgers.At("b"), Minute));
        Assert.Equal("1,12,2,4", Numbers("b"));
        Restart();
        Assert.Equal("1,12,2,4", Numbers("b"));
    }

    [Fact]
    public void An_event_that_nobody_can_read_parks_its_entity_and_not_its_shard()
    {
        Ask("a", "add", 1, shard: "one");
        Ask("b", "add", 2, shard: "one");
        var type = Ledger.Type() with
        {
            Events = new(
                n => Ledger.Text("Added", 2, $"{n}"),
                e => e.Payload.Span[0] == '1' ? throw new FormatException("unknown shape") : 2
            ),
        };
        Restart(type: type);
        var a = ledgers.Read(ledgers.At("a", "one"), Minute);
        Assert.Equal("2", Numbers("b", "one"));
        simulation.RunFor(Minute);
        Assert.Contains("unknown shape", a.Exception!.InnerException!.Message);
        Assert.Single(host.Parked);
    }

    [Fact]
    public void Events_of_an_older_version_are_upcast_when_they_are_read()
    {
        Ask("a", "add", 3);
        var type = Ledger.Type();
        var events = new Codec<int>(
            n => Ledger.Text("Added", 4, $"{n}"),
            e =>
                e.Version == 4
                    ? int.Parse(System.Text.Encoding.UTF8.GetString(e.Payload.Span))
                    : throw new FormatException()
        )
            .Upcast("Added", 2, e => e with { Version = 3 })
            .Upcast(
                "Added",
                3,
                e => Ledger.Text("Added", 4, System.Text.Encoding.UTF8.GetString(e.Payload.Span) + "0")
            );
        Restart(type: type with { Events = events });
        Ask("a", "add", 4);
        Assert.Equal("30,4", Numbers("a"));
    }

    [Fact]
    public void Effects_are_carried_after_the_commit_and_a_recovered_entity_is_told_of()
    {
        Ask("a", "effect", 9);
        Assert.Equal([9], handler.Carried);
        Assert.Empty(handler.Recoveries);
        Restart();
        Numbers("a");
        Assert.Equal(["a: 9"], handler.Recoveries);
        Assert.Equal([9], handler.Carried);
    }

    [Fact]
    public void A_handler_that_throws_harms_nobody()
    {
        handler.Throws = true;
        Assert.True(Ask("a", "effect", 1).Accepted);
        Assert.True(Ask("a", "effect", 2).Accepted);
        Assert.Equal(2, host.Counters.HandlerFailures);
    }

    [Fact]
    public void An_idle_entity_leaves_memory_and_comes_back_as_it_was()
    {
        Restart(Options with { PassivateAfter = TimeSpan.FromSeconds(5) });
        for (var i = 0; i < 12; i++)
            Ask("a", "add", i);
        simulation.RunFor(Minute);
        Assert.Equal(1, host.Counters.Passivated);
        Assert.Equal(string.Join(",", Enumerable.Range(0, 12)), Numbers("a"));
        Assert.Equal(2, host.Counters.Snapshots);
    }

    [Fact]
    public void Memory_is_bounded_by_dropping_the_longest_unused()
    {
        Restart(Options with { MaxLoadedEntities = 10, HashedShards = 4 });
        for (var i = 0; i < 100; i++)
            Ask($"{i}", "add", i, shard: "one");
        simulation.RunFor(Minute);
        Assert.InRange(host.Counters.Passivated, 85, 100);
        Assert.Equal("3", Numbers("3", "one"));
    }

    [Fact]
    public void A_full_shard_says_so()
    {
        Restart(Options with { ShardCapacity = 3 });
        var told = Enumerable.Range(0, 5).Select(i => ledgers.Tell(ledgers.At("a", "one"), new("add", i))).ToList();
        Assert.Equal(3, told.Count(d => d == Delivery.Accepted));
        Assert.Equal(2, told.Count(d => d == Delivery.Full));
        var waiting = ledgers.TellAsync(ledgers.At("a", "one"), new("add", 5)).AsTask();
        Assert.IsType<MailboxFullException>(
            ledgers.Ask(ledgers.At("a", "one"), new("add", 6), Minute).Exception!.InnerException
        );
        simulation.RunFor(Minute);
        Assert.Equal(Delivery.Accepted, simulation.Run(waiting));
        Assert.Equal("0,1,2,5", Numbers("a", "one"));
    }

    [Fact]
    public void A_hot_entity_does_not_starve_its_neighbours()
    {
        Restart(Options with { MaxBatchTurns = 10 }, new() { Delay = TimeSpan.FromMilliseconds(1) });
        for (var i = 0; i < 1000; i++)
            ledgers.Tell(ledgers.At("hot", "one"), new("add", i));
        var cold = ledgers.Ask(ledgers.At("cold", "one"), new("add", 1), Minute);
        simulation.Run(cold);
        Assert.InRange(host.Counters.Turns, 1, 30);
    }

    [Fact]
    public void A_fenced_host_stops_and_says_so()
    {
        Ask("a", "add", 1, shard: "one");
        var stopped = new List<string>();
        host.ShardStopped += (name, cause) => stopped.Add($"{name}: {cause.GetType().Name}");
        var young = simulation.Process("young");
        var second = new ShardHost(new(young, young), new SimulatedShardStore(disk), Options);
        var taken = second.Register(Ledger.Type());
        simulation.Run(second.StartAsync());
        var refused = ledgers.Ask(ledgers.At("a", "one"), new("add", 2), Minute);
        simulation.RunFor(Minute);
        Assert.IsType<ShardStoppedException>(refused.Exception!.InnerException);
        Assert.Contains("one: FencedException", stopped);
        Assert.Equal(Delivery.Stopped, ledgers.Tell(ledgers.At("a", "one"), new("add", 3)));
        Assert.Equal("1", simulation.Run(taken.Read(taken.At("a", "one"), Minute)).ToString());
    }

    [Fact]
    public void A_retired_shard_is_gone_and_what_it_sent_arrives()
    {
        simulation.Run(ledgers.Ask(ledgers.At("a", "cohort"), new("pass", 1, "b"), Minute));
        simulation.Run(host.RetireAsync("cohort"));
        simulation.Run(host.RetireAsync("cohort"));
        simulation.RunFor(Minute);
        Assert.Equal("1", Numbers("b"));
        Assert.Throws<ShardRetiredException>(() => Ask("a", "add", 1, shard: "cohort"));
        simulation.Run(ledgers.Ask(ledgers.At("b"), new("pass", 2, "a", "cohort"), Minute));
        simulation.RunFor(Minute);
        Assert.Equal(1, host.Counters.Undeliverable);
        Assert.Equal(DeadLetterReason.Retired, system.DeadLetters.Newest.Single().Reason);
    }

    [Fact]
    public void Read_mail_is_removed_in_time()
    {
        for (var i = 0; i < 100; i++)
            Pass("a", "b", i);
        simulation.RunFor(Minute);
        Assert.InRange(disk.MailCount, 0, 2 * Options.CheckpointEvery);
    }

    [Fact]
    public async Task Retired_senders_are_forgotten_and_their_mail_was_applied_once()
    {
        const int cohorts = 60;
        Restart(Options with { SendersRemembered = 4, CheckpointEvery = 2 });
        for (var i = 0; i < cohorts; i++)
        {
            simulation.Run(ledgers.Ask(ledgers.At("a", $"cohort/{i}"), new("pass", i, "b"), Minute));
            simulation.RunFor(TimeSpan.FromSeconds(3));
            simulation.Run(host.RetireAsync($"cohort/{i}"));
        }

        Restart();
        simulation.RunFor(Minute);
        Assert.Equal(string.Join(",", Enumerable.Range(0, cohorts)), Numbers("b"));
        var store = new SimulatedShardStore(disk);
        var shard = await store.FindShardAsync(host.ShardOf(ledgers.At("b")));
        var checkpoint = await store.ReadCheckpointAsync(shard!.Shard);
        Assert.InRange(checkpoint!.Payload.Length, 1, 20 * 16);
    }

    [Fact]
    public void A_lost_answer_is_settled_by_reading_the_log()
    {
        Restart(Options with { WriteRetries = 50 }, new() { LostAnswer = 0.5, Unavailable = 0.1 });
        for (var i = 0; i < 40; i++)
            Assert.Equal(i + 1, Ask("a", "add", i).Reply);
        Assert.Equal(string.Join(",", Enumerable.Range(0, 40)), Numbers("a"));
        Assert.True(host.Counters.Retries > 0);
    }

    [Fact]
    public void Another_number_of_hashed_shards_is_refused()
    {
        var failure = Assert.Throws<StoreException>(() => Restart(Options with { HashedShards = 5 }));
        Assert.Equal(StoreTrouble.Incompatible, failure.Trouble);
        Assert.Contains("4 hashed shards", failure.Message);
    }

    [Fact]
    public async Task A_reader_beside_the_owner_sees_what_is_committed()
    {
        for (var i = 0; i < 12; i++)
            Ask("a", "add", i);
        Ask("c", "add", 3, shard: "cohort");
        var reader = EntityReader.Of(new SimulatedShardStore(disk), Ledger.Type(), 4);
        var (state, version) = (await reader.ReadAsync(ledgers.At("a")))!.Value;
        Assert.Equal((string.Join(",", Enumerable.Range(0, 12)), 12), (state.ToString(), version));
        Assert.Null(await reader.ReadAsync(ledgers.At("nobody")));
        var events = new List<int>();
        await foreach (var number in reader.EventsAsync(ledgers.At("a"), afterSeq: 9))
            events.Add(number);
        Assert.Equal([9, 10, 11], events);
        var listed = new List<EntityAddress>();
        await foreach (var address in reader.ListAsync())
            listed.Add(address);
        await foreach (var address in reader.ListAsync("cohort"))
            listed.Add(address);
        Assert.Equal([ledgers.At("a"), ledgers.At("c", "cohort")], listed);
    }

    [Fact]
    public void A_host_that_stops_finishes_what_it_has_accepted()
    {
        var asked = Enumerable
            .Range(0, 100)
            .Select(i => ledgers.Ask(ledgers.At($"{i % 9}"), new("add", i), Minute))
            .ToList();
        simulation.Run(host.DisposeAsync().AsTask());
        Assert.All(asked, a => Assert.True(simulation.Run(a).Accepted));
        Assert.Equal(Delivery.Stopped, ledgers.Tell(ledgers.At("late"), new("add", 1)));
    }

    private sealed class Handler : IEffectHandler<Ledger.State, int>
    {
        public List<int> Carried { get; } = [];

        public List<string> Recoveries { get; } = [];

        public bool Throws { get; set; }

        public void Carry(EntityAddress entity, int effect)
        {
            if (Throws)
                throw new InvalidOperationException("no");
            Carried.Add(effect);
        }

        public void Recovered(EntityAddress entity, Ledger.State state) => Recoveries.Add($"{entity.Id}: {state}");
    }
}
