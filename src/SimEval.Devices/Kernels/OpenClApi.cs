using System.Runtime.InteropServices;

namespace SimEval.Devices.Kernels;

/// <summary>The part of OpenCL's C API (1.2) that the kernels use, by the system's loader (Debian's ocl-icd-libopencl1).</summary>
internal static unsafe partial class OpenClApi
{
    public const ulong AnyDevice = 0xFFFFFFFF;
    public const ulong ReadWrite = 1;
    public const uint BuildLog = 0x1183;
    public const uint DeviceName = 0x102B;
    public const uint DoubleConfiguration = 0x1032;
    public const uint Blocking = 1;

    private const string Library = "libOpenCL.so.1";

    [LibraryImport(Library, EntryPoint = "clGetPlatformIDs")]
    public static partial int GetPlatforms(uint room, nint* platforms, uint* count);

    [LibraryImport(Library, EntryPoint = "clGetDeviceIDs")]
    public static partial int GetDevices(nint platform, ulong type, uint room, nint* devices, uint* count);

    [LibraryImport(Library, EntryPoint = "clGetDeviceInfo")]
    public static partial int GetDeviceInfo(nint device, uint what, nuint room, void* value, nuint* size);

    [LibraryImport(Library, EntryPoint = "clCreateContext")]
    public static partial nint CreateContext(
        nint options,
        uint count,
        nint* devices,
        nint notify,
        nint user,
        int* error
    );

    [LibraryImport(Library, EntryPoint = "clCreateCommandQueue")]
    public static partial nint CreateQueue(nint context, nint device, ulong options, int* error);

    [LibraryImport(Library, EntryPoint = "clCreateProgramWithSource")]
    public static partial nint CreateProgram(nint context, uint count, byte** texts, nuint* lengths, int* error);

    [LibraryImport(Library, EntryPoint = "clBuildProgram", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BuildProgram(
        nint program,
        uint count,
        nint* devices,
        string options,
        nint notify,
        nint user
    );

    [LibraryImport(Library, EntryPoint = "clGetProgramBuildInfo")]
    public static partial int GetBuildInfo(nint program, nint device, uint what, nuint room, void* value, nuint* size);

    [LibraryImport(Library, EntryPoint = "clCreateKernel", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint CreateKernel(nint program, string name, int* error);

    [LibraryImport(Library, EntryPoint = "clSetKernelArg")]
    public static partial int SetArgument(nint kernel, uint index, nuint size, void* value);

    [LibraryImport(Library, EntryPoint = "clCreateBuffer")]
    public static partial nint CreateBuffer(nint context, ulong flags, nuint size, void* host, int* error);

    [LibraryImport(Library, EntryPoint = "clEnqueueWriteBuffer")]
    public static partial int Write(
        nint queue,
        nint buffer,
        uint blocking,
        nuint offset,
        nuint size,
        void* from,
        uint waits,
        nint* events,
        nint* done
    );

    [LibraryImport(Library, EntryPoint = "clEnqueueReadBuffer")]
    public static partial int Read(
        nint queue,
        nint buffer,
        uint blocking,
        nuint offset,
        nuint size,
        void* to,
        uint waits,
        nint* events,
        nint* done
    );

    [LibraryImport(Library, EntryPoint = "clEnqueueNDRangeKernel")]
    public static partial int Launch(
        nint queue,
        nint kernel,
        uint dimensions,
        nuint* offset,
        nuint* global,
        nuint* local,
        uint waits,
        nint* events,
        nint* done
    );

    [LibraryImport(Library, EntryPoint = "clFinish")]
    public static partial int Finish(nint queue);

    [LibraryImport(Library, EntryPoint = "clReleaseMemObject")]
    public static partial int ReleaseBuffer(nint buffer);

    [LibraryImport(Library, EntryPoint = "clReleaseKernel")]
    public static partial int ReleaseKernel(nint kernel);

    [LibraryImport(Library, EntryPoint = "clReleaseProgram")]
    public static partial int ReleaseProgram(nint program);

    [LibraryImport(Library, EntryPoint = "clReleaseCommandQueue")]
    public static partial int ReleaseQueue(nint queue);

    [LibraryImport(Library, EntryPoint = "clReleaseContext")]
    public static partial int ReleaseContext(nint context);
}
