using System.Globalization;

namespace SimEval.Worlds.Driving.Sections;

/// <summary>Reads "25 m/s", "90 km/h", "2 s", "20 /km" into base units.</summary>
internal static class UnitText
{
    private static readonly (string Unit, string Base, double Factor)[] Units =
    [
        ("m", "m", 1),
        ("km", "m", 1000),
        ("cm", "m", 0.01),
        ("mm", "m", 0.001),
        ("s", "s", 1),
        ("ms", "s", 0.001),
        ("min", "s", 60),
        ("m/s", "m/s", 1),
        ("km/h", "m/s", 1 / 3.6),
        ("mph", "m/s", 0.44704),
        ("m/s2", "m/s2", 1),
        ("rad", "rad", 1),
        ("deg", "rad", Math.PI / 180),
        ("/m", "1/m", 1),
        ("1/m", "1/m", 1),
        ("/km", "1/m", 0.001),
        ("1/km", "1/m", 0.001),
    ];

    /// <summary>Null and the value, or what is wrong.</summary>
    public static string? Read(string text, string unit, out double value)
    {
        value = double.NaN;
        var digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || "+-.eE".Contains(text[digits])))
            digits++;
        if (!double.TryParse(text.AsSpan(0, digits), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return $"\"{text}\" is not a quantity";
        var written = text[digits..].Trim();
        foreach (var (name, @base, factor) in Units)
        {
            if (name != written)
                continue;
            if (@base != unit)
                return $"\"{text}\" is in {written}, not in {unit}";
            value = number * factor;
            return null;
        }

        if (written.Length == 0)
            return unit.Length == 0 ? Bare(number, out value) : $"\"{text}\" has no unit";
        return $"\"{text}\" has an unknown unit";
    }

    private static string? Bare(double number, out double value)
    {
        value = number;
        return null;
    }
}
