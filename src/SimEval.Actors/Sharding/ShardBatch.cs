using SimEval.Actors.Journal;

namespace SimEval.Actors.Sharding;

/// <summary>
/// Turns decided together, as the one append they become and what is to be told once it is committed. Nothing outside sees
/// a turn before that.
/// </summary>
internal sealed class ShardBatch(ShardClaim claim, long afterLsn, int hashedShards, Func<string, EntityKind> kindOf)
{
    private readonly List<LogEntry> entries = [];
    private readonly List<Mail> mail = [];
    private readonly List<Action> told = [];
    private readonly HashSet<EntitySlot> touched = [];
    private readonly HashSet<string> mailed = new(StringComparer.Ordinal);

    public int Turns { get; private set; }

    public int Events { get; private set; }

    public int MailApplied { get; private set; }

    public long Bytes { get; private set; }

    public IReadOnlyList<LogEntry> Entries => entries;

    public IReadOnlyList<Mail> Mail => mail;

    /// <summary>Entities that have new entries.</summary>
    public IReadOnlyCollection<EntitySlot> Touched => touched;

    /// <summary>Shards that have new mail.</summary>
    public IReadOnlyCollection<string> Mailed => mailed;

    public long LastLsn => afterLsn + entries.Count;

    /// <summary>Adds what to tell once committed, in order.</summary>
    public void Tell(Action tell) => told.Add(tell);

    /// <summary>
    /// Encodes a turn's messages; done before anything of the turn is added, since a message that can't be encoded parks
    /// its sender.
    /// </summary>
    public List<Mail> Address(IReadOnlyList<Outgoing> messages)
    {
        var addressed = new List<Mail>(messages.Count);
        foreach (var (to, command) in messages)
        {
            addressed.Add(
                new(
                    claim.Shard,
                    new(LastLsn + 1, addressed.Count),
                    to.ShardName(hashedShards),
                    to.Type,
                    to.Id,
                    kindOf(to.Type).EncodeCommand(command)
                )
            );
        }

        return addressed;
    }

    /// <summary>
    /// Adds a decided turn: its events, or an outcome when there are none and somebody must remember that it was handled.
    /// </summary>
    public void Add(EntitySlot slot, TurnOutcome outcome, Turn turn, ReadOnlyMemory<byte> reply)
    {
        Turns++;
        var (source, id) = (turn.Source, turn.Id);
        if (source is not null)
            MailApplied++;
        foreach (var body in outcome.Events)
        {
            Append(slot, EntryKind.Event, body, source, id, reply);
            (source, id, reply) = (null, null, default);
        }

        Events += outcome.Events.Count;
        if (NeedsOutcome(outcome, turn))
            Append(slot, EntryKind.Outcome, new("", 1, default), source, id, reply);
        foreach (var message in outcome.Messages)
        {
            mail.Add(message);
            mailed.Add(message.ToShard);
            Bytes += message.Body.Payload.Length;
        }
    }

    /// <summary>Whether a turn without events must leave a trace: a message, a numbered command, or mail it sent.</summary>
    public static bool NeedsOutcome(TurnOutcome outcome, Turn turn) =>
        outcome.Events.Count == 0 && (turn.Source is not null || turn.Id is not null || outcome.Messages.Count > 0);

    /// <summary>Keeps a message that its entity can't handle now.</summary>
    public void Park(EntitySlot slot, MailTurn turn)
    {
        Turns++;
        MailApplied++;
        Append(slot, EntryKind.Parked, turn.Mail.Body, turn.Source, null, default);
    }

    /// <summary>Marks that everything parked before is handled by the entries that follow.</summary>
    public void Unpark(EntitySlot slot) => Append(slot, EntryKind.Unparked, new("", 1, default), null, null, default);

    /// <summary>Tells everybody, after the commit.</summary>
    public void TellAll(Action<Exception> failed)
    {
        foreach (var tell in told)
        {
            try
            {
                tell();
            }
            catch (Exception e)
            {
                failed(e);
            }
        }
    }

    private void Append(
        EntitySlot slot,
        EntryKind kind,
        Encoded body,
        MailSource? source,
        CommandId? id,
        ReadOnlyMemory<byte> reply
    )
    {
        slot.Seq++;
        touched.Add(slot);
        Bytes += body.Payload.Length + reply.Length;
        entries.Add(
            new()
            {
                Lsn = LastLsn + 1,
                Kind = kind,
                EntityType = slot.Address.Type,
                EntityId = slot.Address.Id,
                EntitySeq = slot.Seq,
                Source = source,
                Command = id,
                Reply = reply,
                Body = body,
                Epoch = claim.Epoch,
            }
        );
    }
}
