namespace SimEval.Reports.Data;

/// <summary>Means over pairs of swept parameters.</summary>
/// <param name="Axes">The swept parameters, with the bins they are drawn in.</param>
/// <param name="Grids">One per (pair of axes, metric); the first separates failures best.</param>
/// <param name="Findings">Where failures concentrate, found by the program; at most one per gate.</param>
public sealed record ReportSlices(
    IReadOnlyList<ReportAxis> Axes,
    IReadOnlyList<ReportGrid> Grids,
    IReadOnlyList<ReportFinding> Findings
);

/// <summary>One swept parameter.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Unit">Base unit; "" for numbers and texts.</param>
/// <param name="Bins">In order.</param>
public sealed record ReportAxis(string Name, string Unit, IReadOnlyList<ReportBin> Bins);

/// <summary>One bin of an axis.</summary>
/// <param name="Label">What stands at the tick.</param>
/// <param name="Low">Lower edge; NaN for texts.</param>
/// <param name="High">Upper edge; equal to <paramref name="Low"/> for a single value.</param>
public sealed record ReportBin(string Label, double Low, double High);

/// <summary>Cells of one metric over one or two axes, row by row: cell = y * (bins of x) + x.</summary>
/// <param name="X">Index of the horizontal axis.</param>
/// <param name="Y">Index of the vertical axis; -1 when there is one axis only.</param>
/// <param name="Metric">Index of the metric.</param>
/// <param name="Counts">Rollouts per cell, one list per variant.</param>
/// <param name="Means">Mean per cell, one list per variant; NaN where nothing ran.</param>
public sealed record ReportGrid(
    int X,
    int Y,
    int Metric,
    IReadOnlyList<IReadOnlyList<int>> Counts,
    IReadOnlyList<IReadOnlyList<double>> Means
);

/// <summary>A region of the sweep that holds the failures.</summary>
/// <param name="Metric">Index of the metric.</param>
/// <param name="Variant">Index of the variant.</param>
/// <param name="Text">"gap at most 14 m and speed at least 27 m/s".</param>
/// <param name="Held">Share of the failures (or of the worsening) inside.</param>
/// <param name="Size">Share of the rollouts inside.</param>
/// <param name="Failures">Pairs that failed, or got worse, in all.</param>
/// <param name="Bounds">What bounds it, axis by axis.</param>
public sealed record ReportFinding(
    int Metric,
    int Variant,
    string Text,
    double Held,
    double Size,
    int Failures,
    IReadOnlyList<ReportBound> Bounds
);

/// <summary>One side of a finding.</summary>
/// <param name="Axis">Index of the axis.</param>
/// <param name="First">First bin.</param>
/// <param name="Last">Last bin.</param>
public sealed record ReportBound(int Axis, int First, int Last);

/// <summary>One file of a suite.</summary>
/// <param name="Name">The file (and problem) as the point names it.</param>
/// <param name="Metric">Index of the metric that sorts.</param>
/// <param name="Values">Mean per variant.</param>
/// <param name="Counts">Rollouts per variant.</param>
/// <param name="Difference">Largest difference of a candidate from its baseline; NaN without one.</param>
public sealed record ReportSuiteRow(
    string Name,
    int Metric,
    IReadOnlyList<double> Values,
    IReadOnlyList<int> Counts,
    double Difference
);

/// <summary>Empirical distribution functions of one metric.</summary>
/// <param name="Metric">Index of the metric.</param>
/// <param name="Title">What to see.</param>
/// <param name="Curves">One per variant, in order.</param>
public sealed record ReportDistribution(int Metric, string Title, IReadOnlyList<ReportCurve> Curves);

/// <summary>A step function: the share of rollouts at or below x.</summary>
/// <param name="Variant">Index of the variant.</param>
/// <param name="X">Ascending values.</param>
/// <param name="P">Shares in (0, 1], as long as <paramref name="X"/>.</param>
/// <param name="Count">Rollouts behind it.</param>
public sealed record ReportCurve(int Variant, IReadOnlyList<double> X, IReadOnlyList<double> P, int Count);
