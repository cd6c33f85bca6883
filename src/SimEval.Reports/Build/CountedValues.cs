using SimEval.Metrics;
using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Results;

namespace SimEval.Reports.Build;

/// <summary>Values of rollouts that count, as the gates see them: what the model failed has the worst value.</summary>
internal static class CountedValues
{
    /// <summary>The value of a metric; null where the rollout does not count, or has no finite value.</summary>
    public static double? ValueOf(this ResultSet results, int variant, int pair, int metric)
    {
        if (results[variant, pair] is not { } result || metric < 0)
            return null;
        var value = result.Outcome switch
        {
            RolloutOutcome.Completed when metric < result.Values.Count => result.Values[metric],
            RolloutOutcome.ModelFailed => WorstValue.Of(results.Plan.Metrics[metric]),
            _ => double.NaN,
        };
        return double.IsFinite(value) ? value : null;
    }

    /// <summary>All values of a variant, in the fixed order of pairs.</summary>
    public static double[] ValuesOf(this ResultSet results, int variant, int metric) =>
        Enumerable
            .Range(0, results.Plan.Pairs.Count)
            .Select(pair => results.ValueOf(variant, pair, metric))
            .OfType<double>()
            .ToArray();
}
