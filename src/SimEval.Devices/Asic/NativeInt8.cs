using System.Runtime.InteropServices;

namespace SimEval.Devices.Asic;

/// <summary>
/// The native library of src/native/kernels-int8: next to the program, else in the repository that the program was built in.
/// Absent without harm: <see cref="Has"/> is then false.
/// </summary>
public static unsafe class NativeInt8
{
    /// <summary>AVX2 vpmaddwd; numbers as in int8_gemm.h.</summary>
    public const int Madd256 = 1;

    /// <summary>AVX-512BW vpmaddwd: only a peak.</summary>
    public const int Madd512 = 2;

    /// <summary>AVX-512 VNNI vpdpbusd.</summary>
    public const int Vnni512 = 3;

    private const string FileName = "libsimeval_int8.so";
    private const string BuiltPath = "artifacts/native/kernels-int8/" + FileName;
    private const int Version = 1;

    // A call this short is over before the collector would miss this thread: half a microsecond or so.
    private const long ShortMacs = 1 << 16;

    private static readonly nint Library = Load();

    private static readonly nint GemmEntry = Entry("simeval_int8_gemm");

    private static readonly nint HasEntry = Entry("simeval_int8_has");

    /// <summary>Whether the library is there and the processor runs the instructions.</summary>
    public static bool Has(int instructions) =>
        HasEntry != 0 && ((delegate* unmanaged[Cdecl]<int, int>)HasEntry)(instructions) == 1;

    /// <summary>
    /// Repeats the bare instruction on registers, and says for how many 8-bit multiply-adds that stands: the rate that no exact
    /// product passes on this processor. 0 where <see cref="Has"/> is false.
    /// </summary>
    public static ulong Peak(int instructions, ulong rounds) =>
        Has(instructions)
            ? ((delegate* unmanaged[Cdecl]<int, ulong, ulong>)Entry("simeval_int8_peak"))(instructions, rounds)
            : 0;

    /// <summary>Bytes of packed weights.</summary>
    internal static long PackedBytes(int instructions, int k, int n) =>
        checked(
            (long)
                ((delegate* unmanaged[Cdecl]<int, nuint, nuint, nuint>)Entry("simeval_int8_packed_bytes"))(
                    instructions,
                    (nuint)k,
                    (nuint)n
                )
        );

    /// <summary>Packs k rows of n weights.</summary>
    internal static void Pack(int instructions, sbyte* weights, int k, int n, void* packed) =>
        ((delegate* unmanaged[Cdecl]<int, sbyte*, nuint, nuint, nuint, nuint, void*, void>)Entry("simeval_int8_pack"))(
            instructions,
            weights,
            (nuint)n,
            1,
            (nuint)k,
            (nuint)n,
            packed
        );

    /// <summary>Multiplies.</summary>
    internal static void Multiply(int instructions, byte* a, void* packed, int m, int k, int n, int* c)
    {
        if ((long)m * k * n <= ShortMacs)
        {
            (
                (delegate* unmanaged[Cdecl, SuppressGCTransition]<
                    int,
                    byte*,
                    void*,
                    nuint,
                    nuint,
                    nuint,
                    int*,
                    void>)GemmEntry
            )(instructions, a, packed, (nuint)m, (nuint)k, (nuint)n, c);
        }
        else
        {
            ((delegate* unmanaged[Cdecl]<int, byte*, void*, nuint, nuint, nuint, int*, void>)GemmEntry)(
                instructions,
                a,
                packed,
                (nuint)m,
                (nuint)k,
                (nuint)n,
                c
            );
        }
    }

    private static nint Entry(string name) =>
        Library != 0 && NativeLibrary.TryGetExport(Library, name, out var entry) ? entry : 0;

    private static nint Load()
    {
        foreach (var path in Places().Where(File.Exists))
        {
            if (
                NativeLibrary.TryLoad(path, out var library)
                && NativeLibrary.TryGetExport(library, "simeval_int8_version", out var version)
                && ((delegate* unmanaged[Cdecl]<int>)version)() == Version
            )
                return library;
        }
        return 0;
    }

    private static IEnumerable<string> Places()
    {
        yield return Path.Combine(AppContext.BaseDirectory, FileName);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, BuiltPath);
    }
}
