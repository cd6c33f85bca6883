using SimEval.Scenarios.Numerics;

namespace SimEval.Reports.Charts;

/// <summary>A logarithmic axis: positive values to places.</summary>
/// <param name="least">The value at <paramref name="from"/>; positive.</param>
/// <param name="greatest">The value at <paramref name="to"/>; greater.</param>
/// <param name="from">Place of the least value.</param>
/// <param name="to">Place of the greatest.</param>
internal sealed class LogScale(double least, double greatest, double from, double to)
{
    private readonly double low = PureMath.Log(least);
    private readonly double span = PureMath.Log(greatest) - PureMath.Log(least);

    /// <summary>The place of a value; values beyond the axis are put at its end.</summary>
    public double Of(double value)
    {
        var share = (PureMath.Log(Math.Clamp(value, least, greatest)) - low) / span;
        return from + share * (to - from);
    }

    /// <summary>Powers of ten within the axis.</summary>
    public IEnumerable<double> Decades()
    {
        for (var value = PowerOfTenBelow(least); value <= greatest; value *= 10)
        {
            if (value >= least)
                yield return value;
        }
    }

    /// <summary>The greatest power of ten that is not above a positive value.</summary>
    public static double PowerOfTenBelow(double value)
    {
        var power = 1.0;
        while (power > value)
            power /= 10;
        while (power * 10 <= value)
            power *= 10;
        return power;
    }
}
