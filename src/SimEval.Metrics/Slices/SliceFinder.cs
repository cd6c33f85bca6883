using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;

namespace SimEval.Metrics.Slices;

/// <summary>One side of a finding: a range of bins of one axis.</summary>
/// <param name="Axis">Which axis.</param>
/// <param name="First">First bin.</param>
/// <param name="Last">Last bin.</param>
public sealed record SliceBound(SliceAxis Axis, int First, int Last)
{
    /// <summary>Lower edge; -infinity when open, NaN for a text.</summary>
    public double Low =>
        Axis.IsText ? double.NaN
        : First == 0 ? double.NegativeInfinity
        : Axis.Bins[First].Low;

    /// <summary>Upper edge; infinity when open, NaN for a text.</summary>
    public double High =>
        Axis.IsText ? double.NaN
        : Last == Axis.Bins.Count - 1 ? double.PositiveInfinity
        : Axis.Bins[Last].High;

    /// <summary>The only value, for a text; else null.</summary>
    public string? Text => Axis.Bins[First].Text;

    /// <summary>"gap at most 14 m", "speed 27 to 30 m/s", "road is wet".</summary>
    public override string ToString()
    {
        if (Text is not null)
            return $"{Axis.Name} is {Text}";
        var low = SliceAxis.Label(Axis.Bins[First].Low, Axis.Unit);
        var high = SliceAxis.Label(Axis.Bins[Last].High, Axis.Unit);
        return First == 0 ? $"{Axis.Name} at most {high}"
            : Last == Axis.Bins.Count - 1 ? $"{Axis.Name} at least {low}"
            : low == high ? $"{Axis.Name} {high}"
            : $"{Axis.Name} {NumberText.Digits(Axis.Bins[First].Low, false)} to {high}";
    }
}

/// <summary>A region of the sweep that holds the failures. It was searched for, so that it is a hint, not a test.</summary>
/// <param name="Metric">Which metric.</param>
/// <param name="Variant">Whose failures.</param>
/// <param name="Bounds">What bounds it: one or two axes.</param>
/// <param name="Held">Share of the failures (or of the worsening) inside.</param>
/// <param name="Size">Share of the rollouts inside.</param>
/// <param name="Failures">How many pairs failed, or got worse, in all.</param>
/// <param name="Text">"gap at most 14 m and speed at least 27 m/s".</param>
public sealed record SliceFinding(
    MetricDefinition Metric,
    string Variant,
    IReadOnlyList<SliceBound> Bounds,
    double Held,
    double Size,
    int Failures,
    string Text
)
{
    /// <summary>How many times denser failures are inside than over the whole sweep.</summary>
    public double Lift => Held / Size;
}

/// <summary>
/// Finds where failures are: of all ranges of one or two parameters that hold at least 80% of them, the one that holds most of
/// them for its size (Youden's J: share of the failures less share of the rollouts); two parameters only where they are
/// clearly better than one.
/// </summary>
public static class SliceFinder
{
    private const double LeastHeld = 0.8,
        LeastLift = 1.3,
        SecondAxisMustGain = 0.05;
    private const int LeastFailures = 5,
        MostAxes = 8;

    /// <summary>
    /// The finding on a metric: against a baseline, over what got worse; without one, over what is bad in itself (a yes-or-no
    /// metric's bad outcome; other metrics' distance from their best value). Null when there are too few failures, or they are
    /// spread over the sweep.
    /// </summary>
    public static SliceFinding? Find(ResultSet results, string variant, BaselineSource baseline, string metric)
    {
        var index = results.Plan.MetricOf(metric);
        var mine = results.Plan.VariantOf(variant);
        if (index < 0 || mine < 0)
            return null;
        var definition = results.Plan.Metrics[index];
        var axes = SliceAxis.Of(results.Plan).Take(MostAxes).ToArray();
        var weights = Weights(results, mine, index, definition, baseline.For(results, variant));
        if (axes.Length == 0 || weights.Count(w => w.Weight > 0) < LeastFailures)
            return null;
        var singles = axes.Select(a => Best(weights, a, null)).OfType<Region>().ToArray();
        var doubles = (
            from i in Enumerable.Range(0, axes.Length)
            from j in Enumerable.Range(i + 1, axes.Length - i - 1)
            select Best(weights, axes[i], axes[j])
        ).OfType<Region>();
        var one = singles.MaxBy(r => r.Gain);
        var two = doubles.MaxBy(r => r.Gain);
        var best = two is not null && (one is null || two.Gain > one.Gain + SecondAxisMustGain) ? two : one;
        return best is null || best.Lift < LeastLift
            ? null
            : new SliceFinding(
                definition,
                variant,
                best.Bounds,
                best.Held,
                best.Size,
                weights.Count(w => w.Weight > 0),
                string.Join(" and ", best.Bounds)
            );
    }

    private sealed record Region(IReadOnlyList<SliceBound> Bounds, double Held, double Size)
    {
        public double Lift => Held / Size;

        public double Gain => Held - Size;
    }

    private static List<(Scenarios.PointKey Point, double Weight)> Weights(
        ResultSet results,
        int variant,
        int metric,
        MetricDefinition definition,
        (ResultSet Results, int Variant, string Name)? twin
    )
    {
        var values = new List<(Scenarios.PointKey Point, double Weight)>();
        for (var i = 0; i < results.Plan.Pairs.Count; i++)
        {
            var pair = results.Plan.Pairs[i];
            if (
                results[variant, i] is not { } result
                || Sample.Value(result, definition, metric) is not { } value
                || double.IsNaN(value)
            )
                continue;
            if (twin is { } t)
            {
                var place = t.Results.Plan.PairOf(pair);
                var other = t.Results.Plan.MetricOf(definition.Name);
                if (
                    place < 0
                    || t.Results[t.Variant, place] is not { } theirs
                    || Sample.Value(theirs, definition, other) is not { } was
                    || double.IsNaN(was)
                )
                    continue;
                values.Add((pair.Point, value == was ? 0 : Math.Max(0, WorstValue.Worsening(definition, value - was))));
            }
            else
            {
                values.Add((pair.Point, WorstValue.Worsening(definition, value)));
            }
        }

        return Finite(values, twin is null);
    }

    // Without a baseline, badness is counted from the best value seen; infinities (failed rollouts) become the greatest finite one.
    private static List<(Scenarios.PointKey Point, double Weight)> Finite(
        List<(Scenarios.PointKey Point, double Weight)> values,
        bool fromBest
    )
    {
        var finite = values.Select(v => v.Weight).Where(double.IsFinite).ToArray();
        var greatest = finite.Length == 0 ? 1 : finite.Max();
        var least = fromBest && finite.Length > 0 ? finite.Min() : 0;
        return
        [
            .. values.Select(v =>
                (v.Point, double.IsFinite(v.Weight) ? v.Weight - least : Math.Max(greatest - least, double.Epsilon))
            ),
        ];
    }

    // All ranges of bins, by prefix sums of weight and of count; a text is a range of one bin.
    private static Region? Best(List<(Scenarios.PointKey Point, double Weight)> weights, SliceAxis x, SliceAxis? y)
    {
        int nx = x.Bins.Count,
            ny = y?.Bins.Count ?? 1;
        var weight = new double[nx + 1, ny + 1];
        var count = new double[nx + 1, ny + 1];
        foreach (var (point, w) in weights)
        {
            var (i, j) = (x.BinOf(point), y?.BinOf(point) ?? 0);
            if (i < 0 || j < 0)
                continue;
            weight[i + 1, j + 1] += w;
            count[i + 1, j + 1]++;
        }

        for (var i = 1; i <= nx; i++)
        {
            for (var j = 1; j <= ny; j++)
            {
                weight[i, j] += weight[i - 1, j] + weight[i, j - 1] - weight[i - 1, j - 1];
                count[i, j] += count[i - 1, j] + count[i, j - 1] - count[i - 1, j - 1];
            }
        }

        Region? best = null;
        foreach (var (i0, i1) in Ranges(x))
        {
            foreach (var (j0, j1) in y is null ? [(0, 0)] : Ranges(y))
            {
                var whole = (i0 == 0 && i1 == nx - 1) || (y is not null && j0 == 0 && j1 == ny - 1);
                if (whole)
                    continue;
                var held = Box(weight, i0, i1, j0, j1) / weight[nx, ny];
                var size = Box(count, i0, i1, j0, j1) / count[nx, ny];
                if (held < LeastHeld || size <= 0 || (best is not null && held - size <= best.Gain))
                    continue;
                SliceBound[] bounds = y is null ? [new(x, i0, i1)] : [new(x, i0, i1), new(y, j0, j1)];
                best = new Region(bounds, held, size);
            }
        }

        return best;
    }

    private static double Box(double[,] sums, int i0, int i1, int j0, int j1) =>
        sums[i1 + 1, j1 + 1] - sums[i0, j1 + 1] - sums[i1 + 1, j0] + sums[i0, j0];

    private static IEnumerable<(int First, int Last)> Ranges(SliceAxis axis) =>
        axis.IsText
            ? Enumerable.Range(0, axis.Bins.Count).Select(i => (i, i))
            : from i in Enumerable.Range(0, axis.Bins.Count)
            from j in Enumerable.Range(i, axis.Bins.Count - i)
            select (i, j);
}
