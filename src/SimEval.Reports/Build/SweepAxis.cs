using System.Globalization;
using SimEval.Reports.Data;
using SimEval.Scenarios;

namespace SimEval.Reports.Build;

/// <summary>One swept parameter with its bins, and which bin each point falls into.</summary>
/// <param name="Axis">As the page draws it.</param>
/// <param name="BinOf">Bin of a point, by its key.</param>
internal sealed record SweepAxis(ReportAxis Axis, IReadOnlyDictionary<PointKey, int> BinOf)
{
    // More columns than this are too narrow for a number on a laptop.
    private const int MostBins = 14;
    private const int RangeBins = 10;

    /// <summary>Axes that can be drawn: at least two bins; texts only while they are few.</summary>
    public static IReadOnlyList<SweepAxis> Of(IReadOnlyList<SweptParameter> parameters, IReadOnlyList<Point> points)
    {
        var axes = new List<SweepAxis>();
        foreach (var parameter in parameters)
        {
            var values = points
                .Select(p => (p.Key, Value: p.Assignment.FirstOrDefault(a => a.Key == parameter.Name)))
                .Where(v => v.Value.Key is not null)
                .Select(v => (v.Key, v.Value.Value))
                .ToArray();
            var axis = values.Any(v => v.Value.IsText) ? Texts(parameter, values) : Numbers(parameter, values);
            if (axis is not null)
                axes.Add(axis);
        }

        return axes;
    }

    private static SweepAxis? Texts(SweptParameter parameter, (PointKey Key, ParameterValue Value)[] values)
    {
        var distinct = values.Select(v => v.Value.ToString()).Distinct(StringComparer.Ordinal).ToArray();
        if (distinct.Length is < 2 or > MostBins)
            return null;
        return new SweepAxis(
            new ReportAxis(
                parameter.Name,
                "",
                [.. distinct.Select(text => new ReportBin(text, double.NaN, double.NaN))]
            ),
            values.ToDictionary(v => v.Key, v => Array.IndexOf(distinct, v.Value.ToString()))
        );
    }

    private static SweepAxis? Numbers(SweptParameter parameter, (PointKey Key, ParameterValue Value)[] values)
    {
        var distinct = values.Select(v => v.Value.Number).Distinct().Order().ToArray();
        if (distinct.Length < 2)
            return null;
        if (distinct.Length <= MostBins)
        {
            return new SweepAxis(
                new ReportAxis(
                    parameter.Name,
                    parameter.Unit,
                    [.. distinct.Select(v => new ReportBin(Short(v), v, v))]
                ),
                values.ToDictionary(v => v.Key, v => Array.IndexOf(distinct, v.Value.Number))
            );
        }

        var edges = Edges(distinct[0], distinct[^1]);
        var bins = edges.Count - 1;
        return new SweepAxis(
            new ReportAxis(
                parameter.Name,
                parameter.Unit,
                [
                    .. Enumerable
                        .Range(0, bins)
                        .Select(i => new ReportBin(
                            $"{Short(edges[i])}\u2013{Short(edges[i + 1])}",
                            edges[i],
                            edges[i + 1]
                        )),
                ]
            ),
            values.ToDictionary(v => v.Key, v => BinIn(edges, v.Value.Number))
        );
    }

    // Round edges: a step of 1, 2, 2.5 or 5 times a power of ten that gives at most RangeBins bins.
    private static List<double> Edges(double low, double high)
    {
        var raw = (high - low) / RangeBins;
        var power = 1.0;
        while (power > raw)
            power /= 10;
        while (power * 10 <= raw)
            power *= 10;
        var step = new[] { 1, 2, 2.5, 5, 10 }.Select(m => m * power).First(s => s >= raw * (1 - 1e-9));
        var first = Math.Floor(low / step + 1e-9);
        var edges = new List<double>();
        for (var i = 0; edges.Count < 2 || edges[^1] < high - step * 1e-9; i++)
            edges.Add((first + i) * step);
        return edges;
    }

    private static int BinIn(List<double> edges, double value)
    {
        for (var i = edges.Count - 2; i > 0; i--)
        {
            if (value >= edges[i])
                return i;
        }

        return 0;
    }

    private static string Short(double value) =>
        value.ToString("G4", CultureInfo.InvariantCulture).Replace('-', '\u2212');
}
