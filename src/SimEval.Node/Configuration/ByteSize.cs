using System.Globalization;

namespace SimEval.Node.Configuration;

/// <summary>A number of bytes.</summary>
/// <param name="Bytes">At least 0.</param>
public readonly record struct ByteSize(long Bytes)
{
    /// <summary>The largest unit that divides it: "64 KiB", "10 MB", "513 B".</summary>
    public override string ToString()
    {
        (long Factor, string Unit)[] units = [(1L << 30, "GiB"), (1L << 20, "MiB"), (1L << 10, "KiB")];
        foreach (var (factor, unit) in units)
        {
            if (Bytes >= factor && Bytes % factor == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{Bytes / factor} {unit}");
            }
        }
        return Bytes >= 1_000_000 && Bytes % 1_000_000 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Bytes / 1_000_000} MB")
            : string.Create(CultureInfo.InvariantCulture, $"{Bytes} B");
    }
}
