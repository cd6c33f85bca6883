using SimEval.Actors.Journal;

namespace SimEval.Store.Sqlite;

/// <summary>
/// The one thread that writes. Whatever waits when a transaction ends goes into the next one together, of all shards; one
/// fsync then pays for all of it. A job that the store refuses (fenced, conflicting) has written nothing and its
/// neighbours commit; one that SQLite refuses rolls the group back, and each is then tried alone.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim ready = new(0);
    private readonly SqliteConnection connection;
    private readonly string path;
    private readonly int maxGroup;
    private readonly Action rolledBack;
    private readonly Thread thread;
    private readonly Queue<WriteJob> waiting = new();
    private readonly SqliteStatement begin,
        commit,
        rollback;
    private bool stopping;
    private StoreException? broken;

    public SqliteWriter(SqliteConnection connection, string path, int maxGroup, Action rolledBack)
    {
        (this.connection, this.path, this.maxGroup, this.rolledBack) = (connection, path, maxGroup, rolledBack);
        begin = connection.Prepare("BEGIN IMMEDIATE");
        commit = connection.Prepare("COMMIT");
        rollback = connection.Prepare("ROLLBACK");
        thread = new Thread(Drain) { Name = "simeval-store", IsBackground = true };
        thread.Start();
    }

    /// <summary>Runs <paramref name="work"/> in a transaction, with others; completes when that has been committed.</summary>
    public ValueTask<T> Run<T>(Func<T> work)
    {
        var job = new WriteJob<T>(work);
        bool wake;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping, typeof(SqliteShardStore));
            wake = waiting.Count == 0;
            waiting.Enqueue(job);
        }

        if (wake)
            ready.Release();
        return new(job.Done);
    }

    /// <summary>Commits what waits, then ends the thread.</summary>
    public void Dispose()
    {
        lock (gate)
            stopping = true;
        ready.Release();
        thread.Join();
        ready.Dispose();
    }

    private void Drain()
    {
        var group = new List<WriteJob>();
        while (true)
        {
            ready.Wait();
            while (true)
            {
                lock (gate)
                {
                    while (group.Count < maxGroup && waiting.TryDequeue(out var job))
                        group.Add(job);
                    if (group.Count == 0 && stopping)
                        return;
                }

                if (group.Count == 0)
                    break;
                Commit(group);
                group.Clear();
            }
        }
    }

    private void Commit(List<WriteJob> group)
    {
        if (broken is not null || TryCommit(group) is not { } failure)
        {
            foreach (var job in group)
                job.Complete(broken);
            return;
        }

        if (group.Count == 1 || broken is not null)
        {
            foreach (var job in group)
                job.Complete(broken ?? failure);
            return;
        }

        foreach (var job in group)
            Commit([job]);
    }

    /// <summary>Null when it has been committed; else why not, and nothing has been written.</summary>
    private Exception? TryCommit(List<WriteJob> group)
    {
        try
        {
            begin.Run();
            foreach (var job in group)
                job.Try();
            commit.Run();
            return null;
        }
        catch (Exception e)
        {
            var failure = e as SqliteFailure;
            var explained = failure?.Explain(path);
            // After a failed write or sync nobody knows what is on the disk: only opening again finds out.
            var lost = failure?.Primary is SqliteNative.IoError or SqliteNative.Corrupt or SqliteNative.NotADatabase;
            if (!TryRollback(out var stuck) || (lost && explained!.Trouble != StoreTrouble.Full))
                broken = explained ?? stuck;
            return explained ?? e;
        }
    }

    private bool TryRollback(out StoreException? stuck)
    {
        rolledBack();
        stuck = null;
        try
        {
            if (connection.InTransaction)
                rollback.Run();
            return true;
        }
        catch (SqliteFailure e)
        {
            stuck = e.Explain(path);
            return false;
        }
    }

    private abstract class WriteJob
    {
        /// <summary>Runs it. A refusal, which comes before the first write, is kept for the caller; other failures go through.</summary>
        public abstract void Try();

        /// <summary>Tells the caller.</summary>
        public abstract void Complete(Exception? failure);
    }

    private sealed class WriteJob<T>(Func<T> work) : WriteJob
    {
        private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? refusal;
        private T result = default!;

        public Task<T> Done => done.Task;

        public override void Try()
        {
            refusal = null;
            try
            {
                result = work();
            }
            catch (Exception e) when (e is FencedException or LogConflictException or ShardRetiredException)
            {
                refusal = e;
            }
        }

        public override void Complete(Exception? failure)
        {
            if ((failure ?? refusal) is { } cause)
                done.TrySetException(cause);
            else
                done.TrySetResult(result);
        }
    }
}
