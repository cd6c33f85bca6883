using System.Globalization;

namespace SimEval.Node.Configuration.Hocon;

/// <summary>Durations and sizes in HOCON's units. Lower and upper case matter, as in the specification.</summary>
public static class HoconUnits
{
    // In nanoseconds; every unit also takes a plural.
    private static readonly Dictionary<string, decimal> Durations = Spell(
        (1m, ["ns", "nano", "nanosecond"]),
        (1e3m, ["us", "micro", "microsecond"]),
        (1e6m, ["ms", "milli", "millisecond"]),
        (1e9m, ["s", "second"]),
        (60e9m, ["m", "minute"]),
        (3600e9m, ["h", "hour"]),
        (86400e9m, ["d", "day"])
    );

    private static readonly Dictionary<string, decimal> Sizes = SpellSizes();

    /// <summary>"10 ms", "1.5 s", "2 minutes", "3d"; a bare number is milliseconds. Null when it is none.</summary>
    public static TimeSpan? ReadDuration(string text)
    {
        if (Split(text, Durations, 1e6m) is not { } nanoseconds || Math.Abs(nanoseconds) > long.MaxValue)
        {
            return null;
        }
        return TimeSpan.FromTicks((long)Math.Round(nanoseconds / 100m));
    }

    /// <summary>"64 KiB", "10 MB", "1.5 gigabytes", "512"; a bare number is bytes. Null when it is none.</summary>
    public static long? ReadBytes(string text) =>
        Split(text, Sizes, 1m) is { } bytes && bytes >= 0 && bytes <= long.MaxValue ? (long)Math.Round(bytes) : null;

    private static decimal? Split(string text, Dictionary<string, decimal> units, decimal bare)
    {
        var trimmed = text.AsSpan().Trim();
        var end = trimmed.Length;
        while (end > 0 && char.IsLetter(trimmed[end - 1]))
        {
            end--;
        }
        var unit = trimmed[end..].ToString();
        var factor = unit.Length == 0 ? bare : units.GetValueOrDefault(unit);
        if (
            factor == 0
            || !decimal.TryParse(
                trimmed[..end].TrimEnd(),
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            )
        )
        {
            return null;
        }
        try
        {
            return number * factor;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static Dictionary<string, decimal> Spell(params (decimal Factor, string[] Names)[] units)
    {
        var table = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var (factor, names) in units)
        {
            foreach (var name in names)
            {
                table[name] = factor;
                if (name.Length > 2)
                {
                    table[name + "s"] = factor;
                }
            }
        }
        return table;
    }

    private static Dictionary<string, decimal> SpellSizes()
    {
        var table = Spell((1m, ["B", "b", "byte"]));
        string[] decimalNames = ["kilo", "mega", "giga", "tera", "peta", "exa"];
        string[] binaryNames = ["kibi", "mebi", "gibi", "tebi", "pebi", "exbi"];
        decimal thousand = 1,
            kibi = 1;
        for (var i = 0; i < decimalNames.Length; i++)
        {
            thousand *= 1000;
            kibi *= 1024;
            var letter = "KMGTPE"[i];
            table[(i == 0 ? "k" : letter.ToString()) + "B"] = thousand;
            table[decimalNames[i] + "byte"] = table[decimalNames[i] + "bytes"] = thousand;
            // One letter alone is a power of two, as in the memory options of Java.
            table[letter.ToString()] = table[char.ToLowerInvariant(letter).ToString()] = kibi;
            table[letter + "i"] = table[letter + "iB"] = kibi;
            table[binaryNames[i] + "byte"] = table[binaryNames[i] + "bytes"] = kibi;
        }
        return table;
    }
}
