using SimEval.Actors.Journal;

namespace SimEval.Actors.Sharding;

/// <summary>An entity type with its type parameters hidden, so that a shard can hold entities of all types.</summary>
internal abstract class EntityKind
{
    public abstract string Name { get; }

    public abstract int SnapshotEvery { get; }

    public abstract EntitySlot NewSlot(EntityAddress address);

    public abstract Encoded EncodeCommand(object command);

    public abstract object DecodeCommand(Encoded bytes);

    public abstract object? DecodeReply(Encoded bytes);
}

/// <summary>One entity in memory.</summary>
internal abstract class EntitySlot(EntityAddress address)
{
    public EntityAddress Address => address;

    /// <summary>Number of its last entry.</summary>
    public long Seq { get; set; }

    /// <summary>Entry number of its last snapshot.</summary>
    public long SnapshotSeq { get; set; }

    /// <summary>When it was last used.</summary>
    public DateTimeOffset Used { get; set; }

    /// <summary>Why it is parked; null: it is not.</summary>
    public Exception? Parked { get; set; }

    public abstract EntityKind Kind { get; }

    public abstract object? State { get; }

    /// <summary>Whether its type says that it will hardly be asked again.</summary>
    public virtual bool IsOver => false;

    public abstract void Restore(EntitySnapshot snapshot);

    public abstract void Fold(LogEntry entry);

    /// <summary>
    /// Decides, encodes and folds; an exception leaves the state as it was. The reply is encoded only where it is kept.
    /// </summary>
    public abstract TurnOutcome Decide(
        object command,
        DateTimeOffset now,
        bool keepReply,
        Func<IReadOnlyList<Outgoing>, List<Mail>> address
    );

    public abstract Encoded EncodeState();

    public abstract void TellRecovered();
}

/// <summary>What one turn gave, ready to be written.</summary>
internal sealed class TurnOutcome
{
    public required IReadOnlyList<Encoded> Events { get; init; }

    public required List<Mail> Messages { get; init; }

    public required string? Rejection { get; init; }

    public required object? Reply { get; init; }

    /// <summary>The reply's bytes, where they are kept.</summary>
    public required Encoded EncodedReply { get; init; }

    /// <summary>Tells the observer and the effect handler; null when there is nothing to tell.</summary>
    public required Action? AfterCommit { get; init; }
}

internal sealed class EntityKind<TState, TCommand, TEvent, TEffect, TReply>(
    EntityType<TState, TCommand, TEvent, TEffect, TReply> type
) : EntityKind
{
    public EntityType<TState, TCommand, TEvent, TEffect, TReply> Definition => type;

    public override string Name => type.Name;

    public override int SnapshotEvery => type.SnapshotEvery;

    public override EntitySlot NewSlot(EntityAddress address) => new Slot(this, address);

    public override Encoded EncodeCommand(object command) => type.Commands.Encode((TCommand)command);

    public override object DecodeCommand(Encoded bytes) => type.Commands.Decode(bytes)!;

    public override object? DecodeReply(Encoded bytes) => type.Replies.Decode(bytes);

    private sealed class Slot(EntityKind<TState, TCommand, TEvent, TEffect, TReply> kind, EntityAddress address)
        : EntitySlot(address)
    {
        private readonly EntityType<TState, TCommand, TEvent, TEffect, TReply> type = kind.Definition;
        private TState state = kind.Definition.Initial;

        public override EntityKind Kind => kind;

        public override object? State => state;

        public override bool IsOver => type.IsOver is { } isOver && isOver(state);

        public override void Restore(EntitySnapshot snapshot)
        {
            state = type.States.Decode(snapshot.State);
            Seq = SnapshotSeq = snapshot.EntitySeq;
        }

        public override void Fold(LogEntry entry)
        {
            if (entry.Kind == EntryKind.Event)
                state = type.Evolve(state, type.Events.Decode(entry.Body));
        }

        public override Encoded EncodeState() => type.States.Encode(state);

        public override void TellRecovered() => type.Effects?.Recovered(Address, state);

        public override TurnOutcome Decide(
            object command,
            DateTimeOffset now,
            bool keepReply,
            Func<IReadOnlyList<Outgoing>, List<Mail>> address
        )
        {
            var decision = type.Decide(state, (TCommand)command, now);
            if (decision.Rejection is not null)
                return Refusal(decision.Rejection);
            var next = state;
            var events = decision.Events;
            var encoded = events.Count == 0 ? [] : new Encoded[events.Count];
            for (var i = 0; i < encoded.Length; i++)
            {
                next = type.Evolve(next, events[i]);
                encoded[i] = type.Events.Encode(events[i]);
            }

            var messages = decision.Messages.Count == 0 ? [] : address(decision.Messages);
            var reply = keepReply ? type.Replies.Encode(decision.Reply) : default;
            state = next;
            return new()
            {
                Events = encoded,
                Messages = messages,
                Rejection = null,
                Reply = decision.Reply,
                EncodedReply = reply,
                AfterCommit = Teller(decision, next),
            };
        }

        private Action? Teller(Decision<TEvent, TEffect, TReply> decision, TState after)
        {
            var (committed, handler) = (type.Committed, type.Effects);
            var tellsEvents = committed is not null && decision.Events.Count > 0;
            var tellsEffects = handler is not null && decision.Effects.Count > 0;
            if (!tellsEvents && !tellsEffects)
                return null;
            return () =>
            {
                if (tellsEvents)
                    committed!(Address, after, decision.Events);
                if (!tellsEffects)
                    return;
                foreach (var effect in decision.Effects)
                    handler!.Carry(Address, effect);
            };
        }

        private static TurnOutcome Refusal(string reason) =>
            new()
            {
                Events = [],
                Messages = [],
                Rejection = reason,
                Reply = null,
                EncodedReply = default,
                AfterCommit = null,
            };
    }
}

/// <summary>A type that this process does not know: its messages are kept, parked, until one that does unparks them.</summary>
internal sealed class UnknownKind(string name) : EntityKind
{
    public override string Name => name;

    public override int SnapshotEvery => int.MaxValue;

    public override EntitySlot NewSlot(EntityAddress address) => new Slot(this, address);

    public override Encoded EncodeCommand(object command) => throw Unknown();

    public override object DecodeCommand(Encoded bytes) => throw Unknown();

    public override object? DecodeReply(Encoded bytes) => throw Unknown();

    private InvalidOperationException Unknown() => new($"No entity type named {name} is registered.");

    private sealed class Slot(UnknownKind kind, EntityAddress address) : EntitySlot(address)
    {
        public override EntityKind Kind => kind;

        public override object? State => null;

        public override void Restore(EntitySnapshot snapshot) => throw kind.Unknown();

        public override void Fold(LogEntry entry) => throw kind.Unknown();

        public override TurnOutcome Decide(
            object command,
            DateTimeOffset now,
            bool keepReply,
            Func<IReadOnlyList<Outgoing>, List<Mail>> address
        ) => throw kind.Unknown();

        public override Encoded EncodeState() => throw kind.Unknown();

        public override void TellRecovered() { }
    }
}
