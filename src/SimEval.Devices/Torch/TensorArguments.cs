using System.Runtime.InteropServices;
using SimEval.Devices.Sessions;
using SimEval.Models;

namespace SimEval.Devices.Torch;

/// <summary>Native tensors over memory that somebody else keeps, with the sizes that they point to.</summary>
internal sealed unsafe class TensorArguments : IDisposable
{
    private readonly List<nint> sizes = [];
    private readonly List<NativeTensor> tensors = [];

    /// <summary>The tensors, in the order they were added.</summary>
    public ReadOnlySpan<NativeTensor> Tensors => CollectionsMarshal.AsSpan(tensors);

    /// <summary>Adds one.</summary>
    public void Add(ElementType type, ReadOnlySpan<long> dims, nint data)
    {
        var copy = (long*)NativeMemory.Alloc((nuint)Math.Max(dims.Length, 1), sizeof(long));
        dims.CopyTo(new Span<long>(copy, dims.Length));
        sizes.Add((nint)copy);
        var count = 1L;
        foreach (var size in dims)
            count *= size;
        tensors.Add(
            new NativeTensor
            {
                Data = data,
                Bytes = count * ElementConversion.SizeOf(type),
                Dims = copy,
                Rank = dims.Length,
                Type = (int)type,
            }
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var copy in sizes)
            NativeMemory.Free((void*)copy);
        sizes.Clear();
        tensors.Clear();
    }
}
