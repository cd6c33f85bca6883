using System.Globalization;
using SimEval.Metrics.Results;
using SimEval.Scenarios;

namespace SimEval.Metrics.Gates;

/// <summary>What a gate means on its metric: what it judges, where its line runs, and whether it can mean anything.</summary>
public static class GateRules
{
    /// <summary>
    /// Why a gate can't mean anything on its metric, and what would be right; null when it can. For the reader of a scenario
    /// file, so that no run is spent on it.
    /// </summary>
    public static (string Message, string Suggestion)? Check(GateSpec gate, MetricDefinition metric)
    {
        var bounded = metric.Scale != MetricScale.Real;
        if (gate.Kind == GateKind.NoWorseBy && metric.Direction == MetricDirection.Neutral)
        {
            return (
                $"{metric.Name} is neither better high nor low, so that nothing is worse by it",
                "Use atMost or atLeast, or a metric with a direction."
            );
        }

        if (metric.Scale == MetricScale.Binary && gate.Statistic != GateStatistic.Mean)
        {
            return (
                $"{metric.Name} is 0 or 1 for each rollout: a percentile of it says nothing",
                "Leave the statistic out: the gate then judges the rate."
            );
        }

        if (bounded && gate.Kind != GateKind.NoWorseBy && gate.Threshold is < 0 or > 1)
        {
            return (
                $"{metric.Name} lies between 0 and 1: {Plain(gate.Threshold)} is no bound for it",
                "Write a share: 0.01 for 1%."
            );
        }

        if (metric.Scale != MetricScale.Binary || gate.Kind == GateKind.NoWorseBy)
            return null;
        return (gate.Kind, gate.Threshold) switch
        {
            (GateKind.AtMost, 0) => (
                $"no number of rollouts can show that the rate of {metric.Name} is 0",
                "Write the greatest rate that is acceptable: 0.001 needs about 3,700 rollouts without one."
            ),
            (GateKind.AtLeast, 1) => (
                $"no number of rollouts can show that the rate of {metric.Name} is 1",
                "Write the least rate that is acceptable: 0.999 needs about 3,700 rollouts that all have it."
            ),
            _ => null,
        };
    }

    /// <summary>
    /// The variants that a gate judges, in declared order: those it names; else every variant but the baseline and built-in
    /// ones; else, if that leaves none, every variant. A gate against a baseline never judges that variant itself.
    /// </summary>
    public static IReadOnlyList<string> Judged(GateSpec gate, ResultPlan plan, BaselineSource baseline)
    {
        var own = (baseline as BaselineSource.Variant)?.Name;
        var paired = gate.Kind == GateKind.NoWorseBy;
        bool Allowed(Variant v) => !paired || v.Name != own;
        if (gate.Variants.Count > 0)
            return [.. plan.Variants.Where(v => gate.Variants.Contains(v.Name) && Allowed(v)).Select(v => v.Name)];
        var candidates = plan.Variants.Where(v => v.Name != own && v.Kind != PolicyKind.BuiltIn).ToList();
        if (candidates.Count == 0)
            candidates = [.. plan.Variants.Where(Allowed)];
        return [.. candidates.Select(v => v.Name)];
    }

    /// <summary>Where the line runs on the scale of what decides, and whether the values above it are the forbidden ones.</summary>
    public static (double Line, bool ForbiddenAbove) LineOf(GateSpec gate, MetricDefinition metric) =>
        gate.Kind switch
        {
            GateKind.AtMost => (gate.Threshold, true),
            GateKind.AtLeast => (gate.Threshold, false),
            _ => metric.Direction == MetricDirection.HigherIsBetter ? (-gate.Threshold, false) : (gate.Threshold, true),
        };

    /// <summary>The share of rollouts at or below a percentile; NaN for the mean.</summary>
    public static double ShareOf(GateStatistic statistic) =>
        statistic switch
        {
            GateStatistic.P05 => 0.05,
            GateStatistic.P50 => 0.50,
            GateStatistic.P95 => 0.95,
            GateStatistic.P99 => 0.99,
            _ => double.NaN,
        };

    private static string Plain(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
