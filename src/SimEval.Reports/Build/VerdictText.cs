using SimEval.Metrics;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Slices;
using SimEval.Reports.Data;

namespace SimEval.Reports.Build;

/// <summary>The verdict's sentence, laid out as the page's headline and the lines under it.</summary>
internal static class VerdictText
{
    // More than this a reader takes from the table.
    private const int MostTold = 4;

    /// <summary>Headline; by how much, with which interval, against which allowance; where; what else, what passed.</summary>
    public static ReportVerdict Of(ReportInput input, IReadOnlyList<SliceFinding> findings)
    {
        var sentence = VerdictSentence.Of(input.Gates, findings);
        var lines = new List<string>();
        GateResult? head = null;

        // The wall time or the infrastructure may decide what no gate did.
        if (sentence.Verdict != input.Verdict)
        {
            return new ReportVerdict(
                input.Verdict.ToString(),
                input.Verdict == Verdict.Error ? "No answer" : "Not decided",
                input.TimedOut
                    ? "the budget of wall time ended the run"
                    : "too few rollouts ended without an error of the infrastructure",
                sentence.Details
            );
        }

        if (sentence.Measure.Length > 0)
        {
            head = input.Gates.First(g => g.Verdict == sentence.Verdict);
            lines.Add(Measured(head, sentence));
        }

        if (sentence.Verdict == Verdict.Fail && Where(input, findings) is { } where)
            lines.Add(where);
        if (input.TimedOut)
            lines.Add("The budget of wall time ended the run, so that nothing is decided.");
        if (sentence.Verdict == Verdict.Pass && input.Gates.Count is > 1 and <= MostTold)
            lines.AddRange(input.Gates.Select(Told));
        else if (sentence.Verdict == Verdict.Pass && input.Gates.Count > MostTold)
            lines.AddRange([$"Closest to its line: {Told(Closest(input.Gates))}", .. sentence.Details]);
        else
            lines.AddRange(
                sentence.Details.Where(line =>
                    line != head?.Reason || !lines[0].EndsWith(line, StringComparison.Ordinal)
                )
            );
        if (Twins(input) is { } twins)
            lines.Add(twins);
        return new ReportVerdict(sentence.Verdict.ToString(), sentence.Lead, sentence.Headline, lines);
    }

    // How many half-widths of its interval a gate lies away from its line.
    private static GateResult Closest(IReadOnlyList<GateResult> gates) =>
        gates.MinBy(gate =>
        {
            var half = (gate.Decides.Interval.High - gate.Decides.Interval.Low) / 2;
            return half > 0 ? Math.Abs(gate.Decides.Value - gate.Line) / half : double.MaxValue;
        })!;

    // Builds that no frame tells apart need no further look.
    private static string? Twins(ReportInput input)
    {
        var twins = input
            .Departures.Where(build => build is { HasInnerLayers: true, Report.IsEqual: true })
            .GroupBy(build => build.Parent)
            .Select(group =>
            {
                var names = group.Select(build => build.Variant).ToList();
                var who = names.Count == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";
                return $"{who} {(names.Count == 1 ? "equals" : "equal")} {group.Key} bit for bit in every layer";
            })
            .ToList();
        return twins.Count == 0 ? null : $"On the frames compared, {string.Join("; ", twins)}.";
    }

    private static string Told(GateResult gate)
    {
        var who = gate.Baseline is null ? "" : $" against {gate.Baseline}";
        var value = NumberText.Either(gate.Metric, gate.Decides.Value, gate.IsDifference);
        var ends = NumberText.Ends(gate.Metric, gate.Decides.Interval, gate.IsDifference);
        var bound = gate.ForbiddenAbove ? "at most" : "at least";
        var line = NumberText.Either(gate.Metric, gate.Line, gate.IsDifference);
        return $"{gate.Metric.Title} of {gate.Variant}{who}: {value} (interval {ends}; {bound} {line} was asked).";
    }

    private static string? Where(ReportInput input, IReadOnlyList<SliceFinding> findings)
    {
        var head = input.Gates.First(g => g.Verdict == Verdict.Fail);
        var found = findings.FirstOrDefault(f => f.Variant == head.Variant && f.Metric.Name == head.Metric.Name);
        if (found is null)
            return null;
        var what =
            found.Metric.Scale != MetricScale.Binary ? "the loss lies"
            : head.IsDifference ? "the new failures lie"
            : "the failures lie";
        return $"{Percent(found.Held)} of {what} in {Percent(found.Size)} of the rollouts: {found.Text}.";
    }

    private static string Percent(double share) => NumberText.Digits(Math.Round(100 * share), false) + "%";

    // Told once: a bound on a value needs no second mention of it, and a reason that begins with what was measured says it all.
    private static string Measured(GateResult gate, VerdictSentence sentence)
    {
        var whole = gate.Reason.StartsWith(sentence.Measure, StringComparison.OrdinalIgnoreCase);
        var told = whole && gate.Verdict == Verdict.Inconclusive ? gate.Reason : $"{sentence.Measure}.";
        var from = gate.BaselineValue is { } baseline
            ? $"from {NumberText.Value(gate.Metric, baseline.Value)} to {NumberText.Value(gate.Metric, gate.Value.Value)}. "
            : "";
        return $"{gate.Metric.Title}: {from}{told}";
    }
}
