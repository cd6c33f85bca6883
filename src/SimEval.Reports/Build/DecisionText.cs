using System.Globalization;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Results;
using SimEval.Reports.Data;

namespace SimEval.Reports.Build;

/// <summary>The facts line and the method box: what was done, in words, with counts that sum to the total.</summary>
internal static class DecisionText
{
    /// <summary>Variants, rollouts, pairs, errors, where it stopped, wall time.</summary>
    public static IReadOnlyList<ReportFact> Facts(ReportInput input)
    {
        var plan = input.Results.Plan;
        var counts = input.Results.CountAll();
        var ran = counts.Counted + counts.InfrastructureErrors;
        var points = plan.Pairs.Select(p => p.Point).Distinct().Count();
        var facts = new List<ReportFact>
        {
            new(Number(plan.Variants.Count), plan.Variants.Count == 1 ? "variant" : "variants"),
            new(Number(ran), $"rollouts: {Plural(points, "point")} \u00d7 {Plural(input.Scenario.Seeds, "seed")}"),
        };
        if (Against(input) is { } against)
            facts.Add(new ReportFact(Number(input.Results.CompletePairs), $"pairs with {against}"));
        if (counts.ModelFailed > 0)
            facts.Add(new ReportFact(Number(counts.ModelFailed), "failed by the model"));
        facts.Add(
            new ReportFact(
                Number(counts.InfrastructureErrors),
                counts.InfrastructureErrors == 1 ? "infrastructure error" : "infrastructure errors",
                counts.InfrastructureErrors > 0
            )
        );
        if (input.TimedOut)
            facts.Add(new ReportFact("stopped", "by its budget of wall time", true));
        else if (input.Stop is { Looks: > 1 } stop)
            facts.Add(
                new ReportFact(
                    $"look {stop.Look} of {stop.Looks}",
                    stop.Look < stop.Looks ? "stopped early, always valid" : "ran to the end"
                )
            );
        facts.Add(new ReportFact(Time(input.WallTime), $"{Number(Rate(input))} frames/s"));
        return facts;
    }

    /// <summary>The method box.</summary>
    public static ReportMethod Method(ReportInput input) =>
        new(
            Statements(input),
            Outcomes(input),
            Planned(input) * input.Results.Plan.Variants.Count,
            input.Notes,
            [.. input.Scenario.Defaults.Select(d => new ReportSetting(d.Path, d.Value))]
        );

    // Results past the stop are known by their number only, where the results are a prefix.
    private static ReportOutcome[] Outcomes(ReportInput input)
    {
        var plan = input.Results.Plan;
        var counts = plan.Variants.Select((_, v) => input.Results.CountOf(v)).ToArray();
        ReportOutcome Row(string name, string meaning, Func<OutcomeCounts, int> of) =>
            new(name, meaning, [.. counts.Select(of)], counts.Sum(of));
        var planned = Planned(input) * plan.Variants.Count;
        var beyond = planned - (plan.Pairs.Count * plan.Variants.Count);
        var discarded = Row("Discarded", "ran past the stop; left out", c => c.Discarded);
        if (input.Discarded > discarded.Total)
            discarded = discarded with { Counts = [], Total = input.Discarded };
        var missing = Row("Not run", "planned, without a result", c => c.Missing);
        var never = Math.Max(0, missing.Total + beyond - (discarded.Counts.Count == 0 ? discarded.Total : 0));
        return
        [
            Row("Completed", "ran to its end; counted", c => c.Completed),
            Row("Failed by the model", "counted as the metric\u2019s worst value", c => c.ModelFailed),
            Row("Infrastructure error", "neither a failure nor a pass; left out", c => c.InfrastructureErrors),
            Row("Cancelled", "by a person; left out", c => c.Cancelled),
            discarded,
            never == missing.Total ? missing : missing with { Counts = [], Total = never },
        ];
    }

    private static List<ReportStatement> Statements(ReportInput input)
    {
        var plan = input.Results.Plan;
        var statements = new List<ReportStatement>
        {
            new(
                "Pairing",
                plan.Variants.Count > 1
                    ? $"Every variant meets the same {Plural(plan.Pairs.Count, "pair")} of point and seed with the same randomness; differences are of pairs."
                    : $"{Plural(plan.Pairs.Count, "pair")} of point and seed, each with randomness of its own."
            ),
        };
        if (input.Gates.Count == 0)
        {
            statements.Add(
                new ReportStatement("Gates", "None are declared, so nothing is decided; intervals describe.")
            );
            return statements;
        }

        foreach (var method in input.Gates.GroupBy(g => g.Decides.Method))
        {
            var metrics = string.Join(", ", method.Select(g => NumberText.Inside(g.Metric.Title)).Distinct());
            statements.Add(new ReportStatement($"Interval of {metrics}", Sentence(method.Key)));
        }

        var tests = input.Gates[0].Tests;
        statements.Add(
            new ReportStatement(
                "Several gates",
                tests == 1
                    ? "One gate on one variant: nothing to correct for."
                    : $"{tests} questions (gates times variants), Holm\u2019s correction: the chance of any wrong verdict stays below one minus the confidence level."
            )
        );
        statements.Add(
            new ReportStatement(
                "Stopping",
                input.TimedOut
                        ? "Stopped by the budget of wall time: nothing is decided, and another machine may get elsewhere."
                    : input.Stop is { Looks: > 1 } stop
                        ? $"{Stopped(stop, plan.Pairs.Count, Planned(input))} Decisions fall only at declared looks, over a prefix of the pairs in a fixed order, with intervals that hold whenever one looks."
                    : "Decided once, at the end."
            )
        );
        return statements;
    }

    private static string Stopped(StopDecision stop, int pairs, int planned) =>
        stop.Look < stop.Looks
            ? $"Stopped at look {stop.Look} of {stop.Looks}, after {Number(pairs)} of {Number(planned)} pairs."
            : $"{stop.Looks} looks were declared; the run went to the end.";

    private static int Planned(ReportInput input) => Math.Max(input.PlannedPairs, input.Results.Plan.Pairs.Count);

    private static string? Against(ReportInput input) =>
        input.Baseline switch
        {
            BaselineSource.Variant variant => variant.Name,
            BaselineSource.Run run => run.Label,
            _ => null,
        };

    private static double Rate(ReportInput input) =>
        input.WallTime > TimeSpan.Zero ? input.Frames / input.WallTime.TotalSeconds : 0;

    private static string Sentence(string text) =>
        text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..] + (text.EndsWith('.') ? "" : ".");

    private static string Plural(int count, string word) => $"{Number(count)} {word}{(count == 1 ? "" : "s")}";

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(TimeSpan time) =>
        time.TotalSeconds < 100
            ? time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s"
            : time.ToString(time.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
}
