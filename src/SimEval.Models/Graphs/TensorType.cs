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

/// <summary>What is known of a value: its element type and, where the rank is known, its sizes.</summary>
/// <param name="Element">Element type; undefined when it is not known.</param>
/// <param name="Shape">Sizes, outermost first; null: not even the rank is known.</param>
public sealed record TensorType(ElementType Element, IReadOnlyList<Dim>? Shape)
{
    /// <summary>Number of elements, or null where a size is not known.</summary>
    public long? Count =>
        Shape is not null && Shape.All(dim => dim.IsKnown)
            ? Shape.Aggregate(1L, (product, dim) => checked(product * dim.Size))
            : null;

    /// <summary>"float32[batch,48]".</summary>
    public override string ToString() => Element.Name() + (Shape is null ? "[...]" : $"[{string.Join(",", Shape)}]");
}
