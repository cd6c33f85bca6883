namespace SimEval.Scenarios.Authoring;

/// <summary>What a scenario comes to before anything runs: its sizes and its points.</summary>
/// <param name="Points">The points, in declared order.</param>
/// <param name="Seeds">Seeds per point.</param>
/// <param name="Variants">Number of variants.</param>
/// <param name="Pairs">Points times seeds.</param>
/// <param name="Rollouts">Rollouts that a run counts, the budget applied: whole pairs, every variant of each.</param>
/// <param name="Parameters">One line a parameter: "gap: 12 values from 6 m to 40 m".</param>
public sealed record ScenarioExpansion(
    IReadOnlyList<Point> Points,
    int Seeds,
    int Variants,
    long Pairs,
    long Rollouts,
    IReadOnlyList<string> Parameters
)
{
    /// <summary>The expansion of a scenario.</summary>
    public static ScenarioExpansion Of(Scenario scenario)
    {
        var pairs = (long)scenario.Points.Count * scenario.Seeds;
        var counted = scenario.Budget.Rollouts is { } most ? Math.Min(pairs, most / scenario.Variants.Count) : pairs;
        return new ScenarioExpansion(
            scenario.Points,
            scenario.Seeds,
            scenario.Variants.Count,
            pairs,
            counted * scenario.Variants.Count,
            [.. scenario.Parameters.Select(Line)]
        );
    }

    /// <summary>"12 points x 10 seeds x 3 variants = 360 rollouts".</summary>
    public override string ToString()
    {
        var all = Pairs * Variants;
        var limited = Rollouts < all ? $", of which the budget allows {Rollouts:N0}" : "";
        return $"{Counted(Points.Count, "point")} x {Counted(Seeds, "seed")} x {Counted(Variants, "variant")} = {Counted(all, "rollout")}{limited}";
    }

    private static string Line(SweptParameter parameter)
    {
        if (!double.IsNaN(parameter.Minimum))
        {
            var count = parameter.Values.Count == 0 ? "more than 64" : $"{parameter.Values.Count}";
            return $"{parameter.Name}: {count} values from {Shown(parameter.Minimum, parameter.Unit)} to {Shown(parameter.Maximum, parameter.Unit)}";
        }

        const int named = 4;
        var texts = parameter.Values.Select(v => Wording.Clean(v.ToString())).ToList();
        if (texts.Count == 0)
            return $"{parameter.Name}: more than 64 values";
        var more = texts.Count > named ? $" and {texts.Count - named} more" : "";
        return $"{parameter.Name}: {string.Join(", ", texts.Take(named))}{more}";
    }

    private static string Shown(double value, string unit) =>
        FormattableString.Invariant($"{value:G6} {unit}").TrimEnd();

    private static string Counted(long count, string noun) =>
        FormattableString.Invariant($"{count:N0} {noun}{(count == 1 ? "" : "s")}");
}
