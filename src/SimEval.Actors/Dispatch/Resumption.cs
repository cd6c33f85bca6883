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

/// <summary>The awaitable and its awaiter.</summary>
internal readonly struct OnDispatcher<T>(ValueTask<T> task, IDispatcher dispatcher) : ICriticalNotifyCompletion
{
    private readonly ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter inner = task.ConfigureAwait(false)
        .GetAwaiter();

    public bool IsCompleted => inner.IsCompleted;

    public OnDispatcher<T> GetAwaiter() => this;

    public T GetResult() => inner.GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        var target = dispatcher;
        inner.UnsafeOnCompleted(() => target.Schedule(new ActionWork(continuation)));
    }
}

/// <summary>A delegate as a unit of work.</summary>
internal sealed class ActionWork(Action action) : IThreadPoolWorkItem
{
    public void Execute() => action();
}
