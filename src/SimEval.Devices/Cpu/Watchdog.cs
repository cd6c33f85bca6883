using SimEval.Devices.Sessions;

namespace SimEval.Devices.Cpu;

/// <summary>Ends runs that have not ended after a while: a loop in a model may go on for ever.</summary>
internal sealed class Watchdog : IDisposable
{
    private readonly OnnxRuntimeApi api;
    private readonly TimeSpan patience;
    private readonly Timer timer;
    private readonly Lock gate = new();
    private bool over;
    private bool disposed;

    /// <summary>Starts.</summary>
    public Watchdog(OnnxRuntimeApi api, TimeSpan patience)
    {
        (this.api, this.patience) = (api, patience);
        RunOptions = api.CreateRunOptions();
        timer = new Timer(_ => End(), null, patience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What the watched runs are given.</summary>
    public nint RunOptions { get; }

    /// <summary>Throws when it was the watchdog that ended the run.</summary>
    public void ThrowIfOver(OnnxRuntimeException failure)
    {
        if (IsOver)
            throw Explain("", failure);
    }

    /// <summary>The failure of a watched run, in plain words.</summary>
    public ModelException Explain(string what, ForwardException failure) =>
        IsOver
            ? new ModelException(
                ModelFault.RunFailed,
                $"the model had not ended after {patience.TotalSeconds:0.#} s",
                failure
            )
            : new ModelException(ModelFault.RunFailed, $"{what}: {failure.Message.ReplaceLineEndings(" ")}", failure);

    /// <inheritdoc/>
    public void Dispose()
    {
        timer.Dispose();
        lock (gate)
        {
            disposed = true;
            api.ReleaseRunOptions(RunOptions);
        }
    }

    private bool IsOver
    {
        get
        {
            lock (gate)
                return over;
        }
    }

    private void End()
    {
        lock (gate)
        {
            if (disposed)
                return;
            over = true;
            api.Terminate(RunOptions);
        }
    }
}
