using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;

namespace SimEval.Metrics.Slices;

/// <summary>One file of a suite.</summary>
/// <param name="File">The file as its points name it.</param>
/// <param name="Values">Mean of the metric per variant, in declared order; NaN where nothing ran.</param>
/// <param name="Counts">Rollouts with a value, per variant.</param>
/// <param name="Worsening">Greatest worsening of a variant against its baseline over this file's pairs; NaN without a baseline.</param>
public sealed record SuiteRow(string File, IReadOnlyList<double> Values, IReadOnlyList<int> Counts, double Worsening);

/// <summary>A suite's files, the ones that got worst first.</summary>
public static class SuiteTable
{
    /// <summary>
    /// One row a file: sorted by worsening against the baseline, else by how bad the worst variant is; empty when the sweep is
    /// no suite.
    /// </summary>
    public static IReadOnlyList<SuiteRow> Of(ResultSet results, BaselineSource baseline, string metric)
    {
        var plan = results.Plan;
        var index = plan.MetricOf(metric);
        if (index < 0)
            return [];
        var definition = plan.Metrics[index];
        var rows = new List<(SuiteRow Row, double Bad)>();
        foreach (var file in plan.Points.GroupBy(SuiteFile.Of).Where(g => g.Key is not null))
        {
            var points = file.Select(p => p.Key).ToHashSet();
            var pairs = Enumerable
                .Range(0, plan.Pairs.Count)
                .Where(i => points.Contains(plan.Pairs[i].Point))
                .ToArray();
            var sums = new double[plan.Variants.Count];
            var counts = new int[plan.Variants.Count];
            var worsening = double.NaN;
            for (var v = 0; v < sums.Length; v++)
            {
                foreach (var i in pairs)
                {
                    if (Finite(results, v, i, index, definition) is not { } value)
                        continue;
                    sums[v] += value;
                    counts[v]++;
                }

                if (baseline.For(results, plan.Variants[v].Name) is { } twin)
                    worsening = Greater(worsening, Against(results, v, index, definition, twin, pairs));
            }

            double[] means = [.. sums.Select((s, v) => counts[v] > 0 ? s / counts[v] : double.NaN)];
            var bad = means
                .Where(double.IsFinite)
                .Select(m => WorstValue.Worsening(definition, m))
                .DefaultIfEmpty(double.NegativeInfinity)
                .Max();
            rows.Add((new SuiteRow(file.Key!, means, counts, worsening), bad));
        }

        return
        [
            .. rows.OrderByDescending(r => double.IsNaN(r.Row.Worsening) ? double.NegativeInfinity : r.Row.Worsening)
                .ThenByDescending(r => r.Bad)
                .ThenBy(r => r.Row.File, StringComparer.Ordinal)
                .Select(r => r.Row),
        ];
    }

    private static double Against(
        ResultSet results,
        int variant,
        int metric,
        MetricDefinition definition,
        (ResultSet Results, int Variant, string Name) twin,
        int[] pairs
    )
    {
        var other = twin.Results.Plan.MetricOf(definition.Name);
        double sum = 0;
        var count = 0;
        foreach (var i in pairs)
        {
            var place = twin.Results.Plan.PairOf(results.Plan.Pairs[i]);
            if (
                place < 0
                || other < 0
                || Finite(results, variant, i, metric, definition) is not { } a
                || Finite(twin.Results, twin.Variant, place, other, definition) is not { } b
            )
                continue;
            sum += WorstValue.Worsening(definition, a - b);
            count++;
        }

        return count > 0 ? sum / count : double.NaN;
    }

    private static double? Finite(ResultSet results, int variant, int pair, int metric, MetricDefinition definition) =>
        results[variant, pair] is { } result
        && Sample.Value(result, definition, metric) is { } value
        && double.IsFinite(value)
            ? value
            : null;

    private static double Greater(double a, double b) =>
        double.IsNaN(a) ? b
        : double.IsNaN(b) ? a
        : Math.Max(a, b);
}
