using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Results;
using SimEval.Reports.Data;

namespace SimEval.Reports.Build;

/// <summary>The files of a suite, by how much the candidates differ from the baseline; without one, the worst first.</summary>
internal static class SuiteTable
{
    private const int MostRows = 400;

    /// <summary>Rows; empty when the points come from no files.</summary>
    public static IReadOnlyList<ReportSuiteRow> Of(
        ResultSet results,
        int metric,
        int against,
        IReadOnlyList<int> candidates
    )
    {
        if (metric < 0)
            return [];
        var plan = results.Plan;
        var files = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var pair = 0; pair < plan.Pairs.Count; pair++)
        {
            if (SuiteFile.Of(plan.PointOf(plan.Pairs[pair].Point)) is not { } file)
                continue;
            if (!files.TryGetValue(file, out var pairs))
                files.Add(file, pairs = []);
            pairs.Add(pair);
        }

        var definition = plan.Metrics[metric];
        return files
            .Select(file =>
            {
                var values = plan.Variants.Select((_, v) => Values(results, v, file.Value, metric)).ToArray();
                var means = values.Select(v => v.Length == 0 ? double.NaN : v.Average()).ToArray();
                var difference =
                    against < 0
                        ? double.NaN
                        : candidates
                            .Where(c => c != against)
                            .Select(c => means[c] - means[against])
                            .Where(double.IsFinite)
                            .OrderByDescending(d => WorstValue.Worsening(definition, d))
                            .FirstOrDefault(double.NaN);
                return new ReportSuiteRow(file.Key, metric, means, [.. values.Select(v => v.Length)], difference);
            })
            .OrderByDescending(row =>
                double.IsNaN(row.Difference)
                    ? candidates
                        .Select(c => WorstValue.Worsening(definition, row.Values[c]))
                        .Where(double.IsFinite)
                        .DefaultIfEmpty(double.NegativeInfinity)
                        .Max()
                    : WorstValue.Worsening(definition, row.Difference)
            )
            .ThenBy(row => row.Name, StringComparer.Ordinal)
            .Take(MostRows)
            .ToArray();
    }

    private static double[] Values(ResultSet results, int variant, List<int> pairs, int metric) =>
        pairs.Select(pair => results.ValueOf(variant, pair, metric)).OfType<double>().ToArray();
}
