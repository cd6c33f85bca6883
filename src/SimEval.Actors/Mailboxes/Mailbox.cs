namespace SimEval.Actors.Mailboxes;

/// <summary>
/// A bounded first-in-first-out queue of many senders and one receiver, with an unbounded lane of the kernel's own (timers
/// and results the actor itself asked for, bounded by what it asked) that goes first. A ring that grows to its capacity, so
/// that ten thousand idle actors cost little.
/// </summary>
internal sealed class Mailbox<T>(int capacity)
{
    private readonly Lock gate = new();
    private T[] ring = new T[Math.Min(capacity, 4)];
    private Queue<Func<(bool, T)>>? own;
    private Queue<PendingSend<T>>? waiters;
    private int head,
        count;
    private bool closed;

    public int Count
    {
        get
        {
            lock (gate)
                return count + (own?.Count ?? 0);
        }
    }

    public Delivery TryEnqueue(T message)
    {
        lock (gate)
        {
            if (closed)
                return Delivery.Stopped;
            if (count == capacity)
                return Delivery.Full;
            Append(message);
            return Delivery.Accepted;
        }
    }

    /// <summary>Enqueues, or waits in line for room; a cancelled wait never enqueues.</summary>
    public ValueTask<Delivery> EnqueueAsync(T message, TaskCreationOptions completions, CancellationToken cancel)
    {
        PendingSend<T> waiter;
        lock (gate)
        {
            if (closed)
                return new(Delivery.Stopped);
            if (count < capacity && waiters is not { Count: > 0 })
            {
                Append(message);
                return new(Delivery.Accepted);
            }

            if (cancel.IsCancellationRequested)
                return ValueTask.FromCanceled<Delivery>(cancel);
            waiter = new PendingSend<T>(message, completions);
            (waiters ??= new()).Enqueue(waiter);
        }

        if (cancel.CanBeCanceled)
            waiter.CancelWith(cancel);
        return new(waiter.Task);
    }

    /// <summary>Puts a message of the kernel's own first in line; <paramref name="take"/> says at the last moment whether it still holds.</summary>
    public bool EnqueueOwn(Func<(bool Holds, T Message)> take)
    {
        lock (gate)
        {
            if (closed)
                return false;
            (own ??= new()).Enqueue(take);
            return true;
        }
    }

    public bool TryDequeue(out T message)
    {
        while (true)
        {
            message = default!;
            Func<(bool, T)>? take;
            PendingSend<T>? admitted = null;
            lock (gate)
            {
                if (own is { Count: > 0 })
                {
                    take = own.Dequeue();
                }
                else if (count == 0)
                {
                    return false;
                }
                else
                {
                    message = ring[head];
                    ring[head] = default!;
                    head = head + 1 == ring.Length ? 0 : head + 1;
                    count--;
                    admitted = AdmitWaiter();
                    take = null;
                }
            }

            if (take is null)
            {
                admitted?.Complete(Delivery.Accepted);
                return true;
            }

            (var holds, message) = take();
            if (holds)
                return true;
        }
    }

    /// <summary>Refuses everything from now on; what was inside comes back for the dead letters.</summary>
    public IReadOnlyList<T> Close()
    {
        var left = new List<T>();
        Queue<PendingSend<T>>? refused;
        lock (gate)
        {
            closed = true;
            for (; count > 0; count--)
            {
                left.Add(ring[head]);
                head = head + 1 == ring.Length ? 0 : head + 1;
            }

            ring = [];
            own = null;
            (refused, waiters) = (waiters, null);
        }

        while (refused is not null && refused.TryDequeue(out var waiter))
        {
            if (waiter.TryAdmit())
                waiter.Complete(Delivery.Stopped);
        }

        return left;
    }

    private PendingSend<T>? AdmitWaiter()
    {
        while (waiters is not null && waiters.TryDequeue(out var waiter))
        {
            if (!waiter.TryAdmit())
                continue;
            Append(waiter.Message);
            return waiter;
        }

        return null;
    }

    private void Append(T message)
    {
        if (count == ring.Length)
            Grow();
        var tail = head + count;
        ring[tail >= ring.Length ? tail - ring.Length : tail] = message;
        count++;
    }

    private void Grow()
    {
        var larger = new T[Math.Min(capacity, Math.Max(4, ring.Length * 2))];
        for (var i = 0; i < count; i++)
            larger[i] = ring[(head + i) % ring.Length];
        (ring, head) = (larger, 0);
    }
}
