namespace SimEval.Entities;

/// <summary>The durable identity of an entity: its type and its id within the type.</summary>
public readonly record struct EntityAddress(string Type, string Id)
{
    /// <summary>"run|cut-in-3".</summary>
    public override string ToString() => $"{Type}|{Id}";
}

/// <summary>A command for another entity, delivered exactly once after this decision's events are durable.</summary>
public readonly record struct Outgoing(EntityAddress To, object Command);

/// <summary>
/// What a command leads to. A rejection is data, not an exception: under at-least-once delivery a duplicate is ordinary.
/// </summary>
/// <typeparam name="TEvent">The entity's events.</typeparam>
public sealed record Decision<TEvent>
    where TEvent : class
{
    /// <summary>What has now happened, in order; folded by Evolve.</summary>
    public IReadOnlyList<TEvent> Events { get; init; } = [];

    /// <summary>Commands for other entities.</summary>
    public IReadOnlyList<Outgoing> Messages { get; init; } = [];

    /// <summary>A number that answers the command: a run's number, a lease's epoch; 0 where there is nothing to answer.</summary>
    public long Answer { get; init; }

    /// <summary>Why the command was refused; null when it was not.</summary>
    public string? Rejection { get; init; }

    /// <summary>Nothing to do: the command had been carried out before.</summary>
    public static Decision<TEvent> Nothing { get; } = new();

    /// <summary>The command is refused; nothing is written.</summary>
    public static Decision<TEvent> Rejected(string reason) => new() { Rejection = reason };

    /// <summary>Events, in order.</summary>
    public static Decision<TEvent> Of(params TEvent[] events) => new() { Events = events };
}
