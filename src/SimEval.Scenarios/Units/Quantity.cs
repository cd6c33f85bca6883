using System.Globalization;
using Newtonsoft.Json.Linq;

namespace SimEval.Scenarios.Units;

/// <summary>
/// Numbers with units as a scenario writes them: "400 m", "50 km/h", "20 /km", "3 m/s2", "10 deg". Read to base units
/// (m, s, rad, kg), so that 36 km/h is exactly 10 m/s. A unit is never guessed.
/// </summary>
public static class Quantity
{
    /// <summary>The largest magnitude taken, in base units: past it nothing a world computes stays finite.</summary>
    public const double Largest = 1e12;

    // Factor = Over/Under, kept apart so that a round number stays round.
    private readonly record struct Unit(double Over, double Under, Dimension Dimension);

    private static readonly Dictionary<string, Unit> Units = new(StringComparer.Ordinal)
    {
        ["mm"] = new(1, 1000, Dimension.Length),
        ["cm"] = new(1, 100, Dimension.Length),
        ["m"] = new(1, 1, Dimension.Length),
        ["km"] = new(1000, 1, Dimension.Length),
        ["ft"] = new(0.3048, 1, Dimension.Length),
        ["mi"] = new(1609.344, 1, Dimension.Length),
        ["us"] = new(1, 1e6, Dimension.Time),
        ["ms"] = new(1, 1000, Dimension.Time),
        ["s"] = new(1, 1, Dimension.Time),
        ["min"] = new(60, 1, Dimension.Time),
        ["h"] = new(3600, 1, Dimension.Time),
        ["kph"] = new(1000, 3600, Dimension.Speed),
        ["mph"] = new(0.44704, 1, Dimension.Speed),
        ["deg"] = new(Math.PI, 180, Dimension.Angle),
        ["rad"] = new(1, 1, Dimension.Angle),
        ["Hz"] = new(1, 1, Dimension.PerTime),
        ["g"] = new(1, 1000, Dimension.Mass),
        ["kg"] = new(1, 1, Dimension.Mass),
        ["t"] = new(1000, 1, Dimension.Mass),
        ["N"] = new(1, 1, Dimension.Force),
        ["%"] = new(1, 100, Dimension.Number),
    };

    /// <summary>The symbols that a unit may be made of.</summary>
    public static IReadOnlyCollection<string> Symbols => Units.Keys;

    /// <summary>Reads a quantity of a known dimension to base units.</summary>
    /// <param name="text">"12 m", "12m", "-3 m/s^2"; a bare number only where <paramref name="expected"/> is a pure number.</param>
    /// <param name="expected">What it must measure.</param>
    /// <param name="value">The number in base units; 0 when it does not fit.</param>
    /// <param name="problem">A sentence for people that says what would be right; "" when it fits.</param>
    public static bool TryParse(string text, Dimension expected, out double value, out string problem)
    {
        if (!TryParse(text, out value, out var found, out problem))
            return false;
        if (found == expected)
            return true;
        var number = LeadingNumber(text);
        problem =
            found == Dimension.Number
                ? $"{number} needs a unit: {expected.Phrase} is expected, such as {Example(number, expected)}"
                : $"{Wording.Quote(text)} is {found.Phrase}; {expected.Phrase} is expected, such as {Example(number, expected)}";
        value = 0;
        return false;
    }

    /// <summary>Reads a quantity of any dimension to base units.</summary>
    public static bool TryParse(string text, out double value, out Dimension dimension, out string problem)
    {
        (value, dimension, problem) = (0, default, "");
        var trimmed = text.AsSpan().Trim();
        var length = NumberLength(trimmed);
        if (
            length == 0
            || !double.TryParse(trimmed[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        )
        {
            problem = $"{Wording.Quote(text)} is not a number with a unit, such as \"12 m\"";
            return false;
        }

        var unit = trimmed[length..].Trim();
        if (unit.Length > 32)
        {
            problem = $"{Wording.Quote(text)} has no unit that is known";
            return false;
        }

        if (!TryUnit(unit.ToString(), out var over, out var under, out dimension, out problem))
            return false;
        value = number * over / under;
        if (Math.Abs(value) <= Largest)
            return true;
        problem = $"{Wording.Quote(text)} is out of range: at most {Largest:0e+0} {dimension.BaseUnit}".TrimEnd();
        value = 0;
        return false;
    }

    /// <summary>Reads a JSON value: a text with a unit, or a number where a pure number is expected.</summary>
    public static bool TryRead(JToken token, Dimension expected, out double value, out string problem)
    {
        value = 0;
        switch (token.Type)
        {
            case JTokenType.String:
                return TryParse((string)token!, expected, out value, out problem);
            case JTokenType.Integer or JTokenType.Float:
                return TryParse(
                    Convert.ToString(((JValue)token).Value, CultureInfo.InvariantCulture)!,
                    expected,
                    out value,
                    out problem
                );
            default:
                problem =
                    $"{expected.Phrase} is expected, such as {Example("12", expected)}, not {Wording.KindOf(token)}";
                return false;
        }
    }

    /// <summary>The text that reads back to exactly this number: "9 m", "0.02 1/m", "7".</summary>
    public static string Write(double value, Dimension dimension) => Write(value, dimension.BaseUnit);

    /// <summary>The same, of a base unit's name.</summary>
    public static string Write(double value, string baseUnit) =>
        $"{value.ToString("R", CultureInfo.InvariantCulture)} {baseUnit}".TrimEnd();

    private static string Example(string number, Dimension dimension) =>
        dimension == Dimension.Number ? number : $"\"{number} {dimension.CustomaryUnit}\"";

    private static string LeadingNumber(string text)
    {
        var trimmed = text.AsSpan().Trim();
        return trimmed[..Math.Min(NumberLength(trimmed), 24)].ToString();
    }

    /// <summary>The length of the decimal number at the start; an exponent counts only with its digits ("3 e" has none).</summary>
    private static int NumberLength(ReadOnlySpan<char> text)
    {
        var i = 0;
        if (i < text.Length && text[i] is '+' or '-')
            i++;
        var start = i;
        while (i < text.Length && (char.IsAsciiDigit(text[i]) || text[i] == '.'))
            i++;
        if (i == start)
            return 0;
        if (i >= text.Length || text[i] is not ('e' or 'E'))
            return i;
        var exponent = i + 1;
        if (exponent < text.Length && text[exponent] is '+' or '-')
            exponent++;
        var digits = exponent;
        while (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
            exponent++;
        return exponent > digits ? exponent : i;
    }

    /// <summary>"m/s2", "/km", "1/s", "km/h", "m/s^2", "m/s/s", "kg m".</summary>
    private static bool TryUnit(
        string text,
        out double over,
        out double under,
        out Dimension dimension,
        out string problem
    )
    {
        (over, under, dimension, problem) = (1, 1, default, "");
        if (text.Length == 0)
            return true;
        var parts = text.Replace("²", "2", StringComparison.Ordinal)
            .Replace("³", "3", StringComparison.Ordinal)
            .Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            var factors = parts[i].Split([' ', '*', '·'], StringSplitOptions.RemoveEmptyEntries);
            if (factors.Length == 0 && (i > 0 || parts.Length == 1))
            {
                problem = $"the unit {Wording.Quote(text)} is not complete";
                return false;
            }

            foreach (var factor in factors)
            {
                if (i == 0 && factor == "1" && factors.Length == 1 && parts.Length > 1)
                    continue;
                if (!TrySymbol(factor, out var unit, out var power))
                {
                    var near = Nearest.To(factor.TrimEnd('1', '2', '3', '^'), Units.Keys);
                    problem =
                        $"unknown unit {Wording.Quote(factor)}"
                        + (near is null ? "; known are " + string.Join(", ", Units.Keys) : $"; did you mean {near}?");
                    return false;
                }

                for (var k = 0; k < power; k++)
                    (over, under) =
                        i == 0 ? (over * unit.Over, under * unit.Under) : (over * unit.Under, under * unit.Over);
                var sign = i == 0 ? power : -power;
                dimension = new Dimension(
                    dimension.Metres + sign * unit.Dimension.Metres,
                    dimension.Seconds + sign * unit.Dimension.Seconds,
                    dimension.Radians + sign * unit.Dimension.Radians,
                    dimension.Kilograms + sign * unit.Dimension.Kilograms
                );
            }
        }

        return true;
    }

    private static bool TrySymbol(string factor, out Unit unit, out int power)
    {
        power = 1;
        var symbol = factor;
        if (factor.Length > 1 && factor[^1] is >= '1' and <= '3')
        {
            power = factor[^1] - '0';
            symbol = factor[..^1].TrimEnd('^');
        }

        return Units.TryGetValue(symbol, out unit);
    }
}
