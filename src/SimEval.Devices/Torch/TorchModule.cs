namespace SimEval.Devices.Torch;

/// <summary>
/// A native model, released when its owner and all sessions over it have let go of it. Thread-safe, but that a module which
/// keeps state inside may be run by one thread at a time.
/// </summary>
/// <param name="api">The library.</param>
/// <param name="handle">The native model.</param>
internal sealed class TorchModule(TorchApi api, nint handle) : IDisposable
{
    private readonly Lock gate = new();
    private int references = 1;
    private bool disposed;

    /// <summary>The library.</summary>
    public TorchApi Api => api;

    /// <summary>The native model; throws when it has been released.</summary>
    public nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(references == 0, this);
            return handle;
        }
    }

    /// <summary>A copy with state of its own; TorchScript only.</summary>
    public TorchModule Copy() => new(api, api.CopyScript(Handle));

    /// <summary>This one, held once more; throws when it has been released.</summary>
    public TorchModule Share()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(references == 0, this);
            references++;
            return this;
        }
    }

    /// <summary>Undoes one <see cref="Share"/>.</summary>
    public void Release()
    {
        lock (gate)
        {
            if (--references > 0)
                return;
        }

        api.ReleaseModel(handle);
    }

    /// <summary>Lets go of it as its owner.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
        }

        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>A bound model is never disposed: its module goes with it.</summary>
    ~TorchModule()
    {
        if (references > 0)
            api.ReleaseModel(handle);
    }
}
