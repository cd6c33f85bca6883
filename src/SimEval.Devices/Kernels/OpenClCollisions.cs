using System.Text;

namespace SimEval.Devices.Kernels;

/// <summary>The kernels on an OpenCL device: PoCL on a processor, a vendor's driver on a GPU.</summary>
public sealed unsafe class OpenClCollisions : ICollisionKernel
{
    private const int Group = 64;

    private readonly nint device;
    private readonly nint context;
    private readonly nint queue;
    private readonly nint program;
    private readonly nint collide;
    private readonly nint copy;
    private nint egos,
        agents,
        counts,
        findings,
        scratch;
    private CollisionBatch? loaded;

    private OpenClCollisions(nint device, string name)
    {
        this.device = device;
        Device = name;
        int error;
        nint only = device;
        context = OpenClApi.CreateContext(0, 1, &only, 0, 0, &error);
        Check(error, "clCreateContext");
        queue = OpenClApi.CreateQueue(context, device, 0, &error);
        Check(error, "clCreateCommandQueue");
        program = Build();
        collide = Kernel("collide");
        copy = Kernel("copy");
    }

    /// <inheritdoc/>
    public string Device { get; }

    /// <summary>
    /// Compiles for the first OpenCL device with double precision. Throws <see cref="KernelException"/> when there is none, or its
    /// driver refuses.
    /// </summary>
    public static OpenClCollisions Open()
    {
        try
        {
            foreach (var device in Devices())
            {
                ulong doubles = 0;
                if (
                    OpenClApi.GetDeviceInfo(device, OpenClApi.DoubleConfiguration, sizeof(ulong), &doubles, null) == 0
                    && doubles != 0
                )
                    return new OpenClCollisions(device, NameOf(device));
            }
        }
        catch (DllNotFoundException)
        {
            throw new KernelException(
                "OpenCL's loader (libOpenCL.so.1) is not installed: apt-get install ocl-icd-libopencl1"
            );
        }

        throw new KernelException("no OpenCL device with double precision is here: apt-get install pocl-opencl-icd");
    }

    /// <inheritdoc/>
    public void Load(CollisionBatch batch)
    {
        if (loaded is null || loaded.Rollouts != batch.Rollouts || loaded.MostAgents != batch.MostAgents)
        {
            ReleaseBuffers();
            egos = Buffer(batch.Egos.Length * sizeof(double));
            agents = Buffer((long)batch.Agents.Length * sizeof(double));
            scratch = Buffer((long)batch.Agents.Length * sizeof(double));
            counts = Buffer(batch.Rollouts * sizeof(int));
            findings = Buffer(CollisionFindings.Fields * batch.Pitch * sizeof(int));
        }

        loaded = batch;
        Write(egos, batch.Egos);
        Write(agents, batch.Agents);
        Write(counts, batch.Counts);
    }

    /// <inheritdoc/>
    public void Run()
    {
        var batch = Loaded();
        Argument(collide, 0, egos);
        Argument(collide, 1, agents);
        Argument(collide, 2, counts);
        Argument(collide, 3, findings);
        Argument(collide, 4, batch.Rollouts);
        Argument(collide, 5, batch.Pitch);
        Argument(collide, 6, batch.MostAgents);
        Launch(collide, batch.Rollouts);
    }

    /// <inheritdoc/>
    public long Copy()
    {
        var length = Loaded().Agents.Length;
        Argument(copy, 0, agents);
        Argument(copy, 1, scratch);
        Argument(copy, 2, length);
        Launch(copy, length);
        return 2L * length * sizeof(double);
    }

    /// <inheritdoc/>
    public void Read(CollisionFindings target)
    {
        fixed (int* to = target.Values)
            Check(
                OpenClApi.Read(
                    queue,
                    findings,
                    OpenClApi.Blocking,
                    0,
                    (nuint)target.Values.Length * sizeof(int),
                    to,
                    0,
                    null,
                    null
                ),
                "clEnqueueReadBuffer"
            );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ReleaseBuffers();
        _ = OpenClApi.ReleaseKernel(collide);
        _ = OpenClApi.ReleaseKernel(copy);
        _ = OpenClApi.ReleaseProgram(program);
        _ = OpenClApi.ReleaseQueue(queue);
        _ = OpenClApi.ReleaseContext(context);
    }

    private static List<nint> Devices()
    {
        var found = new List<nint>();
        var platforms = stackalloc nint[16];
        var devices = stackalloc nint[16];
        uint count = 0;
        if (OpenClApi.GetPlatforms(16, platforms, &count) != 0)
            return found;
        for (var platform = 0; platform < Math.Min(count, 16); platform++)
        {
            uint here = 0;
            if (OpenClApi.GetDevices(platforms[platform], OpenClApi.AnyDevice, 16, devices, &here) != 0)
                continue;
            for (var i = 0; i < Math.Min(here, 16); i++)
                found.Add(devices[i]);
        }

        return found;
    }

    private static string NameOf(nint device)
    {
        var text = stackalloc byte[256];
        nuint size = 0;
        _ = OpenClApi.GetDeviceInfo(device, OpenClApi.DeviceName, 256, text, &size);
        return Encoding.UTF8.GetString(text, (int)size).TrimEnd('\0');
    }

    private nint Build()
    {
        int error;
        nint made;
        var source = Encoding.UTF8.GetBytes(KernelSource.Collisions);
        fixed (byte* text = source)
        {
            var length = (nuint)source.Length;
            made = OpenClApi.CreateProgram(context, 1, &text, &length, &error);
        }

        Check(error, "clCreateProgramWithSource");
        var only = device;
        if (OpenClApi.BuildProgram(made, 1, &only, "-cl-std=CL1.2", 0, 0) == 0)
            return made;
        var log = new byte[4096];
        nuint size = 0;
        fixed (byte* to = log)
            _ = OpenClApi.GetBuildInfo(made, device, OpenClApi.BuildLog, (nuint)log.Length, to, &size);
        throw new KernelException(
            $"{Device} does not compile the kernels: {Encoding.UTF8.GetString(log, 0, (int)Math.Min(size, (nuint)log.Length))}"
        );
    }

    private nint Kernel(string name)
    {
        int error;
        var made = OpenClApi.CreateKernel(program, name, &error);
        Check(error, "clCreateKernel");
        return made;
    }

    private nint Buffer(long bytes)
    {
        int error;
        var made = OpenClApi.CreateBuffer(context, OpenClApi.ReadWrite, (nuint)bytes, null, &error);
        Check(error, $"clCreateBuffer of {bytes:N0} bytes");
        return made;
    }

    private void Write<T>(nint buffer, T[] values)
        where T : unmanaged
    {
        fixed (T* from = values)
            Check(
                OpenClApi.Write(
                    queue,
                    buffer,
                    OpenClApi.Blocking,
                    0,
                    (nuint)values.Length * (nuint)sizeof(T),
                    from,
                    0,
                    null,
                    null
                ),
                "clEnqueueWriteBuffer"
            );
    }

    private static void Argument<T>(nint kernel, uint index, T value)
        where T : unmanaged => Check(OpenClApi.SetArgument(kernel, index, (nuint)sizeof(T), &value), "clSetKernelArg");

    private void Launch(nint kernel, int items)
    {
        nuint local = Group;
        var global = ((nuint)items + Group - 1) / Group * Group;
        Check(OpenClApi.Launch(queue, kernel, 1, null, &global, &local, 0, null, null), "clEnqueueNDRangeKernel");
        Check(OpenClApi.Finish(queue), "clFinish");
    }

    private CollisionBatch Loaded() => loaded ?? throw new InvalidOperationException("no batch has been loaded");

    private void ReleaseBuffers()
    {
        foreach (var buffer in (nint[])[egos, agents, counts, findings, scratch])
            if (buffer != 0)
                _ = OpenClApi.ReleaseBuffer(buffer);
        (egos, agents, counts, findings, scratch) = (0, 0, 0, 0, 0);
        loaded = null;
    }

    private static void Check(int error, string call)
    {
        if (error != 0)
            throw new KernelException($"OpenCL's {call} failed with error {error}");
    }
}
