using System.Runtime.InteropServices;

namespace SimEval.Devices.Processes;

/// <summary>What a pipe with a deadline needs of the C library: non-blocking descriptors and poll(2).</summary>
internal static unsafe partial class Posix
{
    public const short PollIn = 1,
        PollOut = 4;

    public const int TryAgain = 11,
        Interrupted = 4,
        Kill = 9;

    private const int GetFlags = 3,
        SetFlags = 4,
        SetPipeSize = 1031,
        NonBlocking = 0x800;

    /// <summary>One descriptor of a poll; a negative one is ignored.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    /// <summary>Makes a pipe's end non-blocking and its buffer large (as large as an ordinary user may have it).</summary>
    public static void MakeNonBlocking(int descriptor)
    {
        _ = Control(descriptor, SetFlags, Control(descriptor, GetFlags, 0) | NonBlocking);
        _ = Control(descriptor, SetPipeSize, 1 << 20);
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint count);

    /// <summary>Sends a signal; to a whole process group when the number is negative.</summary>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);
}
