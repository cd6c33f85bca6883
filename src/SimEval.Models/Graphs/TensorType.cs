namespace SimEval.Models.Graphs;

/// <summary>One size of a value: known, or named ("batch"), or unknown.</summary>
/// <param name="Size">The size; -1 when it is not known.</param>
/// <param name="Name">Its symbolic name; equal names are equal sizes. Null: none.</param>
public readonly record struct Dim(long Size, string? Name = null)
{
    /// <summary>A size that nothing is known of.</summary>
    public static Dim Unknown => new(-1);

    /// <summary>Whether the size is a number.</summary>
    public bool IsKnown => Size >= 0;

    /// <summary>A known size.</summary>
    public static implicit operator Dim(long size) => new(size);

    /// <summary>A named size.</summary>
    public static Dim Named(string name) => new(-1, name);

    /// <summary>"48", "batch" or "?".</summary>
    public override string ToString() =>
        IsKnown ? Size.ToString(System.Globalization.CultureInfo.InvariantCulture) : Name ?? "?";
}

/// <summary>What a value is: a tensor, or one of ONNX's containers of tensors.</summary>
public enum ValueKind
{
    /// <summary>A tensor.</summary>
    Tensor,

    /// <summary>A sequence of tensors of one type.</summary>
    Sequence,

    /// <summary>A tensor or nothing.</summary>
    Optional,

    /// <summary>A sequence of tensors or nothing.</summary>
    OptionalSequence,
}

/// <summary>What is known of a value: its element type and, where the rank is known, its sizes.</summary>
/// <param name="Element">Element type; undefined when it is not known.</param>
/// <param name="Shape">Sizes, outermost first; null: not even the rank is known.</param>
public sealed record TensorType(ElementType Element, IReadOnlyList<Dim>? Shape)
{
    /// <summary>Nothing is known, but that it is a tensor.</summary>
    public static TensorType Unknown { get; } = new(ElementType.Undefined, null);

    /// <summary>What the value is; of a container, element type and shape are those of its tensors.</summary>
    public ValueKind Kind { get; init; }

    /// <summary>Number of elements, or null where a size is not known or the product is beyond 64 bits.</summary>
    public long? Count
    {
        get
        {
            if (Shape is null || Kind != ValueKind.Tensor)
                return null;
            Int128 count = 1;
            foreach (var dim in Shape)
            {
                if (!dim.IsKnown || count > long.MaxValue)
                    return null;
                count *= dim.Size;
            }
            return count > long.MaxValue ? null : (long)count;
        }
    }

    /// <summary>Whether element type and sizes are equal, size by size.</summary>
    public bool Equals(TensorType? other) =>
        other is not null
        && (Element, Kind) == (other.Element, other.Kind)
        && (Shape is null ? other.Shape is null : other.Shape is not null && Shape.SequenceEqual(other.Shape));

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Element * 31 + (Shape?.Count ?? -1);

    /// <summary>"float32[batch,48]", "sequence(float32[...])".</summary>
    public override string ToString()
    {
        var tensor = Element.Name() + (Shape is null ? "[...]" : $"[{string.Join(",", Shape)}]");
        return Kind switch
        {
            ValueKind.Tensor => tensor,
            ValueKind.Sequence => $"sequence({tensor})",
            ValueKind.Optional => $"optional({tensor})",
            _ => $"optional(sequence({tensor}))",
        };
    }
}
