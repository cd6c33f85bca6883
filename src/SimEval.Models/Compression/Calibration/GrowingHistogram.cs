namespace SimEval.Models.Compression.Calibration;

/// <summary>
/// A histogram of 2,048 bins on each side of 0 that grows with its elements: the width of a bin is a power of two, and doubles,
/// two neighbours becoming one, until the greatest magnitude fits. Bins only ever merge whole, so the counts are a function of
/// the multiset of elements.
/// </summary>
public sealed class GrowingHistogram
{
    /// <summary>Bins on each side of 0.</summary>
    public const int Side = 2048;

    // Below the least denormal float times Side, so that any element but 0 makes it grow.
    private const int LeastExponent = -170;

    private readonly long[] counts = new long[2 * Side];
    private int exponent = LeastExponent;

    /// <summary>Width of a bin.</summary>
    public double Width => Math.ScaleB(1, exponent);

    /// <summary>Elements in each bin, lowest first; bin i covers [(i - <see cref="Side"/>) w, (i + 1 - <see cref="Side"/>) w).</summary>
    public ReadOnlySpan<long> Counts => counts;

    /// <summary>Elements in all.</summary>
    public long Total { get; private set; }

    /// <summary>Adds an element; it must be finite.</summary>
    public void Add(float element)
    {
        var place = Math.Floor(Math.ScaleB(element, -exponent));
        if (place is < -Side or >= Side)
        {
            Grow(element);
            place = Math.Floor(Math.ScaleB(element, -exponent));
        }

        counts[(int)place + Side]++;
        Total++;
    }

    /// <summary>The lower edge of the first bin that is not among the lowest <paramref name="cut"/> elements.</summary>
    /// <param name="cut">From 0 to below <see cref="Total"/>.</param>
    public double LowerEdgeAfter(long cut)
    {
        var bin = 0;
        for (var below = counts[0]; below <= cut && bin < counts.Length - 1; below += counts[bin])
            bin++;
        return (bin - Side) * Width;
    }

    /// <summary>The upper edge of the last bin that is not among the highest <paramref name="cut"/> elements.</summary>
    /// <param name="cut">From 0 to below <see cref="Total"/>.</param>
    public double UpperEdgeBefore(long cut)
    {
        var bin = counts.Length - 1;
        for (var above = counts[bin]; above <= cut && bin > 0; above += counts[bin])
            bin--;
        return (bin + 1 - Side) * Width;
    }

    private void Grow(float element)
    {
        var doublings = 0;
        while (Math.Floor(Math.ScaleB(element, -exponent - doublings)) is < -Side or >= Side)
            doublings++;
        exponent += doublings;
        if (Total == 0)
            return;
        var merged = new long[counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
                merged[((i - Side) >> Math.Min(doublings, 31)) + Side] += counts[i];
        }

        merged.CopyTo(counts, 0);
    }
}
