using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Results;

namespace SimEval.Metrics.Slices;

/// <summary>Means of one metric over one or two axes, row by row: cell = y * (bins of x) + x.</summary>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis; null when there is one only.</param>
/// <param name="Metric">Which metric.</param>
/// <param name="Counts">Rollouts with a value per cell, one list per variant.</param>
/// <param name="Means">Mean per cell, one list per variant; NaN where nothing ran.</param>
/// <param name="Separation">
/// Share of the metric's variance (over all variants) that the cells explain, corrected for their number; at most 1.
/// </param>
public sealed record SliceGrid(
    SliceAxis X,
    SliceAxis? Y,
    MetricDefinition Metric,
    IReadOnlyList<IReadOnlyList<int>> Counts,
    IReadOnlyList<IReadOnlyList<double>> Means,
    double Separation
)
{
    /// <summary>
    /// All grids of a metric over pairs of axes (or the single axis), the one that separates best first; empty when nothing is
    /// swept.
    /// </summary>
    public static IReadOnlyList<SliceGrid> Of(ResultSet results, string metric)
    {
        var index = results.Plan.MetricOf(metric);
        var axes = SliceAxis.Of(results.Plan);
        if (index < 0 || axes.Count == 0)
            return [];
        if (axes.Count == 1)
            return [Of(results, index, axes[0], null)];
        var grids =
            from i in Enumerable.Range(0, axes.Count)
            from j in Enumerable.Range(i + 1, axes.Count - i - 1)
            select Of(results, index, axes[i], axes[j]);
        return [.. grids.OrderByDescending(g => g.Separation)];
    }

    private static SliceGrid Of(ResultSet results, int metric, SliceAxis x, SliceAxis? y)
    {
        var plan = results.Plan;
        var cells = x.Bins.Count * (y?.Bins.Count ?? 1);
        var counts = new List<int[]>();
        var means = new List<double[]>();
        double within = 0,
            total = 0;
        var degrees = 0;
        var all = 0;
        for (var variant = 0; variant < plan.Variants.Count; variant++)
        {
            var count = new int[cells];
            var mean = new double[cells];
            var squares = new double[cells];
            for (var pair = 0; pair < plan.Pairs.Count; pair++)
            {
                var point = plan.Pairs[pair].Point;
                var (column, row) = (x.BinOf(point), y?.BinOf(point) ?? 0);
                if (
                    column < 0
                    || row < 0
                    || results[variant, pair] is not { } result
                    || Sample.Value(result, plan.Metrics[metric], metric) is not { } value
                    || !double.IsFinite(value)
                )
                    continue;

                // Welford's running mean and sum of squares.
                var cell = (row * x.Bins.Count) + column;
                count[cell]++;
                var step = value - mean[cell];
                mean[cell] += step / count[cell];
                squares[cell] += step * (value - mean[cell]);
            }

            var n = count.Sum();
            all += n;
            if (n > 0)
            {
                var grand = Enumerable.Range(0, cells).Sum(c => count[c] * mean[c]) / n;
                var inside = squares.Sum();
                within += inside;
                total += inside + Enumerable.Range(0, cells).Sum(c => count[c] * (mean[c] - grand) * (mean[c] - grand));
                degrees += count.Count(c => c > 0);
            }

            counts.Add(count);
            means.Add([.. mean.Select((m, c) => count[c] > 0 ? m : double.NaN)]);
        }

        // Adjusted R squared, so that many cells do not win by their number.
        var free = all - degrees;
        var separation =
            total > 0 && free > 0 ? 1 - (within / free * Math.Max(1, all - plan.Variants.Count) / total) : 0;
        return new SliceGrid(x, y, plan.Metrics[metric], [.. counts], [.. means], separation);
    }
}
