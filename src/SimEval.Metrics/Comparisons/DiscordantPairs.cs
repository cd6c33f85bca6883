using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Scenarios;

namespace SimEval.Metrics.Comparisons;

/// <summary>One point and seed on which a variant and its baseline differ.</summary>
/// <param name="Pair">Which.</param>
/// <param name="Variant">The judged variant.</param>
/// <param name="Value">Its value; the metric's worst for a rollout that the model failed.</param>
/// <param name="Baseline">The baseline's value.</param>
/// <param name="Worsening">By how much it is worse; negative: better.</param>
public sealed record DiscordantPair(PairKey Pair, string Variant, double Value, double Baseline, double Worsening);

/// <summary>Which pairs to look at.</summary>
public static class DiscordantPairs
{
    /// <summary>
    /// All pairs on which the metric differs from the baseline's, worst first; ties by a second metric (the world's score, say)
    /// when one is given, then in the fixed order.
    /// </summary>
    public static IReadOnlyList<DiscordantPair> Of(
        ResultSet results,
        string variant,
        BaselineSource baseline,
        string metric,
        string? tieBreaker = null
    )
    {
        var index = results.Plan.MetricOf(metric);
        var mine = results.Plan.VariantOf(variant);
        if (index < 0 || mine < 0 || baseline.For(results, variant) is not { } twin)
            return [];
        var other = twin.Results.Plan.MetricOf(metric);
        var second = tieBreaker is null ? -1 : results.Plan.MetricOf(tieBreaker);
        var definition = results.Plan.Metrics[index];
        var found = new List<(DiscordantPair Pair, double Tie)>();
        for (var i = 0; i < results.Plan.Pairs.Count; i++)
        {
            var pair = results.Plan.Pairs[i];
            var place = twin.Results.Plan.PairOf(pair);
            if (place < 0 || results[mine, i] is not { } a || twin.Results[twin.Variant, place] is not { } b)
                continue;
            if (Sample.Value(a, definition, index) is not { } x || Sample.Value(b, definition, other) is not { } y)
                continue;
            if (double.IsNaN(x) || double.IsNaN(y) || x == y)
                continue;
            var worsening = WorstValue.Worsening(definition, x - y);
            var tie =
                second >= 0 && Sample.Value(a, results.Plan.Metrics[second], second) is { } t and not double.NaN
                    ? WorstValue.Worsening(results.Plan.Metrics[second], t)
                    : 0;
            found.Add((new DiscordantPair(pair, variant, x, y, worsening), tie));
        }

        // OrderBy is stable: equal ones stay in the fixed order.
        return [.. found.OrderByDescending(f => f.Pair.Worsening).ThenByDescending(f => f.Tie).Select(f => f.Pair)];
    }

    /// <summary>
    /// The rollouts of a variant by how bad a metric's value is, worst first; ones the model failed come first of all.
    /// </summary>
    public static IReadOnlyList<RolloutResult> Worst(ResultSet results, string variant, string metric)
    {
        var index = results.Plan.MetricOf(metric);
        var mine = results.Plan.VariantOf(variant);
        if (index < 0 || mine < 0)
            return [];
        var definition = results.Plan.Metrics[index];
        return
        [
            .. Enumerable
                .Range(0, results.Plan.Pairs.Count)
                .Select(i => results[mine, i])
                .OfType<RolloutResult>()
                .Where(r => Sample.Value(r, definition, index) is { } value && !double.IsNaN(value))
                .OrderByDescending(r => r.Outcome == RolloutOutcome.ModelFailed)
                .ThenByDescending(r => WorstValue.Worsening(definition, Sample.Value(r, definition, index)!.Value)),
        ];
    }
}
