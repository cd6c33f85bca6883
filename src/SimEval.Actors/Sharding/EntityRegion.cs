using SimEval.Actors.Journal;
using SimEval.Actors.Mailboxes;

namespace SimEval.Actors.Sharding;

/// <summary>The entities of one type, by address. Safe from any thread.</summary>
/// <typeparam name="TState">Their state.</typeparam>
/// <typeparam name="TCommand">What they are asked.</typeparam>
/// <typeparam name="TReply">What they answer.</typeparam>
public sealed class EntityRegion<TState, TCommand, TReply>
    where TCommand : notnull
{
    private readonly ShardHost host;
    private readonly EntityKind kind;

    internal EntityRegion(ShardHost host, EntityKind kind) => (this.host, this.kind) = (host, kind);

    /// <summary>The address of an entity of this type; a named shard, or null for the hashed one.</summary>
    public EntityAddress At(string id, string? shard = null) => new(kind.Name, id, shard);

    /// <summary>
    /// Puts a command in line and says whether it was taken; nobody is told what became of it. Taken is not durable: use
    /// <see cref="Ask"/> to know.
    /// </summary>
    public Delivery Tell(EntityAddress entity, TCommand command, CommandId? id = null)
    {
        try
        {
            var delivery = host.Runner(host.ShardOf(entity)).Inbox.TryEnqueue(Turn(entity, command, id, null));
            if (delivery == Delivery.Full)
                host.Counters.AddFull();
            if (delivery != Delivery.Accepted)
                DeadLetter(entity, command, delivery);
            return delivery;
        }
        catch (ShardStoppedException)
        {
            DeadLetter(entity, command, Delivery.Stopped);
            return Delivery.Stopped;
        }
    }

    /// <summary>As <see cref="Tell"/>, but waits for room while the shard is full.</summary>
    public async ValueTask<Delivery> TellAsync(
        EntityAddress entity,
        TCommand command,
        CommandId? id = null,
        CancellationToken cancel = default
    )
    {
        try
        {
            var inbox = host.Runner(host.ShardOf(entity)).Inbox;
            var delivery = await inbox.EnqueueAsync(Turn(entity, command, id, null), cancel).ConfigureAwait(false);
            if (delivery != Delivery.Accepted)
                DeadLetter(entity, command, delivery);
            return delivery;
        }
        catch (ShardStoppedException)
        {
            DeadLetter(entity, command, Delivery.Stopped);
            return Delivery.Stopped;
        }
    }

    /// <summary>
    /// Sends a command and awaits what became of it; an accepted one is then durable. Faults with
    /// <see cref="MailboxFullException"/> (nothing was sent), <see cref="EntityParkedException"/>,
    /// <see cref="ShardStoppedException"/> or <see cref="ShardRetiredException"/>, or with <see cref="TimeoutException"/>
    /// when the deadline passes: it may then still be applied, and a repeat with the same <paramref name="id"/> tells.
    /// </summary>
    public Task<CommandResult<TReply>> Ask(
        EntityAddress entity,
        TCommand command,
        TimeSpan deadline,
        CommandId? id = null,
        CancellationToken cancel = default
    )
    {
        var asker = new ReplyTo<CommandResult<TReply>>(entity.ToString(), host.System.Dispatcher.Completions);
        host.Enqueue(Turn(entity, command, id, asker), asker, deadline, cancel);
        return asker.Task;
    }

    /// <summary>The committed state after everything sent before. Loads the entity if need be, and so restarts its effects.</summary>
    public Task<TState> Read(EntityAddress entity, TimeSpan deadline, CancellationToken cancel = default)
    {
        var asker = new ReplyTo<TState>(entity.ToString(), host.System.Dispatcher.Completions);
        host.Enqueue(new QueryTurn<TState>(kind, entity, asker), asker, deadline, cancel);
        return asker.Task;
    }

    private CommandTurn<TReply> Turn(
        EntityAddress entity,
        TCommand command,
        CommandId? id,
        ReplyTo<CommandResult<TReply>>? asker
    ) => new(kind, entity, command, id, asker);

    private void DeadLetter(EntityAddress entity, TCommand command, Delivery delivery) =>
        host.System.DeadLetters.Add(
            entity.ToString(),
            command,
            delivery == Delivery.Full ? DeadLetterReason.Full : DeadLetterReason.Stopped
        );
}
