namespace SimEval.Actors.Mailboxes;

/// <summary>A sender in line. Admission and cancellation race for one flag, so a cancelled message is never delivered.</summary>
internal sealed class PendingSend<T>(T message, TaskCreationOptions completions)
{
    private readonly TaskCompletionSource<Delivery> done = new(completions);
    private CancellationTokenRegistration registration;
    private int settled;

    public T Message => message;

    public Task<Delivery> Task => done.Task;

    public bool TryAdmit() => Interlocked.Exchange(ref settled, 1) == 0;

    public void Complete(Delivery delivery)
    {
        registration.Unregister();
        done.TrySetResult(delivery);
    }

    public void CancelWith(CancellationToken cancel) =>
        registration = cancel.UnsafeRegister(
            (_, token) =>
            {
                if (TryAdmit())
                    done.TrySetCanceled(token);
            },
            null
        );
}
