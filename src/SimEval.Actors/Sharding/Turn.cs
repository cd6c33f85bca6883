using SimEval.Actors.Journal;
using SimEval.Actors.Mailboxes;

namespace SimEval.Actors.Sharding;

/// <summary>Something an entity is to handle: a command, a message from the mail, or a look at its state.</summary>
internal abstract class Turn(EntityKind kind, EntityAddress address)
{
    public EntityKind Kind => kind;

    public EntityAddress Address => address;

    public virtual CommandId? Id => null;

    public virtual MailSource? Source => null;

    /// <summary>The command, decoded if need be; null for a look at the state.</summary>
    public abstract object? Command { get; }

    public virtual void Succeed(object? reply, string? rejection, long version) { }

    public virtual void Show(object? state) { }

    public virtual void Fail(Exception failure) { }
}

/// <summary>A command from this process.</summary>
internal sealed class CommandTurn<TReply>(
    EntityKind kind,
    EntityAddress address,
    object command,
    CommandId? id,
    ReplyTo<CommandResult<TReply>>? asker
) : Turn(kind, address)
{
    public override CommandId? Id => id;

    public override object Command => command;

    public override void Succeed(object? reply, string? rejection, long version) =>
        asker?.Tell(new(rejection is null ? (TReply)reply! : default!, rejection, version));

    public override void Fail(Exception failure) => asker?.Fail(failure);
}

/// <summary>A message from another entity.</summary>
internal sealed class MailTurn(EntityKind kind, EntityAddress address, Mail mail) : Turn(kind, address)
{
    public Mail Mail => mail;

    public override MailSource? Source => new(mail.FromShard, mail.Position);

    public override object Command => Kind.DecodeCommand(mail.Body);
}

/// <summary>A look at the state, after everything before it has been committed.</summary>
internal sealed class QueryTurn<TState>(EntityKind kind, EntityAddress address, ReplyTo<TState> asker)
    : Turn(kind, address)
{
    public override object? Command => null;

    public override void Show(object? state) => asker.Tell((TState)state!);

    public override void Fail(Exception failure) => asker.Fail(failure);
}

/// <summary>A request to try a parked entity again, with the messages that were parked.</summary>
internal sealed class UnparkTurn(EntityKind kind, EntityAddress address, ReplyTo<bool> asker) : Turn(kind, address)
{
    public override object? Command => null;

    public override void Show(object? state) => asker.Tell(true);

    public override void Fail(Exception failure) => asker.Fail(failure);
}

/// <summary>A parked message, tried again: its place in the mail has been passed already.</summary>
internal sealed class ReplayedTurn(EntityKind kind, EntityAddress address, Mail mail) : Turn(kind, address)
{
    public override object Command => Kind.DecodeCommand(mail.Body);
}
