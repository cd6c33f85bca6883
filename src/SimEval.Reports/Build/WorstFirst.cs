using SimEval.Metrics;
using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Results;

namespace SimEval.Reports.Build;

/// <summary>
/// Orders rollouts as the page's table does: what the model failed first, then metric by metric, the gravest first; what has no
/// value last.
/// </summary>
internal sealed class WorstFirst(ResultPlan plan, IReadOnlyList<int> metrics) : IComparer<RolloutResult>
{
    /// <inheritdoc/>
    public int Compare(RolloutResult? x, RolloutResult? y)
    {
        var byOutcome = Rank(x!).CompareTo(Rank(y!));
        if (byOutcome != 0)
            return byOutcome;
        foreach (var metric in metrics)
        {
            var order = Badness(y!, metric).CompareTo(Badness(x!, metric));
            if (order != 0)
                return order;
        }

        return 0;
    }

    private static int Rank(RolloutResult result) =>
        result.Outcome switch
        {
            RolloutOutcome.ModelFailed => 0,
            RolloutOutcome.Completed => 1,
            RolloutOutcome.InfrastructureError => 2,
            _ => 3,
        };

    // As floats, which is what the page compares.
    private float Badness(RolloutResult result, int metric)
    {
        var value = metric < result.Values.Count ? result.Values[metric] : double.NaN;
        return double.IsNaN(value) ? float.NegativeInfinity : (float)WorstValue.Worsening(plan.Metrics[metric], value);
    }
}
