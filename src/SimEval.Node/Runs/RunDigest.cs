using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Metrics.Slices;
using SimEval.Scenarios;

namespace SimEval.Node.Runs;

/// <summary>A run read from the data folder, with everything that its summary and its report need.</summary>
/// <param name="Run">The run.</param>
/// <param name="Counted">The results that count; all that are durable while it is unfinished.</param>
/// <param name="Assessment">How it was judged; null while it is unfinished.</param>
/// <param name="Baseline">What its gates compare with.</param>
/// <param name="Findings">Where failures of judged metrics are.</param>
/// <param name="Sentence">The answer in words; null while it is unfinished.</param>
public sealed record RunDigest(
    StoredRun Run,
    ResultSet Counted,
    RunAssessment? Assessment,
    BaselineSource Baseline,
    IReadOnlyList<SliceFinding> Findings,
    VerdictSentence? Sentence
)
{
    /// <summary>Reads a run; null when there is none of this id.</summary>
    public static async Task<RunDigest?> ReadAsync(RunLibrary library, string id, CancellationToken cancel)
    {
        if (await library.OpenAsync(id, cancel: cancel).ConfigureAwait(false) is not { } run)
        {
            return null;
        }
        var counted = await library.CountedAsync(run, cancel).ConfigureAwait(false);
        var assessment = await library.AssessmentAsync(run, cancel).ConfigureAwait(false);
        var baseline = await library
            .BaselineAsync(run.Ready.Scenario, run.Submission.BaselineRun, cancel)
            .ConfigureAwait(false);
        var findings = assessment is null ? [] : Find(assessment.Gates, counted, baseline);
        var sentence = assessment is null ? null : VerdictSentence.Of(assessment.Gates, findings);
        return new RunDigest(run, counted, assessment, baseline, findings, sentence);
    }

    /// <summary>Frames of all rollouts that count.</summary>
    public long Frames => Counted.Counted().Sum(result => (long)result.Frames);

    /// <summary>Whether the budget of wall time ended it.</summary>
    public bool TimedOut =>
        Run.Conclusion is { Reason: var reason } && reason.StartsWith("the budget of", StringComparison.Ordinal);

    /// <summary>What is printed of it.</summary>
    /// <param name="report">Path of its report, if there is one.</param>
    public RunSummary Summarize(string? report)
    {
        var scenario = Run.Ready.Scenario;
        return new RunSummary
        {
            Run = Run.Id,
            Scenario = scenario.Name,
            State = Run.Conclusion is null ? "unfinished" : "finished",
            Verdict = Assessment?.Verdict,
            Sentence = SentenceText(),
            Gates = [.. (Assessment?.Gates ?? []).OrderBy(gate => Rank(gate.Verdict)).Select(Show)],
            Rollouts = Counted.CountAll() with { Discarded = Assessment?.Discarded ?? 0 },
            Frames = Frames,
            FramesPerSecond = Assessment?.FramesPerSecond ?? 0,
            ResultsHash = Run.Conclusion?.ResultsHash ?? "",
            Report = report,
            StopReason = Run.Conclusion?.Reason ?? "",
            TimedOut = TimedOut,
        };
    }

    private string SentenceText()
    {
        if (Sentence is null || Assessment is null)
        {
            var planned = Run.Plan.CountedRollouts;
            return $"Unfinished: {Counted.Count:N0} of {planned:N0} rollouts are done; 'simeval resume {Run.Id}' goes on";
        }
        // The wall time or the infrastructure may decide what no gate did.
        return Sentence.Verdict == Assessment.Verdict ? Sentence.ToString()
            : TimedOut ? $"Not decided: {Run.Conclusion!.Reason}"
            : "No answer: too few rollouts ended without an error of the infrastructure";
    }

    private static List<SliceFinding> Find(
        IReadOnlyList<GateResult> gates,
        ResultSet counted,
        BaselineSource baseline
    ) =>
        [
            .. gates
                .Where(gate => gate.Verdict == Verdict.Fail)
                .Select(gate => (gate.Variant, gate.Metric.Name))
                .Distinct()
                .Select(gate => SliceFinder.Find(counted, gate.Variant, baseline, gate.Name))
                .OfType<SliceFinding>(),
        ];

    private static int Rank(Verdict verdict) =>
        verdict switch
        {
            Verdict.Fail => 0,
            Verdict.Error => 1,
            Verdict.Inconclusive => 2,
            _ => 3,
        };

    private static GateSummary Show(GateResult gate) =>
        new(
            gate.Metric.Name,
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
            Show(gate.Decides),
            ShownMetrics.Of(gate.Metric),
            gate.Reason
        );

    private static ShownEstimate Show(Estimate estimate) =>
        new(estimate.Value, estimate.Interval.Low, estimate.Interval.High);
}
