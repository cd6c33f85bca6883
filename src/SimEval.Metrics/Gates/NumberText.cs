using System.Globalization;
using SimEval.Metrics.Statistics;

namespace SimEval.Metrics.Gates;

/// <summary>
/// Numbers as people read them: three significant digits, units always, a real minus sign, rates in percent and differences of
/// rates in points.
/// </summary>
public static class NumberText
{
    private const string Minus = "\u2212";

    // Below it an exponent: above, a sentence's numbers are decimals, all of them.
    private const double LeastDecimal = 1e-8;

    /// <summary>"1.23%", "0.873", "12.5 m/s"; "not available" for NaN.</summary>
    public static string Value(MetricDefinition metric, double value) =>
        double.IsNaN(value) ? "not available" : Digits(Scaled(metric, value), false) + Suffix(metric);

    /// <summary>"+2.17 points", "−0.0123", "+0.5 m/s"; "not available" for NaN.</summary>
    public static string Difference(MetricDefinition metric, double value) =>
        double.IsNaN(value) ? "not available"
        : metric.Scale == MetricScale.Binary ? Digits(Scaled(metric, value), true) + " points"
        : Digits(value, true) + Suffix(metric);

    /// <summary>A value, or a difference with its sign.</summary>
    public static string Either(MetricDefinition metric, double value, bool isDifference) =>
        isDifference ? Difference(metric, value) : Value(metric, value);

    /// <summary>"+1.01 to +3.36", without the unit; "undefined", "unbounded" where it is.</summary>
    public static string Ends(MetricDefinition metric, Interval interval, bool isDifference)
    {
        if (!interval.IsDefined)
            return "undefined";
        var low = End(metric, interval.Low, isDifference);
        var high = End(metric, interval.High, isDifference);
        return double.IsFinite(interval.Low)
            ? double.IsFinite(interval.High)
                ? $"{low} to {high}"
                : $"at least {low}, unbounded above"
            : double.IsFinite(interval.High)
                ? $"at most {high}, unbounded below"
                : "unbounded";
    }

    /// <summary>"1,200".</summary>
    public static string Count(double count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"95%", "99.2%".</summary>
    public static string Level(double level) => Digits(100 * level, false) + "%";

    /// <summary>Three significant digits; small numbers keep their zeros, large ones get separators.</summary>
    public static string Digits(double value, bool signed)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "not available" : (value > 0 ? (signed ? "+" : "") : Minus) + "\u221e";
        var size = Math.Abs(value);
        var text = size == 0 ? "0" : Three(size);
        var sign =
            text == "0" ? ""
            : value < 0 ? Minus
            : signed ? "+"
            : "";
        return sign + text;
    }

    private static string Three(double size)
    {
        // Decimals that leave three digits, found without a logarithm: 9.995 is 10.0.
        if (size < LeastDecimal)
            return size.ToString("0.##E-0", CultureInfo.InvariantCulture)
                .Replace("E-", "e" + Minus, StringComparison.Ordinal);
        var decimals = 2;
        for (var below = 1.0; size < below * 0.9995 && decimals < 10; below /= 10)
            decimals++;
        for (var above = 9.995; size >= above && decimals > 0; above *= 10)
            decimals--;
        var text = size.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.Contains('.') ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    private static string End(MetricDefinition metric, double value, bool isDifference)
    {
        var text = Digits(Scaled(metric, value), isDifference);
        return isDifference || metric.Scale != MetricScale.Binary ? text : text + "%";
    }

    private static double Scaled(MetricDefinition metric, double value) =>
        metric.Scale == MetricScale.Binary ? 100 * value : value;

    private static string Suffix(MetricDefinition metric) =>
        metric.Scale == MetricScale.Binary ? "%"
        : metric.Unit.Length == 0 ? ""
        : metric.Unit.StartsWith("1/", StringComparison.Ordinal) ? " per " + metric.Unit[2..]
        : " "
            + metric
                .Unit.Replace("s2", "s\u00b2", StringComparison.Ordinal)
                .Replace("s3", "s\u00b3", StringComparison.Ordinal);

    /// <summary>A title inside a sentence: "Collisions" loses its capital, "nuPlan score" and "TTC" keep theirs.</summary>
    public static string Inside(string title) =>
        title.Length > 1 && char.IsUpper(title[0]) && char.IsLower(title[1]) || title.Length == 1
            ? char.ToLowerInvariant(title[0]) + title[1..]
            : title;
}
