using System.Globalization;
using SimEval.Metrics;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Reports.Data;

namespace SimEval.Reports.Build;

/// <summary>Empirical distribution functions, thinned to what a screen can show, with a title that says what to see.</summary>
internal static class EmpiricalCurves
{
    private const int MostPoints = 160;

    // Both tails are kept whole: the worst rollouts are what a reader looks for.
    private const int Tail = 20;

    // Two-sample Kolmogorov-Smirnov: D < 1.358 sqrt((n + m) / (n m)) at 5% is no visible difference.
    private const double Alike = 1.358;

    /// <summary>One distribution per metric.</summary>
    public static IReadOnlyList<ReportDistribution> Of(
        ResultSet results,
        IReadOnlyList<int> metrics,
        int baseline,
        IReadOnlyList<int> judged
    ) =>
        metrics
            .Select(metric =>
            {
                var sorted = Enumerable
                    .Range(0, results.Plan.Variants.Count)
                    .Select(variant => results.ValuesOf(variant, metric).Order().ToArray())
                    .ToArray();
                return new ReportDistribution(
                    metric,
                    Title(results.Plan, metric, sorted, baseline, judged),
                    [.. sorted.Select((values, variant) => Curve(variant, values))]
                );
            })
            .Where(d => d.Curves.Any(c => c.Count > 0))
            .ToArray();

    /// <summary>The step function of sorted values.</summary>
    public static ReportCurve Curve(int variant, double[] sorted)
    {
        var x = new List<double>();
        var p = new List<double>();
        var stride = Math.Max(1, (sorted.Length - (2 * Tail)) / MostPoints);
        for (var i = 0; i < sorted.Length; i++)
        {
            var kept = i < Tail || i >= sorted.Length - Tail || i % stride == 0;
            var lastOfTie = i + 1 == sorted.Length || sorted[i + 1] != sorted[i];
            var beforeJump = i + 1 < sorted.Length && i > 0 && sorted[i] != sorted[i + 1] && sorted[i] == sorted[i - 1];
            if (!lastOfTie || !(kept || beforeJump))
                continue;
            x.Add(sorted[i]);
            p.Add((i + 1.0) / sorted.Length);
        }

        return new ReportCurve(variant, x, p, sorted.Length);
    }

    // Of several that are judged, the title speaks of the one that lies furthest from the baseline.
    private static string Title(ResultPlan plan, int metric, double[][] sorted, int baseline, IReadOnlyList<int> judged)
    {
        var definition = plan.Metrics[metric];
        var measured = judged.Where(variant => sorted[variant].Length > 0).ToList();
        if (measured.Count == 0)
            return $"No value of {plan.Variants[judged[0]].Name}";
        if (baseline < 0 || sorted[baseline].Length == 0 || measured.All(variant => variant == baseline))
            return $"Half of {plan.Variants[measured[0]].Name} lies at or below {NumberText.Value(definition, Median(sorted[measured[0]]))}";

        var other = plan.Variants[baseline].Name;
        var (variant, distance, at) = measured
            .Where(variant => variant != baseline)
            .Select(variant =>
            {
                var (distance, at) = Distance(sorted[variant], sorted[baseline]);
                return (variant, distance, at);
            })
            .MaxBy(found => found.distance);
        var name = plan.Variants[variant].Name;
        double n = sorted[variant].Length,
            m = sorted[baseline].Length;
        if (distance < Alike * Math.Sqrt((n + m) / (n * m)))
            return measured.Count > 1 ? $"All candidates and {other} are alike" : $"{name} and {other} are alike";
        return $"At or below {NumberText.Value(definition, at)}: {Percent(ShareAt(sorted[variant], at))} of {name}, {Percent(ShareAt(sorted[baseline], at))} of {other}";
    }

    private static (double Distance, double At) Distance(double[] a, double[] b)
    {
        var best = (Distance: 0.0, At: a[0]);
        foreach (var value in a.Concat(b).Distinct())
        {
            var distance = Math.Abs(ShareAt(a, value) - ShareAt(b, value));
            if (distance > best.Distance)
                best = (distance, value);
        }

        return best;
    }

    private static double ShareAt(double[] sorted, double value)
    {
        int low = 0,
            high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] <= value)
                low = middle + 1;
            else
                high = middle;
        }

        return (double)low / sorted.Length;
    }

    private static double Median(double[] sorted) => sorted[(sorted.Length - 1) / 2];

    private static string Percent(double share) =>
        (100 * share).ToString(share is > 0 and < 0.1 ? "0.0" : "0", CultureInfo.InvariantCulture) + "%";
}
