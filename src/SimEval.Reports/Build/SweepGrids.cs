using SimEval.Metrics.Results;
using SimEval.Reports.Data;

namespace SimEval.Reports.Build;

/// <summary>Means over every pair of axes, the pair that separates best first.</summary>
internal static class SweepGrids
{
    private const int MostPairs = 10;

    /// <summary>
    /// One grid per pair of axes and metric, for the metrics in their order. The first metric ranks the pairs: by how much of the
    /// judged variant's variation the cells explain, corrected for their number.
    /// </summary>
    public static IReadOnlyList<ReportGrid> Of(
        IReadOnlyList<SweepAxis> axes,
        ResultSet results,
        IReadOnlyList<int> metrics,
        int judged
    )
    {
        if (axes.Count == 0 || metrics.Count == 0)
            return [];
        var pairs = axes.Count == 1 ? [(X: 0, Y: -1)] : Pairs(axes.Count);
        var ranked = pairs
            .Select(p => (p.X, p.Y, Rank: Explained(Fill(axes, p.X, p.Y, metrics[0], results, judged))))
            .OrderByDescending(p => p.Rank)
            .Take(MostPairs)
            .ToArray();
        return ranked.SelectMany(p => metrics.Select(m => Grid(axes, p.X, p.Y, m, results))).ToArray();
    }

    private static (int X, int Y)[] Pairs(int axes) =>
        (from x in Enumerable.Range(0, axes) from y in Enumerable.Range(x + 1, axes - x - 1) select (x, y)).ToArray();

    private static ReportGrid Grid(IReadOnlyList<SweepAxis> axes, int x, int y, int metric, ResultSet results)
    {
        var counts = new List<IReadOnlyList<int>>();
        var means = new List<IReadOnlyList<double>>();
        for (var variant = 0; variant < results.Plan.Variants.Count; variant++)
        {
            var cells = Fill(axes, x, y, metric, results, variant);
            counts.Add([.. cells.Select(c => c.Count)]);
            means.Add([.. cells.Select(c => c.Count == 0 ? double.NaN : c.Sum / c.Count)]);
        }

        return new ReportGrid(x, y, metric, counts, means);
    }

    private static Cell[] Fill(IReadOnlyList<SweepAxis> axes, int x, int y, int metric, ResultSet results, int variant)
    {
        var wide = axes[x].Axis.Bins.Count;
        var cells = new Cell[wide * (y < 0 ? 1 : axes[y].Axis.Bins.Count)];
        for (var pair = 0; pair < results.Plan.Pairs.Count; pair++)
        {
            if (results.ValueOf(variant, pair, metric) is not { } value)
                continue;
            var point = results.Plan.Pairs[pair].Point;
            if (!axes[x].BinOf.TryGetValue(point, out var column))
                continue;
            var row = 0;
            if (y >= 0 && !axes[y].BinOf.TryGetValue(point, out row))
                continue;
            ref var cell = ref cells[(row * wide) + column];
            cell = new Cell(cell.Count + 1, cell.Sum + value, cell.Squares + (value * value));
        }

        return cells;
    }

    // Adjusted R squared of the cells' means.
    private static double Explained(Cell[] cells)
    {
        var filled = cells.Where(c => c.Count > 0).ToArray();
        var count = filled.Sum(c => c.Count);
        if (count <= filled.Length || filled.Length < 2)
            return double.NegativeInfinity;
        var mean = filled.Sum(c => c.Sum) / count;
        var total = filled.Sum(c => c.Squares) - (count * mean * mean);
        if (total <= 1e-12)
            return double.NegativeInfinity;
        var inside = filled.Sum(c => c.Squares - (c.Sum * c.Sum / c.Count));
        return 1 - (inside / (count - filled.Length) / (total / (count - 1)));
    }

    private readonly record struct Cell(int Count, double Sum, double Squares);
}
