using SimEval.Engine.Aggregators;
using SimEval.Engine.Scheduling;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Scenarios;

namespace SimEval.Engine.Runs;

/// <summary>Judges a run: when it may stop, and what its gates come to at its end.</summary>
public static class RunJudge
{
    /// <summary>When a run may stop early.</summary>
    public static Stopping StoppingOf(Scenario scenario, int pairs, BaselineSource baseline)
    {
        if (!scenario.Stopping.Enabled || scenario.Gates.Count == 0)
            return Stopping.Never;
        var looks = StoppingRule.Looks(scenario.Stopping, pairs);
        return new Stopping(
            [.. looks.SkipLast(1)],
            (results, look) =>
            {
                var decision = StoppingRule.AtLook(scenario.Stopping, look, scenario.Gates, results, baseline);
                return decision.Stop ? decision.Sentence : null;
            }
        );
    }

    /// <summary>The gates over the results that count.</summary>
    public static IReadOnlyList<GateResult> Judge(
        RunPlan plan,
        ResultSet counted,
        BaselineSource baseline,
        ExecutionEndKind end
    ) =>
        GateEvaluator.Evaluate(
            plan.Scenario.Gates,
            counted,
            baseline,
            StoppingRule.LookingOf(plan.Scenario.Stopping, plan.Pairs.Count),
            end == ExecutionEndKind.WallTime ? EndedBy.WallTime : EndedBy.Plan
        );
}
