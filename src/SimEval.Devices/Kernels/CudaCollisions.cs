using System.Text;

namespace SimEval.Devices.Kernels;

/// <summary>The kernels on the first CUDA device, compiled from the same source by nvrtc.</summary>
public sealed unsafe class CudaCollisions : ICollisionKernel
{
    private const int Block = 128;
    private const int CapabilityMajor = 75,
        CapabilityMinor = 76;

    private readonly int device;
    private readonly nint context;
    private readonly nint module;
    private readonly nint collide;
    private readonly nint copy;
    private nint egos,
        agents,
        counts,
        findings,
        scratch;
    private CollisionBatch? loaded;

    private CudaCollisions(int device)
    {
        this.device = device;
        var name = stackalloc byte[256];
        int major,
            minor;
        Check(CudaApi.GetName(name, 256, device), "cuDeviceGetName");
        Device = Encoding.UTF8.GetString(new ReadOnlySpan<byte>(name, 256)).Split('\0')[0];
        Check(CudaApi.GetAttribute(&major, CapabilityMajor, device), "cuDeviceGetAttribute");
        Check(CudaApi.GetAttribute(&minor, CapabilityMinor, device), "cuDeviceGetAttribute");
        nint made;
        Check(CudaApi.RetainContext(&made, device), "cuDevicePrimaryCtxRetain");
        context = made;
        Check(CudaApi.SetContext(context), "cuCtxSetCurrent");
        fixed (byte* ptx = CudaCompiler.Compile(KernelSource.Collisions, (major * 10) + minor))
            Check(CudaApi.LoadModule(&made, ptx), "cuModuleLoadData");
        module = made;
        Check(CudaApi.GetFunction(&made, module, "collide"), "cuModuleGetFunction");
        collide = made;
        Check(CudaApi.GetFunction(&made, module, "copy"), "cuModuleGetFunction");
        copy = made;
    }

    /// <inheritdoc/>
    public string Device { get; }

    /// <summary>Compiles for the first device. Throws <see cref="KernelException"/> when there is none, or a library is missing.</summary>
    public static CudaCollisions Open()
    {
        try
        {
            int device;
            Check(CudaApi.Initialise(0), "cuInit");
            Check(CudaApi.GetDevice(&device, 0), "cuDeviceGet");
            return new CudaCollisions(device);
        }
        catch (DllNotFoundException)
        {
            throw new KernelException("CUDA's driver (libcuda.so.1) is not installed");
        }
    }

    /// <inheritdoc/>
    public void Load(CollisionBatch batch)
    {
        Check(CudaApi.SetContext(context), "cuCtxSetCurrent");
        if (loaded is null || loaded.Rollouts != batch.Rollouts || loaded.MostAgents != batch.MostAgents)
        {
            FreeMemory();
            egos = Allocate(batch.Egos.Length * sizeof(double));
            agents = Allocate((long)batch.Agents.Length * sizeof(double));
            scratch = Allocate((long)batch.Agents.Length * sizeof(double));
            counts = Allocate(batch.Rollouts * sizeof(int));
            findings = Allocate(CollisionFindings.Fields * batch.Pitch * sizeof(int));
        }

        loaded = batch;
        Write(egos, batch.Egos);
        Write(agents, batch.Agents);
        Write(counts, batch.Counts);
    }

    /// <inheritdoc/>
    public void Run()
    {
        var (rollouts, pitch, most) = (Loaded().Rollouts, Loaded().Pitch, Loaded().MostAgents);
        nint from = egos,
            others = agents,
            many = counts,
            to = findings;
        var arguments = stackalloc void*[7] { &from, &others, &many, &to, &rollouts, &pitch, &most };
        Launch(collide, rollouts, arguments);
    }

    /// <inheritdoc/>
    public long Copy()
    {
        var length = Loaded().Agents.Length;
        nint from = agents,
            to = scratch;
        var arguments = stackalloc void*[3] { &from, &to, &length };
        Launch(copy, length, arguments);
        return 2L * length * sizeof(double);
    }

    /// <inheritdoc/>
    public void Read(CollisionFindings target)
    {
        fixed (int* to = target.Values)
            Check(CudaApi.CopyOut(to, findings, (nuint)target.Values.Length * sizeof(int)), "cuMemcpyDtoH");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FreeMemory();
        _ = CudaApi.UnloadModule(module);
        _ = CudaApi.ReleaseContext(device);
    }

    private static nint Allocate(long bytes)
    {
        nint made;
        Check(CudaApi.Allocate(&made, (nuint)bytes), $"cuMemAlloc of {bytes:N0} bytes");
        return made;
    }

    private static void Write<T>(nint to, T[] values)
        where T : unmanaged
    {
        fixed (T* from = values)
            Check(CudaApi.CopyIn(to, from, (nuint)values.Length * (nuint)sizeof(T)), "cuMemcpyHtoD");
    }

    private void Launch(nint function, int items, void** arguments)
    {
        Check(CudaApi.SetContext(context), "cuCtxSetCurrent");
        var grid = (uint)((items + (long)Block - 1) / Block);
        Check(CudaApi.Launch(function, grid, 1, 1, Block, 1, 1, 0, 0, arguments, null), "cuLaunchKernel");
        Check(CudaApi.Synchronise(), "cuCtxSynchronize");
    }

    private CollisionBatch Loaded() => loaded ?? throw new InvalidOperationException("no batch has been loaded");

    private void FreeMemory()
    {
        foreach (var memory in (nint[])[egos, agents, counts, findings, scratch])
            if (memory != 0)
                _ = CudaApi.Free(memory);
        (egos, agents, counts, findings, scratch) = (0, 0, 0, 0, 0);
        loaded = null;
    }

    private static void Check(int error, string call)
    {
        if (error != 0)
            throw new KernelException($"CUDA's {call} failed with error {error}");
    }
}
