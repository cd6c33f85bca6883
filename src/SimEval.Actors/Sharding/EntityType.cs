namespace SimEval.Actors.Sharding;

/// <summary>
/// An entity type as the kernel sees it: pure functions and codecs. States are immutable: the kernel keeps the state before
/// a command until the command has been decided.
/// </summary>
/// <typeparam name="TState">The state: the fold of the events.</typeparam>
/// <typeparam name="TCommand">What it is asked.</typeparam>
/// <typeparam name="TEvent">What has happened to it.</typeparam>
/// <typeparam name="TEffect">What it wants done outside.</typeparam>
/// <typeparam name="TReply">What it answers.</typeparam>
public sealed record EntityType<TState, TCommand, TEvent, TEffect, TReply>
{
    /// <summary>The type's name, stable for ever: stored beside every entry.</summary>
    public required string Name { get; init; }

    /// <summary>The state before the first event.</summary>
    public required TState Initial { get; init; }

    /// <summary>Decides about a command, at a time. Pure. An exception parks the entity; a command the domain refuses is a rejection.</summary>
    public required Func<TState, TCommand, DateTimeOffset, Decision<TEvent, TEffect, TReply>> Decide { get; init; }

    /// <summary>Folds an event. Pure. An exception parks the entity.</summary>
    public required Func<TState, TEvent, TState> Evolve { get; init; }

    /// <summary>Events to bytes, with upcasters for older versions.</summary>
    public required Codec<TEvent> Events { get; init; }

    /// <summary>Commands to bytes: messages between entities travel so.</summary>
    public required Codec<TCommand> Commands { get; init; }

    /// <summary>States to bytes, for snapshots. An unreadable snapshot is ignored: the events are folded instead.</summary>
    public required Codec<TState> States { get; init; }

    /// <summary>Replies to bytes, so that a repeated command is answered as the first time.</summary>
    public required Codec<TReply> Replies { get; init; }

    /// <summary>Does what the entity wants done; null: the type has no effects.</summary>
    public IEffectHandler<TState, TEffect>? Effects { get; init; }

    /// <summary>Told of committed events, in order, on the shard's turn; must be quick. For progress and projections in memory.</summary>
    public Action<EntityAddress, TState, IReadOnlyList<TEvent>>? Committed { get; init; }

    /// <summary>
    /// Whether an entity in this state will hardly be asked again: it leaves memory once that is committed, and comes back from
    /// its events if need be. Null: none.
    /// </summary>
    public Func<TState, bool>? IsOver { get; init; }

    /// <summary>Entries of an entity between snapshots; at least 1.</summary>
    public int SnapshotEvery { get; init; } = 100;
}

/// <summary>
/// Carries out effects: at least once, so it must know its own work by the effect's content. Called on the shard's turn:
/// it starts work and returns; results come back as commands.
/// </summary>
/// <typeparam name="TState">The entity's state.</typeparam>
/// <typeparam name="TEffect">The effects.</typeparam>
public interface IEffectHandler<in TState, in TEffect>
{
    /// <summary>Starts an effect whose events have been committed.</summary>
    void Carry(EntityAddress entity, TEffect effect);

    /// <summary>
    /// The entity has been loaded from the log (after a crash, a hand-over, or having been passive): whatever its state
    /// says is still to be done and is not running here must be started again.
    /// </summary>
    void Recovered(EntityAddress entity, TState state);
}
