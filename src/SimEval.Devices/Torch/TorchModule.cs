namespace SimEval.Devices.Torch;

/// <summary>
/// A native model. Releasing it is safe while plans over it run: they share it. Thread-safe but for disposal, unless the module
/// keeps state inside.
/// </summary>
internal sealed class TorchModule(TorchApi api, nint handle) : IDisposable
{
    private nint handle = handle;

    /// <summary>The library.</summary>
    public TorchApi Api => api;

    /// <summary>The native model; throws when it has been released.</summary>
    public nint Handle => handle != 0 ? handle : throw new ObjectDisposedException(nameof(TorchModule));

    /// <summary>A copy with state of its own; TorchScript only.</summary>
    public TorchModule Copy() => new(api, api.CopyScript(Handle));

    /// <inheritdoc/>
    public void Dispose()
    {
        var held = Interlocked.Exchange(ref handle, 0);
        if (held != 0)
            api.ReleaseModel(held);
        GC.SuppressFinalize(this);
    }

    /// <summary>A bound model has no end of its own: its module goes with it.</summary>
    ~TorchModule() => Dispose();
}
