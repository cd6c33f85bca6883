namespace SimEval.Actors.Mailboxes;

/// <summary>
/// Timers of one actor, by key. A timer that was cancelled or replaced never delivers, even if it had already fired; a
/// periodic one has at most one message waiting, so a slow actor isn't flooded.
/// </summary>
/// <typeparam name="T">The actor's messages.</typeparam>
public sealed class ActorTimers<T>
{
    private readonly ActorCell<T> cell;
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    internal ActorTimers(ActorCell<T> cell) => this.cell = cell;

    /// <summary>Delivers <paramref name="message"/> once, after <paramref name="delay"/>. Replaces a timer of the same key.</summary>
    public void Once(string key, TimeSpan delay, T message) => Set(key, delay, Timeout.InfiniteTimeSpan, message);

    /// <summary>Delivers <paramref name="message"/> every <paramref name="period"/>, first after one period. Replaces a timer of the same key.</summary>
    public void Every(string key, TimeSpan period, T message) => Set(key, period, period, message);

    /// <summary>Whether a timer of this key is set.</summary>
    public bool IsActive(string key) => entries.ContainsKey(key);

    /// <summary>Cancels; false when there was none.</summary>
    public bool Cancel(string key)
    {
        if (!entries.Remove(key, out var entry))
            return false;
        entry.Timer?.Dispose();
        return true;
    }

    /// <summary>Cancels all.</summary>
    public void CancelAll()
    {
        foreach (var entry in entries.Values)
            entry.Timer?.Dispose();
        entries.Clear();
    }

    private void Set(string key, TimeSpan due, TimeSpan period, T message)
    {
        Cancel(key);
        var entry = new Entry();
        entries[key] = entry;
        entry.Timer = cell.System.Time.CreateTimer(_ => Fire(key, entry, period, message), null, due, period);
    }

    private void Fire(string key, Entry entry, TimeSpan period, T message)
    {
        if (Interlocked.Exchange(ref entry.Waiting, 1) == 1)
            return;
        cell.TellOwn(() =>
        {
            Volatile.Write(ref entry.Waiting, 0);
            if (!entries.TryGetValue(key, out var current) || !ReferenceEquals(current, entry))
                return (false, message);
            if (period == Timeout.InfiniteTimeSpan)
                Cancel(key);
            return (true, message);
        });
    }

    private sealed class Entry
    {
        public ITimer? Timer;
        public int Waiting;
    }
}
