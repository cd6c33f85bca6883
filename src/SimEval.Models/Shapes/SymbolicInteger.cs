using System.Globalization;
using SimEval.Models.Graphs;

namespace SimEval.Models.Shapes;

/// <summary>
/// An integer that shapes are computed with: a number, or an expression over named sizes ("2*batch"; equal texts are equal
/// numbers), or unknown.
/// </summary>
/// <param name="Number">The number, where it is known.</param>
/// <param name="Text">The expression, where it is not.</param>
internal readonly record struct SymbolicInteger(long? Number, string? Text)
{
    private const int LongestText = 60;

    /// <summary>Nothing is known.</summary>
    public static SymbolicInteger Unknown => default;

    /// <summary>A number.</summary>
    public static implicit operator SymbolicInteger(long number) => new(number, null);

    /// <summary>A size.</summary>
    public static implicit operator SymbolicInteger(Dim dim) =>
        dim.IsKnown ? dim.Size : new SymbolicInteger(null, dim.Name);

    /// <summary>The size that it is; unknown for a negative number, which none is.</summary>
    public Dim ToDim() =>
        Number is { } number ? (number >= 0 ? number : Dim.Unknown)
        : Text is { } text ? Dim.Named(text)
        : Dim.Unknown;

    public static SymbolicInteger operator +(SymbolicInteger a, SymbolicInteger b) =>
        (a.Number, b.Number) switch
        {
            ({ } x, { } y) => Exact((Int128)x + y),
            (0, _) => b,
            (_, 0) => a,
            _ => Sum(a, b),
        };

    public static SymbolicInteger operator -(SymbolicInteger a, SymbolicInteger b) =>
        (a.Number, b.Number) switch
        {
            ({ } x, { } y) => Exact((Int128)x - y),
            // Its negation is beyond 64 bits.
            (_, long.MinValue) => Unknown,
            (_, { } y) => a + -y,
            _ => a.Text is not null && a.Text == b.Text ? 0 : Expression(a, "-", b),
        };

    public static SymbolicInteger operator *(SymbolicInteger a, SymbolicInteger b) =>
        (a.Number, b.Number) switch
        {
            ({ } x, { } y) => Exact((Int128)x * y),
            (0, _) or (_, 0) => 0,
            (1, _) => b,
            (_, 1) => a,
            (null, { }) => Expression(b, "*", a),
            ({ }, null) => Expression(a, "*", b),
            _ => string.CompareOrdinal(a.Text, b.Text) <= 0 ? Expression(a, "*", b) : Expression(b, "*", a),
        };

    /// <summary>The quotient, rounded down; unknown when the divisor is 0.</summary>
    public static SymbolicInteger operator /(SymbolicInteger a, SymbolicInteger b) =>
        (a.Number, b.Number) switch
        {
            (_, 0) => Unknown,
            ({ } x, { } y) => Exact(FloorDivide(x, y)),
            (_, 1) => a,
            _ => a.Text is not null && a.Text == b.Text ? 1 : Expression(a, "/", b),
        };

    /// <inheritdoc/>
    public override string ToString() => Number?.ToString(CultureInfo.InvariantCulture) ?? Text ?? "?";

    private static Int128 FloorDivide(Int128 a, Int128 b) => a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);

    // "T-2" plus 1 is "T-1": constants at an expression's end are gathered.
    private static SymbolicInteger Sum(SymbolicInteger a, SymbolicInteger b)
    {
        var (text, constant) = a.Number is { } first ? (b.Text, first) : (a.Text, b.Number);
        if (text is null || constant is not { } added)
            return string.CompareOrdinal(a.Text, b.Text) <= 0 ? Expression(a, "+", b) : Expression(b, "+", a);
        var at = text.AsSpan().LastIndexOfAny('+', '-');
        if (
            at > 0
            && !text.EndsWith(')')
            && long.TryParse(text.AsSpan(at), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var old)
        )
        {
            (text, var sum) = (text[..at], (Int128)added + old);
            if (sum < long.MinValue || sum > long.MaxValue)
                return Unknown;
            added = (long)sum;
        }

        return added == 0 ? new(null, text) : Bounded($"{text}{(added < 0 ? "" : "+")}{added}");
    }

    private static SymbolicInteger Expression(SymbolicInteger a, string sign, SymbolicInteger b) =>
        (a.Number is null && a.Text is null) || (b.Number is null && b.Text is null)
            ? Unknown
            : Bounded($"{Inside(a, sign)}{sign}{Inside(b, sign)}");

    private static string Inside(SymbolicInteger part, string sign) =>
        part.Text is { } text
        && text.AsSpan().IndexOfAny("+-*/") >= 0
        && !(sign == "+" && text.AsSpan().IndexOfAny("-/") < 0)
            ? $"({text})"
            : part.ToString();

    private static SymbolicInteger Bounded(string text) => text.Length > LongestText ? Unknown : new(null, text);

    private static SymbolicInteger Exact(Int128 number) =>
        number < long.MinValue || number > long.MaxValue ? Unknown : (long)number;
}
