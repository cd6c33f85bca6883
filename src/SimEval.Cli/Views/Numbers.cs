using System.Globalization;
using SimEval.Node.Runs;

namespace SimEval.Cli.Views;

/// <summary>How numbers are written: three significant digits, units always, rates in percent.</summary>
internal static class Numbers
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>"38,100".</summary>
    public static string Whole(double value) => double.IsFinite(value) ? value.ToString("N0", Culture) : "-";

    /// <summary>"0:09", "12:30", "1:02:03".</summary>
    public static string Clock(TimeSpan time) =>
        time.TotalHours >= 1
            ? string.Create(Culture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(Culture, $"{(int)time.TotalMinutes}:{time.Seconds:00}");

    /// <summary>"0.4%" or "2.31 m".</summary>
    public static string Value(double value, ShownMetric metric) =>
        !double.IsFinite(value) ? "-"
        : metric.IsRate ? Bare(value, metric) + "%"
        : Bare(value, metric) + (metric.Unit.Length == 0 ? "" : " " + metric.Unit);

    /// <summary>"[0.2, 1.0]", in the metric's unit; empty when there is no interval.</summary>
    public static string Interval(ShownEstimate estimate, ShownMetric metric) =>
        double.IsFinite(estimate.Low) && double.IsFinite(estimate.High)
            ? $"[{Bare(estimate.Low, metric)}, {Bare(estimate.High, metric)}]"
            : "";

    /// <summary>The number alone: percent of a rate with one decimal, else three significant digits.</summary>
    public static string Bare(double value, ShownMetric metric) =>
        metric.IsRate ? (value * 100).ToString("0.0", Culture) : Significant(value);

    /// <summary>Three significant digits without an exponent for ordinary sizes.</summary>
    public static string Significant(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value == 0 ? "0" : "-";
        }
        // 0.9999 is 1.00, with the decimals of what it is rounded to.
        var rounded = double.Parse(value.ToString("E2", Culture), Culture);
        var digits = 2 - (int)Math.Floor(Math.Log10(Math.Abs(rounded)));
        return digits is >= 0 and <= 8 ? value.ToString("F" + digits.ToString(Culture), Culture)
            : digits < 0 && digits > -7 ? value.ToString("N0", Culture)
            : value.ToString("G3", Culture);
    }
}
