using System.Globalization;
using System.Text;
using SimEval.Actors.Journal;
using SimEval.Actors.Sharding;
using SimEval.Entities;
using SimEval.Entities.Aggregates;
using SimEval.Entities.Boards;
using SimEval.Entities.Rollouts;
using SimEval.Entities.Runs;
using SimEval.Entities.Scenarios;

namespace SimEval.Engine.Persistence;

/// <summary>Fits the pure entities to the kernel: their Decide and Evolve, and how their values become bytes.</summary>
public static class EntityTypes
{
    /// <summary>Scenarios: versions, runs, baseline.</summary>
    public static EntityType<ScenarioHistory, ScenarioCommand, ScenarioEvent, NoEffect, long> Scenario { get; } =
        Of<ScenarioHistory, ScenarioCommand, ScenarioEvent>(
            ScenarioDecider.Type,
            ScenarioHistory.Initial,
            ScenarioDecider.Decide,
            ScenarioHistory.Evolve
        );

    /// <summary>Runs.</summary>
    public static EntityType<RunState, RunCommand, RunEvent, NoEffect, long> Run { get; } =
        Of<RunState, RunCommand, RunEvent>(RunDecider.Type, RunState.Initial, RunDecider.Decide, RunState.Evolve);

    /// <summary>Rollouts.</summary>
    public static EntityType<Rollout, RolloutCommand, RolloutEvent, NoEffect, long> Rollout { get; } =
        Of<Rollout, RolloutCommand, RolloutEvent>(
            RolloutDecider.Type,
            Entities.Rollouts.Rollout.Initial,
            RolloutDecider.Decide,
            Entities.Rollouts.Rollout.Evolve
        ) with
        {
            Events = ResultCodec.Rollouts,
            IsOver = state => state.Result is not null,
        };

    /// <summary>Aggregates.</summary>
    public static EntityType<Aggregate, AggregateCommand, AggregateEvent, NoEffect, long> Aggregate { get; } =
        Of<Aggregate, AggregateCommand, AggregateEvent>(
            AggregateDecider.Type,
            Entities.Aggregates.Aggregate.Initial,
            AggregateDecider.Decide,
            Entities.Aggregates.Aggregate.Evolve
        ) with
        {
            Events = ResultCodec.Aggregates,
            States = ResultCodec.AggregateStates,
        };

    /// <summary>Boards.</summary>
    public static EntityType<Board, BoardCommand, BoardEvent, NoEffect, long> Board { get; } =
        Of<Board, BoardCommand, BoardEvent>(
            BoardDecider.Type,
            Entities.Boards.Board.Initial,
            BoardDecider.Decide,
            Entities.Boards.Board.Evolve
        );

    private static EntityType<TState, TCommand, TEvent, NoEffect, long> Of<TState, TCommand, TEvent>(
        string name,
        TState initial,
        Func<TState, TCommand, Entities.Decision<TEvent>> decide,
        Func<TState, TEvent, TState> evolve
    )
        where TState : notnull
        where TCommand : notnull
        where TEvent : class =>
        new()
        {
            Name = name,
            Initial = initial,
            Decide = (state, command, _) => Adapt(decide(state, command)),
            Evolve = evolve,
            Events = JsonCodec.Of<TEvent>(),
            Commands = JsonCodec.Of<TCommand>(),
            States = JsonCodec.Of<TState>(),
            Replies = Number,
        };

    private static Actors.Sharding.Decision<TEvent, NoEffect, long> Adapt<TEvent>(Entities.Decision<TEvent> decision)
        where TEvent : class =>
        decision.Rejection is { } reason
            ? Actors.Sharding.Decision.Rejected<TEvent, NoEffect, long>(reason)
            : new Actors.Sharding.Decision<TEvent, NoEffect, long>(decision.Answer)
            {
                Events = decision.Events,
                Messages =
                [
                    .. decision.Messages.Select(message => new Actors.Sharding.Outgoing(
                        new Actors.Sharding.EntityAddress(message.To.Type, message.To.Id),
                        message.Command
                    )),
                ],
            };

    private static Codec<long> Number { get; } =
        new(
            value => new Encoded("number", 1, Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture))),
            bytes => long.Parse(Encoding.UTF8.GetString(bytes.Payload.Span), CultureInfo.InvariantCulture)
        );
}

/// <summary>These entities want nothing done outside: whoever drives them reads their states.</summary>
public sealed record NoEffect;
