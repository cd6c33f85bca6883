using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Results;
using SimEval.Metrics.Statistics;
using SimEval.Scenarios;

namespace SimEval.Metrics.Gates;

/// <summary>How the results came to an end.</summary>
public enum EndedBy
{
    /// <summary>All planned pairs ran, or a declared look decided.</summary>
    Plan,

    /// <summary>The budget of wall time: which results there are depends on the machine, so that nothing is decided.</summary>
    WallTime,
}

/// <summary>
/// Judges gates: an interval for each gate and variant, Holm's correction over all of them, and a verdict by where the corrected
/// interval lies. A pure function of the set of results.
/// </summary>
public static class GateEvaluator
{
    /// <summary>
    /// The results of all gates: in declared order, and for each its variants in declared order.
    /// </summary>
    /// <param name="gates">The scenario's gates, on metrics of the registry.</param>
    /// <param name="results">What ran.</param>
    /// <param name="baseline">What variants are compared with.</param>
    /// <param name="looking">Whether looks before the end were declared: the intervals are then always valid.</param>
    /// <param name="ended">How the results ended.</param>
    public static IReadOnlyList<GateResult> Evaluate(
        IReadOnlyList<GateSpec> gates,
        ResultSet results,
        BaselineSource baseline,
        Looking looking,
        EndedBy ended = EndedBy.Plan
    )
    {
        var cases = (
            from gate in gates
            from variant in GateRules.Judged(gate, results.Plan, baseline)
            select GateCase.Of(gate, variant, results, baseline, looking)
        ).ToArray();

        // A case without a p-value still was a question: it stays in the count, as one that was not rejected.
        var p = cases.Select(c => double.IsNaN(c.PValue) ? 1 : c.PValue).ToArray();
        var adjusted = Multiplicity.Holm(p);
        var verdicts = new GateResult[cases.Length];
        for (var i = 0; i < cases.Length; i++)
            verdicts[i] = Judge(cases[i], adjusted[i], DecidingAlpha(i, p, adjusted, cases), cases.Length, ended);
        return verdicts;
    }

    /// <summary>
    /// The level of the interval that agrees with Holm's decision: alpha over the hypotheses still open at this one's turn, or,
    /// where an earlier one stopped the procedure, at that one's turn.
    /// </summary>
    private static double DecidingAlpha(int index, double[] p, double[] adjusted, GateCase[] cases)
    {
        var alpha = 1 - cases[index].Gate.Confidence;
        var order = Multiplicity.Ascending(p);
        // Equal p-values share the first one's turn: its decision is theirs, and equal builds have equal intervals.
        var rank = Array.FindIndex(order, i => p[i] == p[index]);
        if (adjusted[index] <= alpha)
            return alpha / (p.Length - rank);
        var stopped = rank;
        for (var j = rank - 1; j >= 0; j--)
        {
            if ((p.Length - j) * p[order[j]] > (p.Length - stopped) * p[order[stopped]])
                stopped = j;
        }

        return alpha / (p.Length - stopped);
    }

    private static GateResult Judge(GateCase of, double adjusted, double alpha, int tests, EndedBy ended)
    {
        var decides = of.Decides.AtLevel(1 - alpha);
        var side = of.Decides.At(alpha);
        var (verdict, cause) = VerdictOf(of, side, ended);
        var result = new GateResult
        {
            Gate = of.Gate,
            Metric = of.Metric,
            Variant = of.Variant,
            Baseline = of.BaselineName,
            BaselineInRun = of.BaselineInRun,
            Value = of.Value.AtLevel(of.Gate.Confidence),
            BaselineValue = of.BaselineValue?.AtLevel(of.Gate.Confidence),
            Decides = decides,
            Uncorrected = of.Decides.AtLevel(of.Gate.Confidence),
            IsDifference = of.Gate.Kind == GateKind.NoWorseBy,
            Line = of.Line,
            ForbiddenAbove = of.ForbiddenAbove,
            PValue = of.PValue,
            AdjustedP = double.IsNaN(of.PValue) ? double.NaN : adjusted,
            Tests = tests,
            Outcomes = of.Outcomes,
            BaselineOutcomes = of.BaselineOutcomes,
            Verdict = verdict,
            Reason = "",
        };
        return result with { Reason = GateReason.Of(result, of.Sample, cause) };
    }

    private static (Verdict Verdict, GateCause Cause) VerdictOf(GateCase of, Interval side, EndedBy ended)
    {
        if (of.BaselineMissing)
            return (Verdict.Error, GateCause.NoBaseline);
        if (of.Sample.Ran == 0)
            // Infrastructure errors are told as such even where time ran out meanwhile.
            return ended == EndedBy.WallTime && of.Sample.InfrastructureErrors == 0
                ? (Verdict.Inconclusive, GateCause.NothingInTime)
                : (Verdict.Error, GateCause.NothingRan);
        if (of.Sample.ValidShare < of.Gate.MinValid)
            return (Verdict.Error, GateCause.InfrastructureErrors);
        if (ended == EndedBy.WallTime)
            return (Verdict.Inconclusive, GateCause.WallTime);
        if (of.Sample.Values.Count == 0)
            return (Verdict.Inconclusive, GateCause.NoValues);
        if (!side.IsDefined)
            return (Verdict.Inconclusive, GateCause.NoInterval);
        var forbidden = of.ForbiddenAbove ? side.Low > of.Line : side.High < of.Line;
        if (forbidden)
            return (Verdict.Fail, GateCause.Interval);
        var allowed = of.ForbiddenAbove ? side.High <= of.Line : side.Low >= of.Line;
        if (!allowed)
            return (Verdict.Inconclusive, GateCause.Interval);

        // What is left out could only have made it worse.
        if (of.Unplaced > 0)
            return (Verdict.Inconclusive, GateCause.FailuresWithoutValue);
        return of.Sample.Missing > (1 - of.Gate.MinValid) * of.Sample.Ran
            ? (Verdict.Inconclusive, GateCause.MissingValues)
            : (Verdict.Pass, GateCause.Interval);
    }
}
