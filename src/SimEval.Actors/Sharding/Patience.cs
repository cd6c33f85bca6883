using SimEval.Actors.Dispatch;
using SimEval.Actors.Journal;

namespace SimEval.Actors.Sharding;

/// <summary>Calls of the store on the shard's turn, tried again while the trouble may pass: bounded, with doubling pauses.</summary>
internal sealed class Patience(ShardHost host)
{
    private readonly IDispatcher dispatcher = host.System.Dispatcher;

    /// <summary>Whether trying again may help.</summary>
    public static bool MayPass(Exception e) =>
        e is OutcomeUnknownException or StoreException { Trouble: StoreTrouble.Unavailable };

    /// <summary>Calls until it succeeds or the retries are used up. For calls that may be repeated: reads, claims, retirements.</summary>
    public async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> operation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await operation().On(dispatcher);
            }
            catch (Exception e) when (MayPass(e) && attempt < host.Options.WriteRetries)
            {
                await PauseAsync(attempt).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask PauseAsync(int attempt)
    {
        host.Counters.AddRetry();
        var over = new TaskCompletionSource<bool>(dispatcher.Completions);
        using var timer = host.System.Time.CreateTimer(
            _ => over.TrySetResult(true),
            null,
            host.Options.RetryPause * (1 << Math.Min(attempt, 10)),
            Timeout.InfiniteTimeSpan
        );
        await over.Task.On(dispatcher);
    }
}
