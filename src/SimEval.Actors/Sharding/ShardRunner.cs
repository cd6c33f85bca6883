using SimEval.Actors.Dispatch;
using SimEval.Actors.Journal;
using SimEval.Actors.Mailboxes;

namespace SimEval.Actors.Sharding;

/// <summary>
/// The single writer of one shard: claims it, recovers it, then takes turns in batches: decide all, commit once, then
/// reply. One append is in flight at a time; what arrives meanwhile is the next batch. Sequential code on one dispatcher,
/// so a shard needs no lock but its inbox's.
/// </summary>
internal sealed class ShardRunner
{
    private readonly ShardHost host;
    private readonly ShardHostOptions options;
    private readonly IShardStore store;
    private readonly IDispatcher dispatcher;
    private readonly TimeProvider time;
    private readonly ShardInbox inbox;
    private readonly EntityCache cache;
    private readonly Patience patience;
    private readonly List<Turn> batchTurns = [];
    private readonly Dictionary<int, MailPosition> trimmed = [];
    private readonly ShardBookkeeping books;
    private ShardClaim claim = null!;
    private long lastLsn,
        checkpointLsn;
    private int sendersAllowed;
    private volatile bool mailHinted = true;
    private volatile bool ticked;
    private volatile bool draining;
    private readonly TaskCompletionSource ended;
    private TaskCompletionSource<bool>? retiring;

    public ShardRunner(ShardHost host, string name)
    {
        this.host = host;
        Name = name;
        options = host.Options;
        store = host.Store;
        dispatcher = host.System.Dispatcher;
        time = host.System.Time;
        inbox = new(options.ShardCapacity, dispatcher.Completions);
        books = new(options);
        sendersAllowed = options.SendersRemembered;
        patience = new(host);
        cache = new(host, name, patience);
        WhenReady = new(dispatcher.Completions);
        ended = new(dispatcher.Completions);
    }

    public string Name { get; }

    /// <summary>Completes when the shard is claimed and recovered, or faults with what prevented it.</summary>
    public TaskCompletionSource<bool> WhenReady { get; }

    /// <summary>Completes when it has ended. Never faults.</summary>
    public Task Ended => ended.Task;

    public ShardInbox Inbox => inbox;

    public IReadOnlyCollection<ParkedEntity> Parked => cache.Parked;

    public void Start() => _ = RunAsync();

    public void HintMail()
    {
        mailHinted = true;
        inbox.Signal();
    }

    /// <summary>Finishes what has been accepted, then ends.</summary>
    public Task DrainAsync()
    {
        draining = true;
        inbox.Signal();
        return Ended;
    }

    /// <summary>Retires the shard after the batch in hand; what waits fails.</summary>
    public Task RetireAsync()
    {
        var done = new TaskCompletionSource<bool>(dispatcher.Completions);
        if (Interlocked.CompareExchange(ref retiring, done, null) is { } already)
            return already.Task;
        inbox.Signal();
        if (inbox.Closed is { } closed)
            Answer(done, closed);
        return done.Task;
    }

    private async Task RunAsync()
    {
        Exception? cause = null;
        ITimer? ticker = null;
        try
        {
            await ClaimAsync().ConfigureAwait(false);
            WhenReady.TrySetResult(true);
            ticker = time.CreateTimer(_ => Tick(), null, options.Tick, options.Tick);
            inbox.Signal();
            while (await inbox.WaitAsync().On(dispatcher))
            {
                if (retiring is not null)
                {
                    await patience
                        .CallAsync(async () =>
                        {
                            await store.RetireAsync(claim).On(dispatcher);
                            return true;
                        })
                        .ConfigureAwait(false);
                    cause = new ShardRetiredException(Name);
                    break;
                }

                await TakeTurnsAsync().ConfigureAwait(false);
                if (draining && batchTurns.Count == 0 && inbox.IsEmpty)
                    break;
                if (batchTurns.Count > 0 || mailHinted)
                    inbox.Signal();
            }
        }
        catch (Exception e)
        {
            cause = e;
        }

        ticker?.Dispose();
        try
        {
            End(cause);
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    private void End(Exception? cause)
    {
        var stopped = cause as ShardRetiredException ?? (Exception)new ShardStoppedException(Name, cause);
        WhenReady.TrySetException(stopped);
        _ = WhenReady.Task.Exception;
        foreach (var turn in batchTurns)
            turn.Fail(stopped);
        inbox.Close(stopped);
        host.Forget(this, cause);
        if (retiring is { } asker)
            Answer(asker, stopped);
    }

    private static void Answer(TaskCompletionSource<bool> asker, Exception stopped)
    {
        if (stopped is ShardRetiredException)
            asker.TrySetResult(true);
        else
            asker.TrySetException(stopped);
    }

    private void Tick()
    {
        ticked = true;
        inbox.Signal();
    }

    private async ValueTask ClaimAsync()
    {
        claim = await patience.CallAsync(() => store.ClaimAsync(Name, options.Owner)).ConfigureAwait(false);
        if (
            await patience.CallAsync(() => store.ReadCheckpointAsync(claim.Shard)).ConfigureAwait(false) is
            { } checkpoint
        )
        {
            books.Read(checkpoint.Payload);
            checkpointLsn = checkpoint.Lsn;
        }

        const int page = 1000;
        for (lastLsn = checkpointLsn; lastLsn < claim.LastLsn; )
        {
            var entries = await patience
                .CallAsync(() => store.ReadLogAsync(claim.Shard, lastLsn, page))
                .ConfigureAwait(false);
            foreach (var entry in entries)
            {
                if (entry.Lsn != lastLsn + 1)
                    throw new StoreException(
                        StoreTrouble.Damaged,
                        $"The log of shard {Name} has no entry {lastLsn + 1}: restore the data folder from a copy."
                    );
                books.Fold(entry);
                lastLsn = entry.Lsn;
            }

            if (entries.Count == 0)
                throw new StoreException(
                    StoreTrouble.Damaged,
                    $"The log of shard {Name} ends at {lastLsn}, before {claim.LastLsn}: restore the data folder from a copy."
                );
        }
    }

    private async ValueTask TakeTurnsAsync()
    {
        if (ticked || cache.IsOverfull)
            cache.Passivate(time.GetUtcNow());
        if (ticked)
            (ticked, mailHinted) = (false, true);

        await FetchMailAsync().ConfigureAwait(false);
        inbox.Take(options.MaxBatchTurns - batchTurns.Count, batchTurns);
        if (batchTurns.Count == 0)
            return;
        foreach (var turn in batchTurns)
            await cache.LoadAsync(claim, turn).ConfigureAwait(false);
        var batch = new ShardBatch(claim, lastLsn, options.HashedShards, host.KindOf);
        var decided = 0;
        while (decided < batchTurns.Count && batch.Bytes < options.MaxBatchBytes)
        {
            var turn = batchTurns[decided++];
            if (turn is UnparkTurn unpark)
                await UnparkAsync(batch, unpark).ConfigureAwait(false);
            else
                Decide(batch, turn);
        }

        await CommitAsync(batch).ConfigureAwait(false);
        batchTurns.RemoveRange(0, decided);
        batch.TellAll(e => host.ReportHandler(Name, e));
        foreach (var shard in batch.Mailed)
            host.HintMail(shard);
    }

    private async ValueTask FetchMailAsync()
    {
        if (!mailHinted || inbox.MailCount > 0 || batchTurns.Exists(t => t is MailTurn))
            return;
        mailHinted = false;
        var page = await patience
            .CallAsync(() => store.ReadMailAsync(claim.Shard, books.Cursors, options.MailWindow))
            .ConfigureAwait(false);
        foreach (var mail in page)
        {
            var address = new EntityAddress(mail.EntityType, mail.EntityId);
            if (address.ShardName(options.HashedShards) != Name)
                address = address with { Shard = Name };
            inbox.AddMail(new MailTurn(host.KindOrUnknown(mail.EntityType), address, mail));
        }

        if (page.Count > 0)
            mailHinted = true;
    }

    private void Decide(ShardBatch batch, Turn turn)
    {
        var slot = cache[turn];
        if (turn.Id is { } id && Answered(batch, turn, id))
            return;
        if (slot.Parked is null && turn is not MailTurn && turn.Command is null)
        {
            var state = slot.State;
            batch.Tell(() => turn.Show(state));
            return;
        }

        if (slot.Parked is null)
        {
            try
            {
                DecideOne(batch, slot, turn);
                return;
            }
            catch (Exception e)
            {
                cache.Park(slot, e);
            }
        }

        if (turn is MailTurn mail)
        {
            batch.Park(slot, mail);
            books.Cursors[mail.Source!.Value.Shard] = mail.Source.Value.Position;
        }

        var parked = slot.Parked!;
        batch.Tell(() => turn.Fail(new EntityParkedException(slot.Address, parked)));
    }

    private void DecideOne(ShardBatch batch, EntitySlot slot, Turn turn)
    {
        var outcome = slot.Decide(turn.Command!, time.GetUtcNow(), turn.Id is not null, batch.Address);
        var version = slot.Seq + (ShardBatch.NeedsOutcome(outcome, turn) ? 1 : outcome.Events.Count);
        ReadOnlyMemory<byte> reply = default;
        if (turn.Id is { } id)
        {
            reply = ShardBookkeeping.WriteAnswer(version, outcome.Rejection, outcome.EncodedReply);
            books.Dedup.Remember(id, reply);
        }

        if (turn.Source is { } source)
            books.Cursors[source.Shard] = source.Position;
        if (outcome.Rejection is not null)
            host.Counters.AddRejected();
        batch.Add(slot, outcome, turn, reply);
        batch.Tell(() => turn.Succeed(outcome.Reply, outcome.Rejection, version));
        if (outcome.AfterCommit is { } tell)
            batch.Tell(tell);
    }

    private bool Answered(ShardBatch batch, Turn turn, CommandId id)
    {
        switch (books.Dedup.Look(id, out var answer))
        {
            case CommandAge.New:
                return false;
            case CommandAge.TooOld:
                batch.Tell(() => turn.Fail(new CommandTooOldException(id.Client, id.Seq)));
                return true;
            default:
                host.Counters.AddRepeated();
                batch.Tell(() =>
                {
                    var (version, rejection, reply) = ShardBookkeeping.ReadAnswer(answer);
                    turn.Succeed(rejection is null ? turn.Kind.DecodeReply(reply) : null, rejection, version);
                });
                return true;
        }
    }

    /// <summary>Tries a parked entity again: the messages it left unhandled come first, all of them or none.</summary>
    private async ValueTask UnparkAsync(ShardBatch batch, UnparkTurn turn)
    {
        var slot = cache[turn];
        if (slot.Parked is null)
        {
            batch.Tell(() => turn.Show(null));
            return;
        }

        if (batch.Touched.Contains(slot))
        {
            batch.Tell(() => turn.Fail(new EntityParkedException(slot.Address, slot.Parked)));
            return;
        }

        var parked = await cache.ReloadAsync(claim, turn).ConfigureAwait(false);
        slot = cache[turn];
        if (slot.Parked is null)
        {
            batch.Unpark(slot);
            foreach (var entry in parked)
            {
                var mail = new Mail(0, default, Name, entry.EntityType, entry.EntityId, entry.Body);
                Decide(batch, new ReplayedTurn(turn.Kind, turn.Address, mail));
                if (slot.Parked is not null)
                    break;
            }
        }

        if (slot.Parked is { } cause)
            batch.Tell(() => turn.Fail(new EntityParkedException(slot.Address, cause)));
        else
            batch.Tell(() => turn.Show(null));
    }

    private async ValueTask CommitAsync(ShardBatch batch)
    {
        var snapshots = cache.Snapshots(batch.Touched);
        var checkpoint =
            batch.LastLsn - checkpointLsn >= options.CheckpointEvery
                ? new ShardCheckpoint(batch.LastLsn, books.Write())
                : null;
        if (batch.Entries.Count == 0 && checkpoint is null)
            return;
        var read = new Dictionary<int, MailPosition>();
        if (checkpoint is not null)
        {
            foreach (var (shard, position) in books.Cursors)
            {
                if (!trimmed.TryGetValue(shard, out var before) || before < position)
                    read[shard] = trimmed[shard] = position;
            }
        }

        var append = new ShardAppend
        {
            Claim = claim,
            AfterLsn = lastLsn,
            Entries = batch.Entries,
            Mail = batch.Mail,
            Snapshots = snapshots,
            Checkpoint = checkpoint,
            ReadMail = read,
        };
        await WriteAsync(append).ConfigureAwait(false);
        lastLsn = batch.LastLsn;
        cache.Release(batch.Touched);
        checkpointLsn = checkpoint?.Lsn ?? checkpointLsn;
        host.Counters.Committed(batch.Turns, batch.Events, batch.Mail.Count, batch.MailApplied);
        host.Counters.AddSnapshots(snapshots.Count);
        if (checkpoint is null)
            return;
        host.Counters.AddCheckpoint();
        if (books.Cursors.Count > sendersAllowed)
            await ForgetSendersAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Forgets senders that have been retired: they send nothing more, and once their mail has been read and removed nobody
    /// could mistake it for new. Only after a checkpoint, which removes what has been read.
    /// </summary>
    private async ValueTask ForgetSendersAsync()
    {
        var shards = await patience.CallAsync(() => store.ListShardsAsync()).ConfigureAwait(false);
        var unread = await patience
            .CallAsync(() => store.ReadMailAsync(claim.Shard, books.Cursors, 1))
            .ConfigureAwait(false);
        var writing = unread.Select(m => m.FromShard).ToHashSet();
        foreach (var shard in shards.Where(s => s.Retired && !writing.Contains(s.Shard)))
        {
            books.Cursors.Remove(shard.Shard);
            trimmed.Remove(shard.Shard);
        }

        sendersAllowed = Math.Max(options.SendersRemembered, 2 * books.Cursors.Count);
    }

    /// <summary>Writes until it is certain: a lost answer is settled by reading the log.</summary>
    private async ValueTask WriteAsync(ShardAppend append)
    {
        var unsettled = false;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var receipt = await store.AppendAsync(append).On(dispatcher);
                if (receipt.Undeliverable > 0)
                    host.ReportUndeliverable(Name, receipt.Undeliverable);
                return;
            }
            catch (Exception e) when (Patience.MayPass(e) && attempt < options.WriteRetries)
            {
                unsettled |= e is OutcomeUnknownException;
                await patience.PauseAsync(attempt).ConfigureAwait(false);
            }
            catch (LogConflictException) when (unsettled)
            {
                if (await IsCommittedAsync(append).ConfigureAwait(false))
                    return;
                throw;
            }
        }
    }

    /// <summary>Whether the log holds this append: only one writer has this epoch, so its last entry's position and epoch say it.</summary>
    private async ValueTask<bool> IsCommittedAsync(ShardAppend append)
    {
        if (append.Entries.Count == 0)
            return true;
        var last = append.Entries[^1];
        var found = await patience
            .CallAsync(() => store.ReadLogAsync(claim.Shard, last.Lsn - 1, 1))
            .ConfigureAwait(false);
        return found.Count == 1
            && found[0].Epoch == claim.Epoch
            && found[0].EntitySeq == last.EntitySeq
            && found[0].EntityId == last.EntityId
            && found[0].Body.Payload.Span.SequenceEqual(last.Body.Payload.Span);
    }
}
