using SimEval.Engine.Aggregators;
using SimEval.Engine.Runs;
using SimEval.Entities.Runs;
using SimEval.Metrics;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Scenarios;

namespace SimEval.Node.Runs;

/// <summary>Makes the summary of a run from what is kept of it.</summary>
public static class RunSummaries
{
    /// <summary>The summary of a run, finished or not.</summary>
    /// <param name="node">The node that keeps it.</param>
    /// <param name="run">The run.</param>
    /// <param name="report">Path of its report, if there is one.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<RunSummary> OfAsync(
        SimEvalNode node,
        StoredRun run,
        string? report,
        CancellationToken cancel = default
    )
    {
        var fold = await node.Library.ResultsAsync(run, cancel).ConfigureAwait(false);
        var assessment = await node.Library.AssessmentAsync(run, cancel).ConfigureAwait(false);
        return assessment is null || run.Conclusion is not { } conclusion
            ? Unfinished(run, fold)
            : Finished(run, fold, assessment, conclusion, report);
    }

    private static RunSummary Unfinished(StoredRun run, ResultFolder fold)
    {
        var done = fold.Results.Count;
        var total = run.Plan.CountedRollouts;
        return new RunSummary
        {
            Run = run.Id,
            Scenario = run.Submission.Scenario,
            State = "interrupted",
            Verdict = null,
            Sentence = $"Unfinished: {done:N0} of {total:N0} rollouts ended; simeval resume {run.Id}",
            Gates = [],
            Rollouts = fold.Results.CountAll(),
            Frames = FramesOf(fold.Results),
            FramesPerSecond = 0,
            ResultsHash = "",
            Report = null,
        };
    }

    private static RunSummary Finished(
        StoredRun run,
        ResultFolder fold,
        RunAssessment assessment,
        Conclusion conclusion,
        string? report
    )
    {
        var counted = run.State is RunState.Finished { StoppedAtPairs: { } pairs }
            ? fold.Results.Prefix(pairs)
            : fold.Results;
        return new RunSummary
        {
            Run = run.Id,
            Scenario = run.Submission.Scenario,
            State = "finished",
            Verdict = assessment.Verdict,
            Sentence = SentenceOf(run, counted, assessment),
            Gates = [.. assessment.Gates.OrderBy(gate => Order(gate.Verdict)).Select(GateOf)],
            Rollouts = counted.CountAll() with { Discarded = assessment.Discarded },
            Frames = FramesOf(counted),
            FramesPerSecond = assessment.FramesPerSecond,
            ResultsHash = conclusion.ResultsHash,
            Report = report,
            StopReason = conclusion.Reason,
            TimedOut = assessment.EndedByWallTime,
            Worst = WorstOf(run, counted, assessment),
        };
    }

    private static string SentenceOf(StoredRun run, ResultSet counted, RunAssessment assessment) =>
        assessment.Gates.Count == 0
            ? $"No gates: {counted.CountAll().Counted:N0} rollouts of {run.Submission.Scenario} measured, nothing judged"
            : assessment.Gates[0].Reason;

    private static (string Rollout, string What)? WorstOf(StoredRun run, ResultSet counted, RunAssessment assessment)
    {
        return null;
    }

    private static int Order(Verdict verdict) =>
        verdict switch
        {
            Verdict.Fail => 0,
            Verdict.Error => 1,
            Verdict.Inconclusive => 2,
            _ => 3,
        };

    private static GateSummary GateOf(GateResult gate) =>
        new(
            gate.Gate.Metric,
            gate.Variant,
            gate.Baseline,
            gate.Gate.Kind switch
            {
                GateKind.AtMost => "atMost",
                GateKind.AtLeast => "atLeast",
                _ => "noWorseBy",
            },
            gate.Gate.Threshold,
            gate.Verdict,
            gate.Value.Value,
            gate.BaselineValue?.Value ?? double.NaN,
            new ShownEstimate(gate.Decides.Value, gate.Decides.Interval.Low, gate.Decides.Interval.High),
            ShownMetrics.Of(gate.Metric),
            gate.Reason
        );

    private static long FramesOf(ResultSet results) => results.Counted().Sum(result => (long)result.Frames);
}
