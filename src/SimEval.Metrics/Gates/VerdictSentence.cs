using SimEval.Metrics.Slices;
using SimEval.Scenarios;

namespace SimEval.Metrics.Gates;

/// <summary>The answer in words, made from gates and slices by rules.</summary>
/// <param name="Verdict">The run's verdict.</param>
/// <param name="Lead">"Not fit to ship".</param>
/// <param name="Headline">"int8 collides more than fp32".</param>
/// <param name="Measure">"+2.17 points, 95% interval +1.01 to +3.36, allowed +0.5 points"; "" where nothing was measured.</param>
/// <param name="Where">"83% of it where gap at most 14 m and speed at least 27 m/s"; null when not found.</param>
/// <param name="Details">What else failed, what is open, what passed: whole sentences.</param>
public sealed record VerdictSentence(
    Verdict Verdict,
    string Lead,
    string Headline,
    string Measure,
    string? Where,
    IReadOnlyList<string> Details
)
{
    /// <summary>"Not fit to ship: int8 collides more than fp32 (+2.17 points, ...)": the one line of a terminal.</summary>
    public override string ToString() =>
        Measure.Length == 0 ? $"{Lead}: {Headline}" : $"{Lead}: {Headline} ({Measure})";

    /// <summary>
    /// The sentence of a run. A gate's place in the file says how much it matters: the first that decides the verdict makes the headline.
    /// </summary>
    /// <param name="gates">All gates, judged.</param>
    /// <param name="findings">Where failures are; those of other gates are passed over.</param>
    public static VerdictSentence Of(IReadOnlyList<GateResult> gates, IReadOnlyList<SliceFinding> findings)
    {
        var verdict = Verdicts.Overall(gates.Select(g => g.Verdict));
        if (verdict == Verdict.None)
        {
            return new VerdictSentence(
                verdict,
                "No verdict",
                "the scenario has no gates",
                "",
                null,
                ["The numbers below describe; nothing was asked of them."]
            );
        }

        var head = gates.First(g => g.Verdict == verdict);
        var lead = verdict switch
        {
            Verdict.Pass => "Fit to ship",
            Verdict.Fail => "Not fit to ship",
            Verdict.Error => "No answer",
            _ => "Not decided",
        };
        return new VerdictSentence(
            verdict,
            lead,
            verdict == Verdict.Pass ? Passed(gates) : Claim(head),
            verdict switch
            {
                Verdict.Error => "",
                Verdict.Pass when gates.Count > 1 => "",
                _ => $"{GateReason.Measured(head)}, {GateReason.Allowed(head)}",
            },
            verdict == Verdict.Fail ? Concentration(head, findings) : null,
            Rest(gates, head, verdict)
        );
    }

    private static string Claim(GateResult gate)
    {
        var metric = gate.Metric;
        switch (gate.Verdict)
        {
            case Verdict.Error:
                return $"{gate.Variant} could not be judged on {Named(gate)}";
            case Verdict.Inconclusive:
                return gate.IsDifference
                    ? $"it is open whether {gate.Variant} {Worse(metric)} than {gate.Baseline} by more than is allowed"
                    : $"it is open whether {gate.Variant} keeps to what is allowed for {Named(gate)}";
        }

        var than = gate.IsDifference ? $"than {gate.Baseline}" : "than allowed";
        if (metric.Direction == MetricDirection.Neutral)
            return $"{gate.Variant} has {(gate.ForbiddenAbove ? "a higher" : "a lower")} {NumberText.Inside(metric.Title)} than allowed";

        // A gate may forbid the better side; the verb would then say the opposite.
        var badSide = gate.ForbiddenAbove == (metric.Direction == MetricDirection.LowerIsBetter);
        return badSide
            ? $"{gate.Variant} {Worse(metric)} {than}"
            : $"{gate.Variant} has {(gate.ForbiddenAbove ? "more" : "less")} {NumberText.Inside(metric.Title)} {than}";
    }

    private static string Passed(IReadOnlyList<GateResult> gates)
    {
        var variants = gates.Select(g => g.Variant).Distinct().ToArray();
        var who = Joined(variants);
        if (gates.Count == 1)
        {
            var g = gates[0];
            return g.IsDifference
                ? $"{who} is no worse than {g.Baseline} on {Named(g)}"
                : $"{who} keeps to what is allowed for {Named(g)}";
        }

        return $"{who} {(variants.Length == 1 ? "passes" : "pass")} all {gates.Count} questions";
    }

    private static string? Concentration(GateResult gate, IReadOnlyList<SliceFinding> findings)
    {
        var found = findings.FirstOrDefault(f => f.Variant == gate.Variant && f.Metric.Name == gate.Metric.Name);
        return found is null
            ? null
            : $"{NumberText.Digits(Math.Round(100 * found.Held), false)}% of it where {found.Text} "
                + $"({NumberText.Digits(Math.Round(100 * found.Size), false)}% of the rollouts)";
    }

    private static List<string> Rest(IReadOnlyList<GateResult> gates, GateResult head, Verdict verdict)
    {
        var lines = new List<string>();
        if (verdict is Verdict.Error or Verdict.Inconclusive)
            lines.Add(head.Reason);
        foreach (var other in gates.Where(g => g.Verdict == Verdict.Fail && !ReferenceEquals(g, head)))
            lines.Add($"Also: {Claim(other)} ({GateReason.Measured(other)}, {GateReason.Allowed(other)}).");
        Group(Verdict.Error, "Without an answer");
        Group(Verdict.Inconclusive, "Open");
        Group(Verdict.Pass, "Passes");
        return lines;

        void Group(Verdict kind, string word)
        {
            var named = gates
                .Where(g => g.Verdict == kind && !(ReferenceEquals(g, head) && verdict != Verdict.Pass))
                .ToArray();
            if (named.Length == 0 || (kind == Verdict.Pass && verdict == Verdict.Pass && gates.Count == 1))
                return;
            var several = gates.Select(g => g.Variant).Distinct().Count() > 1;
            var what = named
                .GroupBy(Told)
                .Select(alike =>
                    several ? $"{alike.Key} of {Joined([.. alike.Select(g => g.Variant).Distinct()])}" : alike.Key
                )
                .ToArray();
            lines.Add($"{word}: {Joined(what)}.");
        }

        // A metric that is bounded and compared as well needs a word on which of the two is meant.
        string Told(GateResult gate) =>
            gate.IsDifference && gates.Any(g => g.Metric.Name == gate.Metric.Name && !g.IsDifference)
                ? $"{Named(gate)} against {gate.Baseline ?? "the baseline"}"
                : Named(gate);
    }

    // "nuPlan score" keeps its capital inside the word; "Collisions" does not.
    private static string Named(GateResult gate) =>
        gate.Gate.Statistic switch
        {
            GateStatistic.P05 => $"the 5th percentile of {NumberText.Inside(gate.Metric.Title)}",
            GateStatistic.P50 => $"the median of {NumberText.Inside(gate.Metric.Title)}",
            GateStatistic.P95 => $"the 95th percentile of {NumberText.Inside(gate.Metric.Title)}",
            GateStatistic.P99 => $"the 99th percentile of {NumberText.Inside(gate.Metric.Title)}",
            _ => NumberText.Inside(gate.Metric.Title),
        };

    private static string Worse(MetricDefinition metric) =>
        metric.Worse
        ?? (
            metric.Direction == MetricDirection.LowerIsBetter
                ? $"has {(metric.Scale == MetricScale.Binary ? "more" : "a greater")} {NumberText.Inside(metric.Title)}"
                : $"has {(metric.Scale == MetricScale.Binary ? "fewer" : "a lower")} {NumberText.Inside(metric.Title)}"
        );

    private static string Joined(IReadOnlyList<string> names) =>
        names.Count switch
        {
            0 => "",
            1 => names[0],
            _ => string.Join(", ", names.Take(names.Count - 1)) + " and " + names[^1],
        };
}
