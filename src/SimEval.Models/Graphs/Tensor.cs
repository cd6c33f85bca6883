using System.Runtime.InteropServices;

namespace SimEval.Models.Graphs;

/// <summary>
/// A dense tensor: element type, sizes, and its elements in row-major order, little-endian, as ONNX's raw_data lays them out
/// (4-bit types two a byte, the first in the low half). Text has its elements in <see cref="Texts"/> instead.
/// </summary>
public sealed class Tensor
{
    /// <summary>A tensor over bytes that nobody changes afterwards.</summary>
    /// <param name="type">Element type, not text.</param>
    /// <param name="dims">Sizes, outermost first; none for a scalar.</param>
    /// <param name="data">Its elements; as many bytes as type and sizes ask for.</param>
    public Tensor(ElementType type, IReadOnlyList<long> dims, ReadOnlyMemory<byte> data)
    {
        (Type, Dims, Data, Texts) = (type, dims, data, []);
        Count = CountOf(dims);
        if (data.Length != BytesOf(type, Count))
            throw new ArgumentException($"{data.Length} bytes do not make {type}[{string.Join(",", dims)}]");
    }

    /// <summary>A tensor of text.</summary>
    public Tensor(IReadOnlyList<long> dims, IReadOnlyList<string> texts)
    {
        (Type, Dims, Texts) = (ElementType.Text, dims, texts);
        Count = CountOf(dims);
        if (texts.Count != Count)
            throw new ArgumentException($"{texts.Count} texts do not make [{string.Join(",", dims)}]");
    }

    /// <summary>Element type.</summary>
    public ElementType Type { get; }

    /// <summary>Sizes, outermost first; none for a scalar.</summary>
    public IReadOnlyList<long> Dims { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>The elements' bytes; empty for text.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The elements of a tensor of text, else none.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>A copy of elements as a tensor; T is the type that <paramref name="type"/> names.</summary>
    public static Tensor Of<T>(ElementType type, IReadOnlyList<long> dims, ReadOnlySpan<T> elements)
        where T : unmanaged => new(type, dims, MemoryMarshal.AsBytes(elements).ToArray());

    /// <summary>A float32 tensor.</summary>
    public static Tensor Of(IReadOnlyList<long> dims, ReadOnlySpan<float> elements) =>
        Of(ElementType.Float32, dims, elements);

    /// <summary>An int64 tensor.</summary>
    public static Tensor Of(IReadOnlyList<long> dims, ReadOnlySpan<long> elements) =>
        Of(ElementType.Int64, dims, elements);

    /// <summary>The elements; T must be what <see cref="Type"/> is stored as (byte for bool, ushort for float16).</summary>
    public ReadOnlySpan<T> Span<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Data.Span);

    /// <summary>The same elements under other sizes of the same product.</summary>
    public Tensor Reshape(IReadOnlyList<long> dims) =>
        Type == ElementType.Text ? new Tensor(dims, Texts) : new Tensor(Type, dims, Data);

    /// <summary>"float32[2,3]".</summary>
    public override string ToString() => $"{Type.Name()}[{string.Join(",", Dims)}]";

    /// <summary>Bytes that so many elements of a type take; 0 for text.</summary>
    public static long BytesOf(ElementType type, long count) => (count * type.Bits() + 7) / 8;

    private static long CountOf(IReadOnlyList<long> dims)
    {
        var count = 1L;
        foreach (var size in dims)
            count = checked(
                count * (size >= 0 ? size : throw new ArgumentException($"a tensor cannot have a size of {size}"))
            );
        return count;
    }
}
