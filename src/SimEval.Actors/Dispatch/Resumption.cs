using System.Runtime.CompilerServices;

namespace SimEval.Actors.Dispatch;

/// <summary>
/// <c>await task.On(dispatcher)</c>: the code after it runs on the dispatcher, whoever completed the task. This keeps
/// sequential shard code under the one scheduling seam without a synchronization context.
/// </summary>
internal static class Resumption
{
    public static OnDispatcher<T> On<T>(this ValueTask<T> task, IDispatcher dispatcher) => new(task, dispatcher);

    public static OnDispatcher<bool> On(this ValueTask task, IDispatcher dispatcher) => new(AsBool(task), dispatcher);

    public static OnDispatcher<T> On<T>(this Task<T> task, IDispatcher dispatcher) => new(new(task), dispatcher);

    private static async ValueTask<bool> AsBool(ValueTask task)
    {
        await task.ConfigureAwait(false);
        return true;
    }
}

/// <summary>
/// The awaitable and its awaiter. It continues through ContinueWith, which runs in place whatever synchronization context
/// the completing thread has; an awaiter would fly to the pool from a thread that has one.
/// </summary>
internal readonly struct OnDispatcher<T>(ValueTask<T> task, IDispatcher dispatcher) : ICriticalNotifyCompletion
{
    private readonly Task<T>? pending = task.IsCompleted ? null : task.AsTask();

    public bool IsCompleted => pending is null || pending.IsCompleted;

    public OnDispatcher<T> GetAwaiter() => this;

    public T GetResult() => pending is null ? task.GetAwaiter().GetResult() : pending.GetAwaiter().GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        var target = dispatcher;
        Continuation.After(pending!, () => target.Schedule(new ActionWork(continuation)));
    }
}

/// <summary>What happens when a task ends, on the thread that ends it.</summary>
internal static class Continuation
{
    public static void After(Task task, Action action) =>
        task.ContinueWith(
            static (_, state) => ((Action)state!)(),
            action,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
}

/// <summary>A delegate as a unit of work.</summary>
internal sealed class ActionWork(Action action) : IThreadPoolWorkItem
{
    public void Execute() => action();
}
