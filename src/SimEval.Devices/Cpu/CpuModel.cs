using System.Runtime.InteropServices;
using SimEval.Devices.Binding;
using SimEval.Devices.Probing;

namespace SimEval.Devices.Cpu;

/// <summary>A model in ONNX Runtime: one native session, released when the model and all sessions over it are disposed.</summary>
internal sealed class CpuModel(
    OnnxRuntimeApi api,
    nint handle,
    ModelSignature signature,
    ModelOptions options,
    bool? int8Exact
) : ILoadedModel
{
    private readonly Lock gate = new();
    private readonly List<CpuBoundModel> bound = [];
    private int references = 1;
    private bool disposed;

    /// <inheritdoc/>
    public ModelSignature Signature => signature;

    /// <summary>The runtime.</summary>
    public OnnxRuntimeApi Api => api;

    /// <summary>The native session.</summary>
    public nint Handle => handle;

    /// <inheritdoc/>
    public IBoundModel Bind(ModelBinding binding, int maximumBatch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumBatch, 1);
        AddReference();
        try
        {
            using var watchdog = new Watchdog(api, options.TrialTime);
            var trial = CpuTrial.Run(this, binding, maximumBatch, watchdog);
            var model = new CpuBoundModel(this, binding, trial.Action);
            lock (gate)
                bound.Add(model);
            var probe = ProbeOf(model, trial.Batchable ? maximumBatch : 1, maximumBatch, watchdog, trial.Doubt);
            model.Probe = probe with { Finding = probe.Finding + Int8Probe.Finding(int8Exact), Int8Exact = int8Exact };
            return model;
        }
        finally
        {
            Release();
        }
    }

    private ProbeReport ProbeOf(CpuBoundModel model, int tried, int wanted, Watchdog watchdog, string? doubt)
    {
        var buckets = BatchProbe.Buckets(tried);
        using var session = new CpuSession(model, buckets.Largest, buckets) { RunOptions = watchdog.RunOptions };
        return BatchProbe.Run(
            session,
            new BatchProbeRequest(
                model.Shapes,
                tried,
                wanted,
                doubt,
                ProcessorFeatures.InstructionSet,
                CpuDevice.Runtime,
                watchdog.Explain
            )
            {
                Buckets = options.Buckets,
            }
        );
    }

    /// <summary>Keeps the native session alive; throws when it has been released.</summary>
    public void AddReference()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(references == 0, this);
            references++;
        }
    }

    /// <summary>Undoes one <see cref="AddReference"/>.</summary>
    public void Release()
    {
        lock (gate)
        {
            if (--references > 0)
                return;
        }

        foreach (var model in bound)
            model.Free();
        api.ReleaseSession(handle);
    }

    /// <inheritdoc/>
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

    /// <summary>A bound model has no end of its own: the runtime's session goes when nothing refers to it any more.</summary>
    ~CpuModel() => Dispose();
}

/// <summary>Names as the C API wants them: zero-ended UTF-8, and an array of pointers to them.</summary>
internal sealed unsafe class NativeNames : IDisposable
{
    private readonly nint* names;
    private readonly int count;

    /// <summary>Copies the names.</summary>
    public NativeNames(IReadOnlyList<string> texts)
    {
        count = texts.Count;
        names = (nint*)NativeMemory.AllocZeroed((nuint)Math.Max(count, 1), (nuint)sizeof(nint));
        for (var i = 0; i < count; i++)
            names[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
    }

    /// <summary>The array.</summary>
    public nint* Pointer => names;

    /// <inheritdoc/>
    public void Dispose()
    {
        for (var i = 0; i < count; i++)
            Marshal.FreeCoTaskMem(names[i]);
        NativeMemory.Free(names);
    }
}
