using SimEval.Actors.Dispatch;

namespace SimEval.Actors.Mailboxes;

/// <summary>What keeps one actor going: its mailbox, its turn on the dispatcher, and what happens when it throws.</summary>
internal sealed class ActorCell<T> : IThreadPoolWorkItem
{
    private readonly Func<Actor<T>> create;
    private readonly Supervision supervision;
    private readonly Mailbox<T> mailbox;
    private readonly ActorContext<T> context;
    private readonly TaskCompletionSource<Exception?> stopped;
    private readonly Queue<DateTimeOffset> restarts = new();
    private Actor<T>? actor;
    private int scheduled;
    private volatile bool stopping;
    private bool ended;

    public ActorCell(ActorSystem system, string path, Func<Actor<T>> create, ActorOptions options)
    {
        System = system;
        this.create = create;
        supervision = options.Supervision;
        Dispatcher = options.Dispatcher ?? system.Dispatcher;
        mailbox = new(options.Capacity);
        stopped = new(Dispatcher.Completions);
        Ref = new(this, path, stopped.Task);
        context = new(this);
    }

    public void Begin() => Wake();

    public ActorSystem System { get; }

    public IDispatcher Dispatcher { get; }

    public ActorRef<T> Ref { get; }

    public int Waiting => mailbox.Count;

    public Delivery Tell(T message)
    {
        var delivery = mailbox.TryEnqueue(message);
        if (delivery == Delivery.Accepted)
            Wake();
        else
            System.DeadLetters.Add(Ref.Path, message, ReasonOf(delivery));
        return delivery;
    }

    public async ValueTask<Delivery> TellAsync(T message, CancellationToken cancel)
    {
        var delivery = await mailbox.EnqueueAsync(message, Dispatcher.Completions, cancel).ConfigureAwait(false);
        if (delivery == Delivery.Accepted)
            Wake();
        else
            System.DeadLetters.Add(Ref.Path, message, ReasonOf(delivery));
        return delivery;
    }

    public void TellOwn(Func<(bool Holds, T Message)> take)
    {
        if (mailbox.EnqueueOwn(take))
            Wake();
    }

    public void Stop()
    {
        stopping = true;
        Wake();
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (!ended)
            TakeTurns();
        // A full fence: a plain store may become visible after the reads below, and a stop told in between would be lost.
        Interlocked.Exchange(ref scheduled, 0);
        if (!ended && (stopping || mailbox.Count > 0))
            Wake();
    }

    private void TakeTurns()
    {
        if (actor is null && !stopping && !TryStart())
            return;
        for (var turn = 0; turn < Dispatcher.Quantum && !stopping; turn++)
        {
            T message = default!;
            try
            {
                if (!mailbox.TryDequeue(out message))
                    break;
                actor!.Receive(message);
            }
            catch (Exception e)
            {
                System.DeadLetters.Add(Ref.Path, message, DeadLetterReason.Failed);
                if (!Recover(e))
                    return;
            }
        }

        if (stopping)
            End(null);
    }

    private bool TryStart()
    {
        while (true)
        {
            try
            {
                actor = create();
                actor.Context = context;
                actor.Started();
                return true;
            }
            catch (Exception e)
            {
                if (!MayRestart())
                {
                    System.Report(new(Ref.Path, e, Restarted: false));
                    End(e);
                    return false;
                }

                System.Report(new(Ref.Path, e, Restarted: true));
            }
        }
    }

    private bool Recover(Exception failure)
    {
        var restart = MayRestart();
        System.Report(new(Ref.Path, failure, restart));
        if (!restart)
        {
            End(failure);
            return false;
        }

        context.Timers.CancelAll();
        TellStopped(failure);
        return TryStart();
    }

    private bool MayRestart()
    {
        var now = System.Time.GetUtcNow();
        while (restarts.TryPeek(out var oldest) && now - oldest > supervision.Within)
            restarts.Dequeue();
        if (restarts.Count >= supervision.MaxRestarts)
            return false;
        restarts.Enqueue(now);
        return true;
    }

    private void End(Exception? failure)
    {
        ended = true;
        context.Timers.CancelAll();
        if (actor is not null)
            TellStopped(failure);
        foreach (var message in mailbox.Close())
            System.DeadLetters.Add(Ref.Path, message, DeadLetterReason.Stopped);
        System.Forget(Ref);
        stopped.TrySetResult(failure);
    }

    private void TellStopped(Exception? failure)
    {
        try
        {
            actor!.Stopped(failure);
        }
        catch (Exception e)
        {
            System.Report(new(Ref.Path, e, Restarted: false));
        }

        actor = null;
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref scheduled, 1) == 0)
            Dispatcher.Schedule(this);
    }

    private static DeadLetterReason ReasonOf(Delivery delivery) =>
        delivery == Delivery.Full ? DeadLetterReason.Full : DeadLetterReason.Stopped;
}
