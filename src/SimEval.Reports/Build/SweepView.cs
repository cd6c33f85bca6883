using SimEval.Metrics;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Metrics.Slices;
using SimEval.Reports.Data;

namespace SimEval.Reports.Build;

/// <summary>Where failures lie in the sweep, as the page has it: axes, grids, findings, and the files of a suite.</summary>
internal static class SweepView
{
    // Ten pairs of parameters are as many as a person picks from; a suite's tail stands in the CSV.
    private const int MostPairs = 10,
        MostFiles = 400;

    // More columns than this leave no room for a label.
    private const int MostColumns = 24;

    /// <summary>What a program's search found, for the gates that did not pass.</summary>
    public static IReadOnlyList<SliceFinding> Find(
        ResultSet results,
        IReadOnlyList<GateResult> gates,
        BaselineSource baseline
    ) =>
        [
            .. gates
                .Where(g => g.Verdict is Verdict.Fail or Verdict.Inconclusive)
                .OrderBy(g => g.Verdict == Verdict.Fail ? 0 : 1)
                .Select(g =>
                    SliceFinder.Find(results, g.Variant, g.IsDifference ? baseline : BaselineSource.None, g.Metric.Name)
                )
                .OfType<SliceFinding>()
                .DistinctBy(f => (f.Variant, f.Metric.Name)),
        ];

    /// <summary>Grids of the given metrics, the pair of parameters that separates the first of them best first.</summary>
    public static ReportSlices? Slices(
        ReportInput input,
        IReadOnlyList<int> metrics,
        IReadOnlyList<SliceFinding> findings
    )
    {
        var plan = input.Results.Plan;
        var axes = SliceAxis.Of(plan).ToList();
        var drawn = axes.ConvertAll(a => a.Bins.Count <= MostColumns);
        var grids = new List<ReportGrid>();
        IReadOnlyList<(int X, int Y)>? order = null;
        foreach (var metric in metrics)
        {
            var all = SliceGrid
                .Of(input.Results, plan.Metrics[metric].Name)
                .Select(g => (X: Place(axes, g.X), Y: Place(axes, g.Y), Grid: g))
                .Where(g => drawn[g.X] && (g.Y < 0 || drawn[g.Y]))
                .ToArray();
            order ??= [.. all.Take(MostPairs).Select(g => (g.X, g.Y))];
            foreach (var (x, y) in order)
            {
                var grid = all.First(g => g.X == x && g.Y == y).Grid;
                grids.Add(new ReportGrid(x, y, metric, grid.Counts, grid.Means));
            }
        }

        // The reader sees one pair of parameters with all its metrics, then the next.
        var sorted = order is null ? [] : order.SelectMany(o => grids.Where(g => g.X == o.X && g.Y == o.Y)).ToArray();
        return sorted.Length == 0
            ? null
            : new ReportSlices(
                [.. axes.Select(a => new ReportAxis(a.Name, a.Unit, [.. a.Bins.Select(Bin)]))],
                sorted,
                [.. findings.Select(f => Finding(plan, axes, f))]
            );
    }

    /// <summary>The files of a suite, worst first.</summary>
    public static IReadOnlyList<ReportSuiteRow> Suite(ReportInput input, int metric)
    {
        if (metric < 0)
            return [];
        var definition = input.Results.Plan.Metrics[metric];
        var sign = definition.Direction == MetricDirection.HigherIsBetter ? -1 : 1;
        return
        [
            .. SuiteTable
                .Of(input.Results, input.Baseline, definition.Name)
                .Take(MostFiles)
                .Select(r => new ReportSuiteRow(FileName(r.File), metric, r.Values, r.Counts, sign * r.Worsening)),
        ];
    }

    private static ReportFinding Finding(ResultPlan plan, List<SliceAxis> axes, SliceFinding finding) =>
        new(
            plan.MetricOf(finding.Metric.Name),
            plan.VariantOf(finding.Variant),
            finding.Text,
            finding.Held,
            finding.Size,
            finding.Failures,
            [.. finding.Bounds.Select(b => new ReportBound(Place(axes, b.Axis), b.First, b.Last))]
        );

    private static ReportBin Bin(SliceBin bin) =>
        new(
            bin.Text
                ?? (
                    bin.Low == bin.High
                        ? NumberText.Digits(bin.Low, false)
                        : $"{NumberText.Digits(bin.Low, false)}\u2013{NumberText.Digits(bin.High, false)}"
                ),
            bin.Low,
            bin.High
        );

    // Axes are made anew by each question: their names tell them apart.
    private static int Place(List<SliceAxis> axes, SliceAxis? axis) =>
        axis is null ? -1 : axes.FindIndex(a => a.Name == axis.Name);

    private static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
}
