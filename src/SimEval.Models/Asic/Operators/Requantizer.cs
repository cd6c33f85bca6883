using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
    private readonly float least;
    private readonly float greatest;
    private readonly int zero;

    /// <summary>Makes one.</summary>
    /// <param name="multipliers">One for each column.</param>
    /// <param name="offsets">Added to the sums of each column.</param>
    /// <param name="biases">Added to float results of each column, or null.</param>
    /// <param name="zero">Zero point.</param>
    /// <param name="least">Least result.</param>
    /// <param name="greatest">Greatest result.</param>
    public Requantizer(float[] multipliers, int[] offsets, float[]? biases, int zero, int least, int greatest)
    {
        (this.multipliers, this.offsets, this.biases, this.zero) = (multipliers, offsets, biases, zero);
        (this.least, this.greatest) = (least - zero, greatest - zero);
    }

    /// <summary>One row to 8 bits, signed or unsigned: both are the low byte.</summary>
    public void ToBytes(ReadOnlySpan<int> sums, Span<byte> target)
    {
        var column = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; column + 64 <= sums.Length; column += 64)
            {
                var low = Vector512.Narrow(Rounded(sums, column), Rounded(sums, column + 16));
                var high = Vector512.Narrow(Rounded(sums, column + 32), Rounded(sums, column + 48));
                Vector512.Narrow(low, high).AsByte().StoreUnsafe(ref MemoryMarshal.GetReference(target), (nuint)column);
            }
        }

        for (; column < sums.Length; column++)
            target[column] = (byte)One(sums[column], column);
    }

    /// <summary>One row to float32.</summary>
    public void ToFloats(ReadOnlySpan<int> sums, Span<float> target)
    {
        for (var column = 0; column < sums.Length; column++)
            target[column] = OneFloat(sums[column], column);
    }

    /// <summary>One sum to float32.</summary>
    public float OneFloat(int sum, int column)
    {
        var value = unchecked(sum + offsets[column]) * multipliers[column];
        return biases is null ? value : value + biases[column];
    }

    /// <summary>One sum.</summary>
    public int One(int sum, int column)
    {
        var value = unchecked(sum + offsets[column]) * multipliers[column];
        var bounded = Math.Min(Math.Max(value, least), greatest);
        return (int)Math.Round(bounded, MidpointRounding.ToEven) + zero;
    }

    private Vector512<int> Rounded(ReadOnlySpan<int> sums, int column)
    {
        var at = (nuint)column;
        var sum =
            Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(sums), at)
            + Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(offsets), at);
        var value =
            Vector512.ConvertToSingle(sum)
            * Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(multipliers), at);
        var bounded = Vector512.Min(Vector512.Max(value, Vector512.Create(least)), Vector512.Create(greatest));
        return Vector512.ConvertToInt32(Vector512.Round(bounded)) + Vector512.Create(zero);
    }
}
