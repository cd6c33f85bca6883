namespace SimEval.Models.Asic.Operators;

/// <summary>
/// Turns rows of 32-bit sums into 8-bit values, or into float32: float32(sum) times a multiplier for each column; for 8 bits
/// rounded to nearest, ties to even, plus the zero point, saturated.
/// </summary>
internal sealed class Requantizer
{
    private readonly float[] multipliers;
    private readonly float[]? biases;
    private readonly int[] offsets;
    private readonly int zero;
    private readonly int least;
    private readonly int greatest;

    /// <summary>Makes one.</summary>
    /// <param name="multipliers">One for each column.</param>
    /// <param name="offsets">Added to the sums of each column.</param>
    /// <param name="biases">Added to float results of each column, or null.</param>
    /// <param name="zero">Zero point.</param>
    /// <param name="least">Least result.</param>
    /// <param name="greatest">Greatest result.</param>
    public Requantizer(float[] multipliers, int[] offsets, float[]? biases, int zero, int least, int greatest)
    {
        (this.multipliers, this.offsets, this.biases) = (multipliers, offsets, biases);
        (this.zero, this.least, this.greatest) = (zero, least, greatest);
    }

    /// <summary>Whole rows to 8 bits, signed or unsigned: both are the low byte.</summary>
    public void ToBytes(ReadOnlySpan<int> sums, Span<byte> target) => ToBytes(sums, 0, offsets.Length, target);

    /// <summary>Rows of some columns next to each other to 8 bits.</summary>
    public void ToBytes(ReadOnlySpan<int> sums, int first, int columns, Span<byte> target)
    {
        for (var row = 0; row < sums.Length; row += columns)
            RowBytes.Requantize(
                sums.Slice(row, columns),
                offsets.AsSpan(first, columns),
                multipliers.AsSpan(first, columns),
                zero,
                least,
                greatest,
                target.Slice(row, columns)
            );
    }

    /// <summary>Whole rows to float32.</summary>
    public void ToFloats(ReadOnlySpan<int> sums, Span<float> target)
    {
        var columns = offsets.Length;
        for (var row = 0; row < sums.Length; row += columns)
        {
            var from = sums.Slice(row, columns);
            var to = target.Slice(row, columns);
            for (var column = 0; column < to.Length; column++)
                to[column] = unchecked(from[column] + offsets[column]) * multipliers[column];
            for (var column = 0; biases is not null && column < to.Length; column++)
                to[column] += biases[column];
        }
    }

    /// <summary>One sum to float32.</summary>
    public float OneFloat(int sum, int column)
    {
        var value = unchecked(sum + offsets[column]) * multipliers[column];
        return biases is null ? value : value + biases[column];
    }

    /// <summary>One sum.</summary>
    public int One(int sum, int column) =>
        Numerics8.Requantize(unchecked(sum + offsets[column]), multipliers[column], zero, least, greatest);
}
