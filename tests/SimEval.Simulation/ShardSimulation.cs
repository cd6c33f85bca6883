using SimEval.Actors.Journal;
using SimEval.Actors.Mailboxes;
using SimEval.Actors.Sharding;
using SimEval.Actors.TestKit;

namespace SimEval.Simulation;

/// <summary>
/// Hosts over one simulated disk, clients with numbered commands, and faults: lost answers, unavailability, duplicates, torn
/// writes, kills, pauses and take-overs. First the storm, then calm, in which everything must come to an end; then the
/// checkers look at the disk. One seed is one whole story.
/// </summary>
internal sealed class ShardSimulation
{
    private const int Clients = 4,
        CommandsPerClient = 25,
        Accounts = 9;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private readonly Actors.TestKit.Simulation simulation;
    private readonly SimulatedDisk disk = new();
    private readonly SeededChoice choice;
    private readonly ShardHostOptions options;
    private readonly StoreFaults faults;
    private readonly List<string> acknowledged = [];
    private readonly List<string> rejected = [];
    private Member current = null!;
    private bool calm;
    private int members;

    public ShardSimulation(ulong seed)
    {
        simulation = new(seed);
        choice = new(seed ^ 0x5157);
        options = new()
        {
            Owner = "simulated",
            HashedShards = 1 + choice.Below(5),
            ShardCapacity = 4 + choice.Below(60),
            MaxBatchTurns = 1 + choice.Below(20),
            MailWindow = 1 + choice.Below(5),
            CheckpointEvery = 3 + choice.Below(30),
            PassivateAfter = TimeSpan.FromMilliseconds(50 + choice.Below(2000)),
            MaxLoadedEntities = 2 + choice.Below(10),
            Tick = TimeSpan.FromMilliseconds(200),
            DedupPerClient = CommandsPerClient,
            WriteRetries = 6,
        };
        faults = new()
        {
            Delay = TimeSpan.FromMilliseconds(1 + choice.Below(20)),
            LostAnswer = choice.Below(10) / 100.0,
            Unavailable = choice.Below(10) / 100.0,
            Duplicate = choice.Below(10) / 100.0,
            TornWrite = choice.Below(4) / 200.0,
        };
    }

    /// <summary>Runs the story and sums it up; throws with what was found wrong.</summary>
    public string Run()
    {
        Join();
        var clients = Enumerable.Range(0, Clients).Select(c => new Client(this, c)).ToList();
        for (var storm = 0; storm < 60; storm++)
        {
            simulation.RunFor(simulation.Faults.Upto(TimeSpan.FromMilliseconds(400)));
            Disturb();
            foreach (var client in clients)
                client.Advance();
        }

        calm = true;
        Join();
        for (var round = 0; clients.Exists(c => !c.IsDone); round++)
        {
            if (round == 2000)
                throw new InvalidOperationException("A client is not answered in calm weather.");
            simulation.RunFor(TimeSpan.FromMilliseconds(200));
            foreach (var client in clients)
                client.Advance();
        }

        simulation.RunFor(TimeSpan.FromSeconds(30));
        if (disk.StaleWrites > 0)
            throw new InvalidOperationException($"{disk.StaleWrites} writes of owners that had been replaced.");
        var live = Live();
        new LogChecker(new SimulatedShardStore(disk), options.HashedShards, acknowledged, rejected).Check(live);
        return $"{simulation.Steps} steps, {members} processes, {acknowledged.Count} accepted, {rejected.Count} rejected: "
            + string.Join('/', live.Values);
    }

    private void Disturb()
    {
        if (current.Process.IsDead || choice.Chance(0.12))
        {
            current.Process.Kill();
            Join();
        }
        else if (choice.Chance(0.08))
        {
            // The old owner stands still, is replaced, and wakes up believing that it still owns everything.
            var old = current;
            old.Process.Pause();
            Join();
            simulation.RunFor(TimeSpan.FromMilliseconds(choice.Below(300)));
            old.Process.Continue();
        }
    }

    private void Join()
    {
        var process = simulation.Process($"p{++members}");
        var system = new ActorSystem(process, process);
        var store = new SimulatedShardStore(disk, simulation, process, calm ? StoreFaults.None : faults);
        var host = new ShardHost(system, store, options);
        var accounts = host.Register(Account.Type(snapshotEvery: 1 + (int)(simulation.Now.Ticks % 7)));
        var member = current = new(process, host, accounts);
        host.ShardStopped += (shard, _) =>
        {
            // Whoever is meant to own the shards takes one back; an owner that has been replaced leaves it.
            if (ReferenceEquals(member, current))
                process.CreateTimer(
                    _ => _ = host.ClaimAsync(shard).Exception,
                    null,
                    options.Tick,
                    Timeout.InfiniteTimeSpan
                );
        };
        _ = host.StartAsync().Exception;
    }

    private Dictionary<string, Account.State> Live()
    {
        var live = new Dictionary<string, Account.State>(StringComparer.Ordinal);
        for (var i = 0; i < Accounts; i++)
            live[$"{i}"] = simulation.Run(current.Accounts.Read(current.Accounts.At($"{i}"), Deadline));
        return live;
    }

    private sealed record Member(
        SimulatedProcess Process,
        ShardHost Host,
        EntityRegion<Account.State, Account.Command, string> Accounts
    );

    /// <summary>Sends its commands one after the other, each until it is answered, always under the same number.</summary>
    private sealed class Client(ShardSimulation world, int number)
    {
        private readonly SeededChoice choice = new((ulong)(number + 1) * 977);
        private int seq = 1;
        private (string From, string To) transfer;
        private Task<CommandResult<string>>? asked;
        private DateTimeOffset givenUp;

        public bool IsDone => seq > CommandsPerClient;

        public void Advance()
        {
            if (IsDone || !Settle())
                return;
            if (transfer.From is null)
                transfer = ($"{choice.Below(Accounts)}", $"{choice.Below(Accounts)}");
            var accounts = world.current.Accounts;
            var command = new Account.Command(seq % 7 == 0 ? "refuse" : "send", $"c{number}.{seq}", transfer.To);
            asked = accounts.Ask(accounts.At(transfer.From), command, Deadline, new CommandId($"c{number}", seq));
            givenUp = world.simulation.Now + TimeSpan.FromSeconds(1);
        }

        /// <summary>Whether the next attempt or the next command may be sent.</summary>
        private bool Settle()
        {
            if (asked is null)
                return true;
            if (!asked.IsCompleted && world.simulation.Now < givenUp)
                return false;
            if (asked.IsCompletedSuccessfully)
            {
                (asked.Result.Accepted ? world.acknowledged : world.rejected).Add($"c{number}.{seq}");
                seq++;
                transfer = default;
            }

            _ = asked.Exception;
            asked = null;
            return true;
        }
    }
}
