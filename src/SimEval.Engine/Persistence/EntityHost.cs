using SimEval.Actors.Journal;
using SimEval.Actors.Sharding;
using SimEval.Entities.Aggregates;
using SimEval.Entities.Boards;
using SimEval.Entities.Rollouts;
using SimEval.Entities.Runs;
using SimEval.Entities.Scenarios;

namespace SimEval.Engine.Persistence;

/// <summary>The entities of one writing process: every command goes through here, and is durable when it returns.</summary>
public sealed class EntityHost : IAsyncDisposable
{
    private readonly ShardHost host;
    private readonly TimeSpan deadline;
    private readonly EntityRegion<ScenarioHistory, ScenarioCommand, long> scenarios;
    private readonly EntityRegion<RunState, RunCommand, long> runs;
    private readonly EntityRegion<Rollout, RolloutCommand, long> rollouts;
    private readonly EntityRegion<Aggregate, AggregateCommand, long> aggregates;
    private readonly EntityRegion<Board, BoardCommand, long> boards;

    /// <summary>Registers the entity types; <see cref="StartAsync"/> comes next.</summary>
    /// <param name="host">The kernel's host, not started; disposed with this.</param>
    /// <param name="deadline">Longest time a command may take.</param>
    public EntityHost(ShardHost host, TimeSpan deadline)
    {
        this.host = host;
        this.deadline = deadline;
        scenarios = host.Register(EntityTypes.Scenario);
        runs = host.Register(EntityTypes.Run);
        rollouts = host.Register(EntityTypes.Rollout);
        aggregates = host.Register(EntityTypes.Aggregate);
        boards = host.Register(EntityTypes.Board);
    }

    /// <summary>Claims the shards.</summary>
    public Task StartAsync() => host.StartAsync();

    /// <summary>Asks a scenario.</summary>
    public Task<long> Scenario(string name, ScenarioCommand command) =>
        Accepted(scenarios.Ask(RunAddresses.Scenario(name), command, deadline));

    /// <summary>Asks a run.</summary>
    public Task<long> Run(string run, RunCommand command) =>
        Accepted(runs.Ask(RunAddresses.Run(run), command, deadline));

    /// <summary>Asks a run's aggregate.</summary>
    public Task<long> Aggregate(string run, AggregateCommand command) =>
        Accepted(aggregates.Ask(RunAddresses.Aggregate(run), command, deadline));

    /// <summary>Asks a rollout.</summary>
    public Task<long> Rollout(EntityAddress rollout, RolloutCommand command) =>
        Accepted(rollouts.Ask(rollout, command, deadline));

    /// <summary>Asks a board.</summary>
    public Task<long> Board(string serial, BoardCommand command) =>
        Accepted(boards.Ask(RunAddresses.Board(serial), command, deadline));

    /// <summary>The state of a run.</summary>
    public Task<RunState> ReadRun(string run) => runs.Read(RunAddresses.Run(run), deadline);

    /// <summary>The state of a board.</summary>
    public Task<Board> ReadBoard(string serial) => boards.Read(RunAddresses.Board(serial), deadline);

    /// <summary>Retires a shard with everything in it.</summary>
    public Task RetireAsync(string shard) => host.RetireAsync(shard);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static async Task<long> Accepted(Task<CommandResult<long>> asked)
    {
        var result = await asked.ConfigureAwait(false);
        return result.Accepted ? result.Reply : throw new CommandRejectedException(result.Rejection!);
    }
}

/// <summary>An entity refused a command; the message is its reason, for people.</summary>
/// <param name="reason">Why.</param>
public sealed class CommandRejectedException(string reason) : Exception(reason);
