using SimEval.Metrics;
using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Results;
using SimEval.Scenarios;

namespace SimEval.Reports.Build;

/// <summary>One pair to show.</summary>
/// <param name="Pair">Place of the pair in the plan.</param>
/// <param name="Variants">Indices of the variants shown, what it is compared with first.</param>
/// <param name="Reason">"worst", "worse", "bad", "better", "typical".</param>
internal sealed record ChosenReplay(int Pair, IReadOnlyList<int> Variants, string Reason);

/// <summary>
/// Chooses what the file shows, by rule: pairs that end worse than the baseline's, worst first; the worst rollouts of all; some
/// pairs that end better; one typical pair. Without a baseline the worst rollouts.
/// </summary>
internal static class ReplayChoice
{
    /// <summary>Most pairs shown for one candidate that end worse.</summary>
    public const int MostWorse = 12;

    /// <summary>So many of the worst rollouts of all are shown: the first page of the table.</summary>
    public const int MostWorst = 12;

    private const int MostBetter = 3;

    /// <summary>The choice, candidate by candidate, interleaved so that a cut for size takes the last of each.</summary>
    /// <param name="results">What ran.</param>
    /// <param name="judged">Candidates in order.</param>
    /// <param name="against">Index of what they are compared with: the baseline, else the reference; -1 without.</param>
    /// <param name="isBaseline">Whether that is a baseline: then pairs that end worse come first.</param>
    /// <param name="metrics">Metrics that make a rollout worse, the gravest first.</param>
    public static IReadOnlyList<ChosenReplay> Of(
        ResultSet results,
        IReadOnlyList<int> judged,
        int against,
        bool isBaseline,
        IReadOnlyList<int> metrics
    )
    {
        var each = judged
            .Select(variant =>
                isBaseline && against != variant
                    ? Pairs(results, variant, against, metrics)
                    : Singles(results, variant, against, metrics)
            )
            .ToArray();
        var chosen = new List<ChosenReplay>();
        for (var i = 0; each.Any(of => i < of.Count); i++)
            chosen.AddRange(each.Where(of => i < of.Count).Select(of => of[i]));
        chosen.AddRange(Worst(results, judged, against, metrics));
        var distinct = chosen.DistinctBy(c => (c.Pair, string.Join(',', c.Variants))).ToArray();
        return isBaseline ? [.. distinct.OrderBy(c => Grade(c.Reason))] : ByWorstShown(results, distinct, metrics);
    }

    // Without a baseline nothing is lost or gained: what is worst in itself comes first.
    private static ChosenReplay[] ByWorstShown(ResultSet results, ChosenReplay[] chosen, IReadOnlyList<int> metrics)
    {
        var order = new WorstFirst(results.Plan, metrics);
        return
        [
            .. chosen
                .OrderBy(c => c.Reason == "typical" ? 1 : 0)
                .ThenBy(c => c.Variants.Select(v => results[v, c.Pair]!).Order(order).First(), order)
                .Select((c, i) => c.Reason == "typical" ? c : c with { Reason = i == 0 ? "worst" : "bad" }),
        ];
    }

    // The first page of the rollouts' table; a rollout is shown beside the one that it is compared with.
    private static IEnumerable<ChosenReplay> Worst(
        ResultSet results,
        IReadOnlyList<int> judged,
        int against,
        IReadOnlyList<int> metrics
    )
    {
        var plan = results.Plan;
        return (
            from pair in Enumerable.Range(0, plan.Pairs.Count)
            from variant in Enumerable.Range(0, plan.Variants.Count)
            where Ran(results, variant, pair)
            select (Pair: pair, Variant: variant, Result: results[variant, pair]!)
        )
            .OrderBy(r => r.Result, new WorstFirst(plan, metrics))
            .Take(MostWorst)
            .Select(r => new ChosenReplay(r.Pair, Beside(r.Pair, r.Variant), "bad"));

        // A candidate stands beside what it is compared with, anything else beside the first candidate.
        IReadOnlyList<int> Beside(int pair, int variant)
        {
            var isJudged = judged.Contains(variant);
            var other = isJudged ? against : judged.FirstOrDefault(j => j != variant, -1);
            return other < 0 || other == variant || !Ran(results, other, pair) ? [variant]
                : isJudged ? [other, variant]
                : [variant, other];
        }
    }

    private static int Grade(string reason) =>
        reason switch
        {
            "worst" => 0,
            "worse" => 1,
            "bad" => 2,
            "better" => 3,
            _ => 4,
        };

    private static List<ChosenReplay> Pairs(ResultSet results, int variant, int against, IReadOnlyList<int> metrics)
    {
        var both = Enumerable
            .Range(0, results.Plan.Pairs.Count)
            .Where(pair => Ran(results, variant, pair) && Ran(results, against, pair))
            .Select(pair => new Loss(
                pair,
                [.. metrics.Select(m => Worsening(results, variant, against, pair, m))],
                results[variant, pair]!
            ))
            .ToArray();
        IReadOnlyList<int> shown = [against, variant];
        var order = new GreatestLoss(new WorstFirst(results.Plan, metrics));
        var worse = both.Where(l => l.Sign > 0)
            .Order(order)
            .Take(MostWorse)
            .Select((l, i) => new ChosenReplay(l.Pair, shown, i == 0 ? "worst" : "worse"));
        var better = both.Where(l => l.Sign < 0)
            .OrderDescending(order)
            .Take(MostBetter)
            .Select(l => new ChosenReplay(l.Pair, shown, "better"));
        var chosen = worse.Concat(better).ToList();
        if (Typical(results, variant, metrics, [.. both.Select(l => l.Pair)]) is { } typical)
        {
            if (chosen.All(c => c.Pair != typical))
                chosen.Add(new ChosenReplay(typical, shown, "typical"));
        }

        return chosen;
    }

    private static List<ChosenReplay> Singles(ResultSet results, int variant, int against, IReadOnlyList<int> metrics)
    {
        IReadOnlyList<int> Shown(int pair) =>
            against >= 0 && against != variant && Ran(results, against, pair) ? [against, variant] : [variant];

        int[] ran = [.. Enumerable.Range(0, results.Plan.Pairs.Count).Where(pair => Ran(results, variant, pair))];
        var chosen = ran.OrderBy(pair => results[variant, pair]!, new WorstFirst(results.Plan, metrics))
            .Take(MostWorse / 2)
            .Select((pair, i) => new ChosenReplay(pair, Shown(pair), i == 0 ? "worst" : "bad"))
            .ToList();
        if (Typical(results, variant, metrics, ran) is { } typical && chosen.All(c => c.Pair != typical))
            chosen.Add(new ChosenReplay(typical, Shown(typical), "typical"));
        return chosen;
    }

    // The median rollout by the last metric, which is the finest.
    private static int? Typical(ResultSet results, int variant, IReadOnlyList<int> metrics, int[] pairs)
    {
        if (pairs.Length == 0 || metrics.Count == 0)
            return pairs.Length == 0 ? null : pairs[0];
        var sorted = pairs.OrderBy(pair => Badness(results, variant, pair, metrics[^1])).ToArray();
        return sorted[(sorted.Length - 1) / 2];
    }

    private static bool Ran(ResultSet results, int variant, int pair) =>
        results[variant, pair]?.Outcome is RolloutOutcome.Completed or RolloutOutcome.ModelFailed;

    private static double Worsening(ResultSet results, int variant, int against, int pair, int metric) =>
        results.ValueOf(variant, pair, metric) is { } mine && results.ValueOf(against, pair, metric) is { } other
            ? WorstValue.Worsening(results.Plan.Metrics[metric], mine - other)
            : 0;

    private static double Badness(ResultSet results, int variant, int pair, int metric) =>
        results.ValueOf(variant, pair, metric) is { } value
            ? WorstValue.Worsening(results.Plan.Metrics[metric], value)
            : double.NegativeInfinity;

    // How much worse one rollout is than another's, metric by metric, the gravest first.
    private sealed record Loss(int Pair, double[] Of, RolloutResult Own)
    {
        public int Sign => Math.Sign(Of.FirstOrDefault(v => v != 0));
    }

    // Greatest loss first; equal losses by how bad the rollout is in itself, then in the fixed order.
    private sealed class GreatestLoss(WorstFirst inItself) : IComparer<Loss>
    {
        public int Compare(Loss? x, Loss? y)
        {
            for (var i = 0; i < x!.Of.Length; i++)
            {
                var order = y!.Of[i].CompareTo(x.Of[i]);
                if (order != 0)
                    return order;
            }

            var own = inItself.Compare(x.Own, y!.Own);
            return own != 0 ? own : x.Pair.CompareTo(y.Pair);
        }
    }
}
