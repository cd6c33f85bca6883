using System.Globalization;

namespace SimEval.Reports.Charts;

/// <summary>Large and small numbers with a unit, three significant digits.</summary>
public static class Quantities
{
    private static readonly (double Size, string Prefix)[] Prefixes =
    [
        (1e12, "T"),
        (1e9, "G"),
        (1e6, "M"),
        (1e3, "k"),
        (1, ""),
        (1e-3, "m"),
        (1e-6, "u"),
        (1e-9, "n"),
    ];

    /// <summary>"1.64 Tops/s".</summary>
    public static string OpsPerSecond(double value) => WithUnit(value, "ops/s");

    /// <summary>"12.8 GB/s".</summary>
    public static string BytesPerSecond(double value) => WithUnit(value, "B/s");

    /// <summary>"50.2 us".</summary>
    public static string Seconds(double value) => WithUnit(value, "s");

    /// <summary>"0.64", "12,000"; "inf" where it is infinite.</summary>
    public static string Plain(double value) =>
        double.IsPositiveInfinity(value) ? "inf"
        : value >= 1000 ? value.ToString("N0", CultureInfo.InvariantCulture)
        : Significant(value);

    private static string WithUnit(double value, string unit)
    {
        var (size, prefix) = Prefixes.FirstOrDefault(step => value >= step.Size, (1, ""));
        return $"{Significant(value / size)} {prefix}{unit}";
    }

    private static string Significant(double value) =>
        value switch
        {
            0 => "0",
            >= 99.95 => value.ToString("F0", CultureInfo.InvariantCulture),
            _ => value.ToString("G3", CultureInfo.InvariantCulture),
        };
}
