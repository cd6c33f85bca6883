using System.Runtime.InteropServices;

namespace SimEval.Devices.Sessions;

/// <summary>
/// Zeroed memory whose address is a multiple of 64. Kernels choose vector bodies by alignment, so that bits would change
/// with where a buffer happens to lie.
/// </summary>
internal sealed unsafe class AlignedMemory : IDisposable
{
    private void* address;

    /// <summary>Allocates; at least one byte.</summary>
    public AlignedMemory(long bytes)
    {
        Bytes = Math.Max(bytes, 1);
        address = NativeMemory.AlignedAlloc((nuint)Bytes, 64);
        NativeMemory.Clear(address, (nuint)Bytes);
    }

    /// <summary>A copy of bytes.</summary>
    public static AlignedMemory Of(ReadOnlySpan<byte> bytes)
    {
        var memory = new AlignedMemory(bytes.Length);
        bytes.CopyTo(memory.Span<byte>(0, bytes.Length));
        return memory;
    }

    /// <summary>Size.</summary>
    public long Bytes { get; }

    /// <summary>Start.</summary>
    public nint Address => (nint)address;

    /// <summary>A stretch of it.</summary>
    public Span<T> Span<T>(long firstByte, int count)
        where T : unmanaged => new((byte*)address + firstByte, count);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(address);
        address = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>What belongs to an object without an end of its own goes with it.</summary>
    ~AlignedMemory() => Dispose();
}
