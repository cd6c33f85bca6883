using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Results;
using SimEval.Scenarios;

namespace SimEval.Metrics.Gates;

/// <summary>What a look comes to.</summary>
/// <param name="Look">Which look, from 1.</param>
/// <param name="Looks">How many are declared, the end included.</param>
/// <param name="Pairs">Pairs of the fixed order that were looked at.</param>
/// <param name="Stop">Whether every gate is decided, or this is the end.</param>
/// <param name="Gates">All gates, judged on those pairs.</param>
/// <param name="Verdict">The run's verdict, were it to stop here.</param>
/// <param name="Sentence">"Stopped at look 3 of 5 (720 of 1,200 pairs): all 4 gates are decided."</param>
public sealed record StopDecision(
    int Look,
    int Looks,
    int Pairs,
    bool Stop,
    IReadOnlyList<GateResult> Gates,
    Verdict Verdict,
    string Sentence
);

/// <summary>
/// Early stopping. Decisions fall only at declared looks, each over a prefix of the pairs in the fixed order, with intervals
/// that hold at all times: a pure function of that prefix, however many results were in flight.
/// </summary>
public static class StoppingRule
{
    /// <summary>
    /// The number of pairs at each look, ascending, the last being all of them. Without early stopping the end is the only look.
    /// </summary>
    public static IReadOnlyList<int> Looks(EarlyStopping stopping, int pairs) =>
        !stopping.Enabled
            ? [pairs]
            :
            [
                .. stopping
                    .Looks.Select(share => (int)Math.Ceiling(share * pairs))
                    .Where(count => count > 0 && count < pairs)
                    .Append(pairs)
                    .Distinct()
                    .Order(),
            ];

    /// <summary>How one looks in a scenario: at the end only, or at declared looks.</summary>
    public static Looking LookingOf(EarlyStopping stopping, int pairs) =>
        stopping.Enabled ? Looking.AtDeclaredLooks(pairs) : Looking.Once;

    /// <summary>
    /// The decision at one look. Results past the look's pairs are not seen.
    /// </summary>
    /// <param name="stopping">What was declared.</param>
    /// <param name="look">Index into <see cref="Looks"/>.</param>
    /// <param name="gates">The gates.</param>
    /// <param name="results">Results over the whole plan; the look's pairs must all be there.</param>
    /// <param name="baseline">What variants are compared with.</param>
    /// <exception cref="ArgumentException">The look's pairs are not all there yet.</exception>
    public static StopDecision AtLook(
        EarlyStopping stopping,
        int look,
        IReadOnlyList<GateSpec> gates,
        ResultSet results,
        BaselineSource baseline
    )
    {
        var total = results.Plan.Pairs.Count;
        var looks = Looks(stopping, total);
        var pairs = looks[look];
        if (results.CompletePairs < pairs)
        {
            throw new ArgumentException(
                $"Look {look + 1} is over {pairs} pairs; {results.CompletePairs} are complete.",
                nameof(results)
            );
        }

        var seen = pairs == total ? results : results.Prefix(pairs);
        var judged = GateEvaluator.Evaluate(gates, seen, baseline, LookingOf(stopping, total));
        var decided = judged.Count(g => g.Verdict is Verdict.Pass or Verdict.Fail);
        var last = look == looks.Count - 1;
        var all = judged.Count > 0 && decided == judged.Count;
        return new StopDecision(
            look + 1,
            looks.Count,
            pairs,
            last || all,
            judged,
            Verdicts.Overall(judged.Select(g => g.Verdict)),
            Sentence(look + 1, looks.Count, pairs, total, decided, judged.Count, all && !last)
        );
    }

    private static string Sentence(int look, int looks, int pairs, int total, int decided, int gates, bool early)
    {
        var where = $"look {look} of {looks} ({NumberText.Count(pairs)} of {NumberText.Count(total)} pairs)";
        var what =
            gates == 1
                ? $"the one question is {(decided == 1 ? "decided" : "open")}"
                : $"{(decided == gates ? "all" : $"{decided} of")} {gates} questions are decided";
        return early ? $"Stopped at {where}: {what}."
            : look == looks ? $"Ended at {where}: {what}."
            : $"Went on after {where}: {what}.";
    }
}
