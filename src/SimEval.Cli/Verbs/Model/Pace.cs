namespace SimEval.Cli.Verbs.Model;

/// <summary>Tells how far work is, every two seconds, and stops it when the person does.</summary>
internal sealed class Pace(Invocation invocation)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private long told = TimeProvider.System.GetTimestamp();

    /// <summary>Called after each piece of work.</summary>
    /// <param name="progress">What is told, when it is time to.</param>
    public void Tell(Func<string> progress)
    {
        invocation.Cancellation.ThrowIfCancellationRequested();
        if (invocation.Quiet || TimeProvider.System.GetElapsedTime(told) < Every)
            return;
        invocation.Terminal.Tell(progress());
        told = TimeProvider.System.GetTimestamp();
    }
}
