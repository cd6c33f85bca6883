using SimEval.Actors.Mailboxes;

namespace SimEval.Actors.Sharding;

/// <summary>
/// What waits for a shard, in lanes: one per entity for commands, one per sending shard for mail (whose order is the
/// cursor's). Lanes take turns, one item each, so that no hot entity starves its neighbours. Commands are bounded by the
/// capacity, mail by how much the shard fetches.
/// </summary>
internal sealed class ShardInbox(int capacity, TaskCreationOptions completions)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(int Sender, string Type, string Id), Queue<Turn>> lanes = [];
    private readonly Queue<(int Sender, string Type, string Id)> ring = new();
    private readonly Queue<PendingSend<Turn>> waiters = new();
    private TaskCompletionSource<bool>? sleeper;
    private int commands,
        mail;
    private bool signalled;
    private Exception? closed;

    public int MailCount
    {
        get
        {
            lock (gate)
                return mail;
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (gate)
                return ring.Count == 0;
        }
    }

    /// <summary>Why it takes nothing any more; null while it does.</summary>
    public Exception? Closed
    {
        get
        {
            lock (gate)
                return closed;
        }
    }

    public Delivery TryEnqueue(Turn turn)
    {
        lock (gate)
        {
            if (closed is not null)
                return Delivery.Stopped;
            if (commands >= capacity)
                return Delivery.Full;
            Add(turn, sender: -1);
            commands++;
        }

        Signal();
        return Delivery.Accepted;
    }

    public async ValueTask<Delivery> EnqueueAsync(Turn turn, CancellationToken cancel)
    {
        PendingSend<Turn> waiter;
        lock (gate)
        {
            if (closed is not null)
                return Delivery.Stopped;
            if (commands < capacity && waiters.Count == 0)
            {
                Add(turn, sender: -1);
                commands++;
                waiter = null!;
            }
            else
            {
                waiter = new(turn, completions);
                waiters.Enqueue(waiter);
            }
        }

        if (waiter is null)
        {
            Signal();
            return Delivery.Accepted;
        }

        if (cancel.CanBeCanceled)
            waiter.CancelWith(cancel);
        return await waiter.Task.ConfigureAwait(false);
    }

    public void AddMail(Turn turn)
    {
        lock (gate)
        {
            Add(turn, turn.Source!.Value.Shard);
            mail++;
        }
    }

    /// <summary>Takes up to <paramref name="max"/> turns, one of each lane after the other.</summary>
    public void Take(int max, List<Turn> into)
    {
        List<PendingSend<Turn>>? admitted = null;
        lock (gate)
        {
            while (into.Count < max && ring.TryDequeue(out var key))
            {
                var lane = lanes[key];
                into.Add(lane.Dequeue());
                if (key.Sender < 0)
                    commands--;
                else
                    mail--;
                if (lane.Count > 0)
                    ring.Enqueue(key);
                else
                    lanes.Remove(key);
            }

            while (commands < capacity && waiters.TryDequeue(out var waiter))
            {
                if (!waiter.TryAdmit())
                    continue;
                Add(waiter.Message, sender: -1);
                commands++;
                (admitted ??= []).Add(waiter);
            }
        }

        foreach (var waiter in admitted ?? [])
            waiter.Complete(Delivery.Accepted);
    }

    /// <summary>Wakes the shard: there is something to look at.</summary>
    public void Signal()
    {
        TaskCompletionSource<bool>? wake;
        lock (gate)
        {
            (wake, sleeper) = (sleeper, null);
            signalled = wake is null;
        }

        wake?.TrySetResult(true);
    }

    /// <summary>Completes when there is work, or after a <see cref="Signal"/> since the last wait.</summary>
    public ValueTask<bool> WaitAsync()
    {
        lock (gate)
        {
            if (signalled || ring.Count > 0)
            {
                signalled = false;
                return new(true);
            }

            sleeper = new(completions);
            return new(sleeper.Task);
        }
    }

    /// <summary>Refuses everything from now on; what was waiting fails with the cause.</summary>
    public void Close(Exception cause)
    {
        List<Turn> left = [];
        List<PendingSend<Turn>> refused = [];
        lock (gate)
        {
            if (closed is not null)
                return;
            closed = cause;
            foreach (var key in ring)
                left.AddRange(lanes[key]);
            ring.Clear();
            lanes.Clear();
            (commands, mail) = (0, 0);
            while (waiters.TryDequeue(out var waiter))
            {
                if (waiter.TryAdmit())
                    refused.Add(waiter);
            }
        }

        foreach (var turn in left)
            turn.Fail(cause);
        foreach (var waiter in refused)
            waiter.Complete(Delivery.Stopped);
        Signal();
    }

    private void Add(Turn turn, int sender)
    {
        var key = sender < 0 ? (-1, turn.Address.Type, turn.Address.Id) : (sender, "", "");
        if (!lanes.TryGetValue(key, out var lane))
        {
            lanes.Add(key, lane = new());
            ring.Enqueue(key);
        }

        lane.Enqueue(turn);
    }
}
