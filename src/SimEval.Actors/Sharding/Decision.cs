namespace SimEval.Actors.Sharding;

/// <summary>A message to another entity: its type's command.</summary>
/// <param name="To">The receiver.</param>
/// <param name="Command">A command of the receiver's type.</param>
public sealed record Outgoing(EntityAddress To, object Command);

/// <summary>What an entity decides about one command: all of it is committed together, or it is rejected.</summary>
/// <typeparam name="TEvent">The entity's events.</typeparam>
/// <typeparam name="TEffect">What it wants done outside.</typeparam>
/// <typeparam name="TReply">What it answers.</typeparam>
public sealed record Decision<TEvent, TEffect, TReply>
{
    /// <summary>Accepts, with an answer.</summary>
    public Decision(TReply reply) => Reply = reply;

    internal Decision(string rejection, TReply none) => (Rejection, Reply) = (rejection, none);

    /// <summary>What has happened, in order.</summary>
    public IReadOnlyList<TEvent> Events { get; init; } = [];

    /// <summary>Messages to other entities (or itself): each applied exactly once, in order per pair of shards.</summary>
    public IReadOnlyList<Outgoing> Messages { get; init; } = [];

    /// <summary>Handed to the type's effect handler once committed.</summary>
    public IReadOnlyList<TEffect> Effects { get; init; } = [];

    /// <summary>The answer; not meaningful when rejected.</summary>
    public TReply Reply { get; }

    /// <summary>Why it was rejected; null: it was accepted.</summary>
    public string? Rejection { get; }
}

/// <summary>Makes decisions.</summary>
public static class Decision
{
    /// <summary>Refuses: nothing happens, and the sender learns why.</summary>
    public static Decision<TEvent, TEffect, TReply> Rejected<TEvent, TEffect, TReply>(string reason) =>
        new(reason, default!);
}

/// <summary>What became of a command.</summary>
/// <typeparam name="TReply">What the entity answers.</typeparam>
public sealed record CommandResult<TReply>
{
    private readonly TReply reply;

    internal CommandResult(TReply reply, string? rejection, long version) =>
        (this.reply, Rejection, Version) = (reply, rejection, version);

    /// <summary>Whether it was accepted; what it caused is then durable.</summary>
    public bool Accepted => Rejection is null;

    /// <summary>Why the entity refused; null when it accepted.</summary>
    public string? Rejection { get; }

    /// <summary>Number of the entity's last entry after this command.</summary>
    public long Version { get; }

    /// <summary>The answer; throws when it was rejected.</summary>
    public TReply Reply =>
        Accepted ? reply : throw new InvalidOperationException($"The command was rejected: {Rejection}");
}
