namespace SimEval.Models.Compression;

/// <summary>The interval that a value's elements were seen in, or are to be represented in.</summary>
/// <param name="Least">Least element.</param>
/// <param name="Greatest">Greatest element, not below the least.</param>
public readonly record struct ValueRange(float Least, float Greatest)
{
    /// <summary>The range of a value of which no finite element was seen.</summary>
    public static ValueRange Empty => new(0, 0);

    /// <summary>The range of the finite elements; <see cref="Empty"/> when there are none.</summary>
    public static ValueRange Of(ReadOnlySpan<float> elements)
    {
        var (least, greatest) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var element in elements)
        {
            if (!float.IsFinite(element))
                continue;
            least = Math.Min(least, element);
            greatest = Math.Max(greatest, element);
        }

        return least <= greatest ? new ValueRange(least, greatest) : Empty;
    }

    /// <summary>The smallest range that holds both.</summary>
    public ValueRange Union(ValueRange other) => new(Math.Min(Least, other.Least), Math.Max(Greatest, other.Greatest));
}
