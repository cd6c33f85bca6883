using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes;

/// <summary>What is known of the values of one graph, and through it of those of the graphs around it.</summary>
internal sealed class ValueScope(ValueScope? outer)
{
    // Shapes are computed with few integers; longer vectors are data.
    private const int MostValues = 1024;
    private readonly Dictionary<string, TensorType> types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SymbolicInteger[]> values = new(StringComparer.Ordinal);

    /// <summary>How many graphs are around this one.</summary>
    public int Depth { get; } = outer is null ? 0 : outer.Depth + 1;

    /// <summary>Type of a value.</summary>
    public TensorType Type(string name) =>
        types.TryGetValue(name, out var type) ? type : outer?.Type(name) ?? TensorType.Unknown;

    /// <summary>The tensor that a value always is, or null.</summary>
    public Tensor? Constant(string name) =>
        constants.TryGetValue(name, out var tensor) ? tensor
        : types.ContainsKey(name) ? null
        : outer?.Constant(name);

    /// <summary>The integers that a scalar or vector consists of, or null.</summary>
    public SymbolicInteger[]? Values(string name) =>
        values.TryGetValue(name, out var known) ? known
        : types.ContainsKey(name) ? null
        : outer?.Values(name);

    /// <summary>All types of this graph.</summary>
    public ImmutableSortedDictionary<string, TensorType> Types() =>
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, types);

    /// <summary>Sets a type.</summary>
    public void Set(string name, TensorType type) => types[name] = type;

    /// <summary>Sets a constant.</summary>
    public void Set(string name, Tensor tensor)
    {
        types[name] = new TensorType(tensor.Type, [.. tensor.Dims.Select(size => new Dim(size))]);
        constants[name] = tensor;
        if (Integers(tensor) is { } integers)
            values[name] = [.. integers.Select(number => (SymbolicInteger)number)];
    }

    /// <summary>Sets the integers of a scalar or vector.</summary>
    public void SetValues(string name, SymbolicInteger[] integers)
    {
        if (integers.Length <= MostValues)
            values[name] = integers;
    }

    /// <summary>The integers of a small scalar or vector, or null.</summary>
    private static long[]? Integers(Tensor tensor) =>
        tensor.Dims.Count > 1 || tensor.Count > MostValues
            ? null
            : tensor.Type switch
            {
                ElementType.Int64 => tensor.Span<long>().ToArray(),
                ElementType.Int32 => [.. MemoryMarshal.ToEnumerable(MemoryOf<int>(tensor)).Select(x => (long)x)],
                ElementType.Bool => [.. MemoryMarshal.ToEnumerable(tensor.Data).Select(x => (long)x)],
                _ => null,
            };

    private static ReadOnlyMemory<T> MemoryOf<T>(Tensor tensor)
        where T : unmanaged => tensor.Span<T>().ToArray();
}
