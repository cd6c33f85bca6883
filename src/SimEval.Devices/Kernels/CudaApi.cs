using System.Runtime.InteropServices;
using System.Text;

namespace SimEval.Devices.Kernels;

/// <summary>The part of CUDA's driver API that the kernels use.</summary>
internal static unsafe partial class CudaApi
{
    private const string Library = "libcuda.so.1";

    [LibraryImport(Library, EntryPoint = "cuInit")]
    public static partial int Initialise(uint flags);

    [LibraryImport(Library, EntryPoint = "cuDeviceGet")]
    public static partial int GetDevice(int* device, int ordinal);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetName")]
    public static partial int GetName(byte* name, int room, int device);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetAttribute")]
    public static partial int GetAttribute(int* value, int attribute, int device);

    [LibraryImport(Library, EntryPoint = "cuDevicePrimaryCtxRetain")]
    public static partial int RetainContext(nint* context, int device);

    [LibraryImport(Library, EntryPoint = "cuDevicePrimaryCtxRelease_v2")]
    public static partial int ReleaseContext(int device);

    [LibraryImport(Library, EntryPoint = "cuCtxSetCurrent")]
    public static partial int SetContext(nint context);

    [LibraryImport(Library, EntryPoint = "cuModuleLoadData")]
    public static partial int LoadModule(nint* module, byte* ptx);

    [LibraryImport(Library, EntryPoint = "cuModuleUnload")]
    public static partial int UnloadModule(nint module);

    [LibraryImport(Library, EntryPoint = "cuModuleGetFunction", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetFunction(nint* function, nint module, string name);

    [LibraryImport(Library, EntryPoint = "cuMemAlloc_v2")]
    public static partial int Allocate(nint* memory, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuMemFree_v2")]
    public static partial int Free(nint memory);

    [LibraryImport(Library, EntryPoint = "cuMemcpyHtoD_v2")]
    public static partial int CopyIn(nint to, void* from, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuMemcpyDtoH_v2")]
    public static partial int CopyOut(void* to, nint from, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuLaunchKernel")]
    public static partial int Launch(
        nint function,
        uint gridX,
        uint gridY,
        uint gridZ,
        uint blockX,
        uint blockY,
        uint blockZ,
        uint shared,
        nint stream,
        void** arguments,
        void** extra
    );

    [LibraryImport(Library, EntryPoint = "cuCtxSynchronize")]
    public static partial int Synchronise();
}

/// <summary>CUDA's run-time compiler (nvrtc), whose library's name holds its version.</summary>
internal static unsafe class CudaCompiler
{
    private static readonly string[] Names = ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"];

    /// <summary>Compiles to PTX, zero-ended, without contraction. Throws <see cref="KernelException"/>.</summary>
    /// <param name="source">CUDA C++.</param>
    /// <param name="capability">The device's compute capability: 90 for 9.0.</param>
    public static byte[] Compile(string source, int capability)
    {
        var library = Load();
        nint program;
        fixed (byte* text = Encoding.UTF8.GetBytes(source + "\0"))
        {
            var create = (delegate* unmanaged[Cdecl]<nint*, byte*, byte*, int, byte**, byte**, int>)
                NativeLibrary.GetExport(library, "nvrtcCreateProgram");
            Check(create(&program, text, null, 0, null, null), "nvrtcCreateProgram");
        }

        try
        {
            fixed (byte* architecture = Encoding.ASCII.GetBytes($"--gpu-architecture=compute_{capability}\0"))
            fixed (byte* unfused = "--fmad=false\0"u8)
            {
                var options = stackalloc byte*[2] { architecture, unfused };
                var compile = (delegate* unmanaged[Cdecl]<nint, int, byte**, int>)
                    NativeLibrary.GetExport(library, "nvrtcCompileProgram");
                if (compile(program, 2, options) != 0)
                    throw new KernelException(
                        $"nvrtc does not compile the kernels: {Encoding.UTF8.GetString(Text(library, program, "nvrtcGetProgramLog"))}"
                    );
            }

            return Text(library, program, "nvrtcGetPTX");
        }
        finally
        {
            _ = ((delegate* unmanaged[Cdecl]<nint*, int>)NativeLibrary.GetExport(library, "nvrtcDestroyProgram"))(
                &program
            );
        }
    }

    private static byte[] Text(nint library, nint program, string function)
    {
        nuint size;
        var measure = (delegate* unmanaged[Cdecl]<nint, nuint*, int>)
            NativeLibrary.GetExport(library, function + "Size");
        Check(measure(program, &size), function + "Size");
        var text = new byte[size];
        fixed (byte* to = text)
            Check(
                ((delegate* unmanaged[Cdecl]<nint, byte*, int>)NativeLibrary.GetExport(library, function))(program, to),
                function
            );
        return text;
    }

    private static nint Load()
    {
        foreach (var name in Names)
            if (NativeLibrary.TryLoad(name, out var library))
                return library;
        throw new KernelException("CUDA's run-time compiler (libnvrtc) is not installed");
    }

    private static void Check(int error, string call)
    {
        if (error != 0)
            throw new KernelException($"{call} failed with error {error}");
    }
}
