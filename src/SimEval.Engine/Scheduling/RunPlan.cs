using SimEval.Metrics;
using SimEval.Metrics.Results;
using SimEval.Scenarios;

namespace SimEval.Engine.Scheduling;

/// <summary>One variant as a run carries it out.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Counted">False for the reference that the engine adds to compute scores against.</param>
public sealed record PlannedVariant(Variant Variant, bool Counted);

/// <summary>A cohort: rollouts of one variant that run side by side so that their frames fill one executor's batches.</summary>
/// <param name="Index">Its number in the run; also its place in the order of work.</param>
/// <param name="Variant">Which variant.</param>
/// <param name="FirstPair">Index of its first pair in the fixed order.</param>
/// <param name="Pairs">Number of pairs.</param>
public sealed record Cohort(int Index, PlannedVariant Variant, int FirstPair, int Pairs);

/// <summary>
/// The work of a run, a pure function of the scenario: made again, not stored, when a run is resumed.
/// </summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Results">What it is going to produce: counted variants, and the pairs in the fixed order.</param>
/// <param name="Variants">Variants in declared order, then the reference if the file has none.</param>
/// <param name="Reference">Name of the variant that scores are computed against.</param>
/// <param name="Cohorts">In the order of work.</param>
public sealed record RunPlan(
    Scenario Scenario,
    ResultPlan Results,
    IReadOnlyList<PlannedVariant> Variants,
    string Reference,
    IReadOnlyList<Cohort> Cohorts
)
{
    /// <summary>The name of the reference that the engine adds. No variant of a file can have it.</summary>
    public const string AddedReference = "(reference)";

    /// <summary>All pairs in the fixed order, cut to the budget.</summary>
    public IReadOnlyList<PairKey> Pairs => Results.Pairs;

    /// <summary>Rollouts that count.</summary>
    public int CountedRollouts => Pairs.Count * Scenario.Variants.Count;

    /// <summary>The rollouts of a cohort, in the fixed order.</summary>
    public IEnumerable<RolloutKey> MembersOf(Cohort cohort) =>
        Enumerable
            .Range(cohort.FirstPair, cohort.Pairs)
            .Select(index => Pairs[index])
            .Select(pair => new RolloutKey(cohort.Variant.Variant.Name, pair.Point, pair.Seed));

    /// <summary>Plans a scenario.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="metrics">The world's registry.</param>
    /// <param name="referencePolicy">The world's reference policy ("expert").</param>
    /// <param name="cohortMembers">Most rollouts a cohort, at least 1.</param>
    public static RunPlan Of(
        Scenario scenario,
        IReadOnlyList<MetricDefinition> metrics,
        string referencePolicy,
        int cohortMembers
    )
    {
        var reference = scenario.Variants.FirstOrDefault(v =>
            v.Kind == PolicyKind.BuiltIn && v.Source == referencePolicy
        );
        var variants = scenario.Variants.Select(v => new PlannedVariant(v, Counted: true)).ToList();
        if (reference is null)
        {
            reference = new Variant(
                AddedReference,
                PolicyKind.BuiltIn,
                referencePolicy,
                "cpu",
                new Dictionary<string, string>(),
                null,
                []
            );
            variants.Add(new PlannedVariant(reference, Counted: false));
        }

        var results = ResultPlan.Of(scenario, metrics);
        return new RunPlan(
            scenario,
            results,
            variants,
            reference.Name,
            CohortsOf(results.Pairs.Count, variants, cohortMembers)
        );
    }

    // Blocks of pairs, all variants of a block before the next block: a prefix of the pairs is whole early, so that looks
    // come early.
    private static List<Cohort> CohortsOf(int pairs, IReadOnlyList<PlannedVariant> variants, int members)
    {
        var cohorts = new List<Cohort>();
        for (var first = 0; first < pairs; first += members)
            foreach (var variant in variants)
                cohorts.Add(new Cohort(cohorts.Count, variant, first, Math.Min(members, pairs - first)));
        return cohorts;
    }
}
