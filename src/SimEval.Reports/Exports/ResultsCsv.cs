using System.Globalization;
using System.Text;
using SimEval.Metrics.Results;

namespace SimEval.Reports.Exports;

/// <summary>
/// One row a rollout, one column a parameter and a metric: RFC 4180, UTF-8, CRLF. A text that a spreadsheet would run as a
/// formula gets an apostrophe before it; numbers are written so that they read back to the same bits.
/// </summary>
public static class ResultsCsv
{
    private static readonly string[] Fixed =
    [
        "run",
        "variant",
        "point",
        "seed",
        "outcome",
        "ending",
        "frames",
        "checksum",
        "detail",
    ];

    /// <summary>The whole file, pair by pair in the fixed order, variants as declared.</summary>
    public static string Write(string run, ResultSet results)
    {
        var plan = results.Plan;
        var parameters = plan.Points.SelectMany(p => p.Assignment.Select(a => a.Key)).Distinct().ToArray();
        var text = new StringBuilder();
        Line(
            text,
            Fixed
                .Select(Text)
                .Concat(parameters.Select(p => Text("parameter." + p)))
                .Concat(plan.Metrics.Select(m => Text("metric." + m.Name)))
        );
        for (var pair = 0; pair < plan.Pairs.Count; pair++)
        {
            var point = plan.PointOf(plan.Pairs[pair].Point);
            for (var variant = 0; variant < plan.Variants.Count; variant++)
            {
                if (results[variant, pair] is not { } result)
                    continue;
                var assigned = parameters.Select(name =>
                    point.Assignment.FirstOrDefault(a => a.Key == name) is { Key: not null } found
                        ? found.Value.IsText
                            ? Text(found.Value.Text!)
                            : Number(found.Value.Number)
                        : ""
                );
                var values = plan.Metrics.Select((_, i) => i < result.Values.Count ? Number(result.Values[i]) : "");
                Line(
                    text,
                    new[]
                    {
                        Text(run),
                        Text(result.Key.Variant),
                        result.Key.Point.ToString(),
                        result.Key.Seed.ToString(CultureInfo.InvariantCulture),
                        result.Outcome.ToString(),
                        Text(result.Ending),
                        result.Frames.ToString(CultureInfo.InvariantCulture),
                        result.Checksum.ToString("x16", CultureInfo.InvariantCulture),
                        Text(result.Detail ?? ""),
                    }
                        .Concat(assigned)
                        .Concat(values)
                );
            }
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) =>
        text.AppendJoin(',', cells).Append("\r\n");

    // NaN has no spelling that every reader knows: an empty cell is "not available".
    private static string Number(double value) =>
        double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture)
        : double.IsNaN(value) ? ""
        : value > 0 ? "inf"
        : "-inf";

    private static string Text(string value)
    {
        var safe = value.Length > 0 && "=+-@\t\r\n".Contains(value[0], StringComparison.Ordinal) ? "'" + value : value;
        return safe.AsSpan().IndexOfAny("\",\r\n") >= 0
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }
}
