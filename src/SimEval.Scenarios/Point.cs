using System.Globalization;
using SimEval.Scenarios.Numerics;

namespace SimEval.Scenarios;

/// <summary>The identity of a point: a hash of its assignment, so that runs of different days pair up.</summary>
public readonly record struct PointKey(ulong Value) : IComparable<PointKey>
{
    /// <summary>
    /// The key of an assignment: a hash over (name, value) in ordinal order of the names, so that the order in which a file
    /// declares its parameters does not matter. Numbers count by their bits in base units; 0 and -0 are one.
    /// </summary>
    public static PointKey Of(IEnumerable<KeyValuePair<string, ParameterValue>> assignment)
    {
        var hash = Hash64.OfText("point");
        foreach (var (name, value) in assignment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash = Hash64.Mix(hash, Hash64.OfText(name));
            hash = Hash64.Mix(hash, Hash64.OfText(value.Text is null ? "number " + value.Unit : "text " + value.Text));
            hash = value.Text is null ? Hash64.Mix(hash, value.Number == 0 ? 0.0 : value.Number) : hash;
        }

        return new PointKey(Hash64.Of(hash));
    }

    /// <inheritdoc/>
    public int CompareTo(PointKey other) => Value.CompareTo(other.Value);

    /// <summary>Sixteen hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out PointKey key)
    {
        var ok = ulong.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value);
        key = new PointKey(value);
        return ok && text.Length == 16;
    }
}

/// <summary>
/// One value of a swept parameter: a number in the base unit (m, s, m/s, rad, ... ; <see cref="Unit"/> is "" for a pure
/// number), or a text (an enumeration member, a file of a suite).
/// </summary>
public readonly record struct ParameterValue(double Number, string? Text, string Unit)
{
    /// <summary>Whether the value is a text.</summary>
    public bool IsText => Text is not null;

    /// <summary>"12.5 m/s", "wet", "a.xml".</summary>
    public override string ToString() => Text ?? (Unit.Length == 0 ? Shortest(Number) : $"{Shortest(Number)} {Unit}");

    private static string Shortest(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>One assignment of the sweep's parameters, in the order in which the file declares them.</summary>
public sealed record Point(PointKey Key, IReadOnlyList<KeyValuePair<string, ParameterValue>> Assignment)
{
    /// <summary>"gap=9,speed=30" (numbers in base units); "default" when nothing is swept.</summary>
    public override string ToString() =>
        Assignment.Count == 0 ? "default" : string.Join(",", Assignment.Select(a => $"{a.Key}={Plain(a.Value)}"));

    private static string Plain(ParameterValue value) =>
        value.Text ?? value.Number.ToString("G6", CultureInfo.InvariantCulture);
}
