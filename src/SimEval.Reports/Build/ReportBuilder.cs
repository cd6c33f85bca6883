using System.Globalization;
using SimEval.Metrics;
using SimEval.Metrics.Gates;
using SimEval.Reports.Data;
using SimEval.Scenarios;

namespace SimEval.Reports.Build;

/// <summary>From a judged run to everything that the page shows: a pure function.</summary>
public static class ReportBuilder
{
    // So many metrics are worth a heat map and a curve; the rest stand in the table.
    private const int MostMapped = 6,
        MostCurves = 12;

    // A metric of fewer values than this is told better by its mean than by a curve.
    private const int LeastDistinct = 6;

    /// <summary>
    /// The rollouts whose scenes the page would show, the most wanted first; for whoever reads them from a store beforehand.
    /// </summary>
    public static IReadOnlyList<RolloutKey> Wanted(ReportInput input)
    {
        var (variants, baseline, candidates) = Roles(input);
        return
        [
            .. Chosen(input, variants, candidates, baseline, GraveMetrics(input))
                .SelectMany(c => c.Variants.Select(v => input.Results[v, c.Pair]!.Key))
                .Distinct(),
        ];
    }

    /// <summary>The page's data. Replays are asked for one by one, only those that are shown.</summary>
    public static ReportData Build(ReportInput input)
    {
        var plan = input.Results.Plan;
        var baselineName = (input.Baseline as BaselineSource.Variant)?.Name;
        var (variants, baseline, candidates) = Roles(input);
        var grave = GraveMetrics(input);
        var judged = Judged(input, candidates);
        var findings = SweepView.Find(input.Results, input.Gates, input.Baseline);
        var replays = new ReplayPackage(input.Replay, input.ReplayCommand);
        // How a rollout ends tells what is a matter of yes and no; the finer measure is told beside it.
        var told = grave.FirstOrDefault(metric => plan.Metrics[metric].Scale != MetricScale.Binary, -1);
        replays.Add(input.Results, Chosen(input, variants, candidates, baseline, grave), told);
        return new ReportData
        {
            Kind = ReportKind.Run,
            Run = new ReportRun(
                input.Run,
                input.Scenario.Name,
                input.Scenario.Team,
                input.Scenario.Seed.ToString(CultureInfo.InvariantCulture),
                input.FinishedAt,
                input.Scenario.Labels
            ),
            Verdict = VerdictText.Of(input, findings),
            Facts = DecisionText.Facts(input),
            Variants = variants,
            Metrics = MeasuredMetrics.Values(input),
            Gates = Gates(input),
            Changes = MeasuredMetrics.Changes(input, candidates),
            Slices = SweepView.Slices(input, Mapped(input, grave), findings),
            Suite = SweepView.Suite(input, grave.Count > 0 ? grave[0] : -1),
            Distributions = EmpiricalCurves.Of(input.Results, Curved(input, grave), Beside(variants, baseline), judged),
            Replays = replays.ToReport(Rule(baselineName), input.Results.Count),
            Builds = DepartureView.Of(input.Departures, plan),
            Models = DepartureView.Models(input),
            Rollouts = RolloutColumns.Of(input.Results, grave, replays.Clips),
            Latency = Latency(input),
            Method = DecisionText.Method(input),
            Provenance = Provenance(input),
        };
    }

    // What makes a rollout bad, the gravest first: what failing gates judge, then other gates, at-fault collisions and the score.
    private static List<int> GraveMetrics(ReportInput input)
    {
        var plan = input.Results.Plan;
        var gated = input
            .Gates.OrderBy(g => Severity(g.Verdict))
            .ThenBy(g => g.Metric.Scale == MetricScale.Binary ? 0 : 1)
            .Where(g => g.Metric.Direction != MetricDirection.Neutral)
            .Select(g => plan.MetricOf(g.Metric.Name));
        var usual = new[] { "collision.atFault", "offRoad", "score" }.Select(plan.MetricOf);
        var first = plan.Metrics.Select((m, i) => m.Direction == MetricDirection.Neutral ? -1 : i).Where(i => i >= 0);
        var known = gated.Concat(usual).Where(i => i >= 0).Distinct().ToList();
        return known.Count > 0 ? known : [.. first.Take(1)];
    }

    private static int Severity(Verdict verdict) =>
        verdict switch
        {
            Verdict.Fail => 0,
            Verdict.Error => 1,
            Verdict.Inconclusive => 2,
            _ => 3,
        };

    // The variants that titles speak of: the first that fails, else all candidates.
    private static int[] Judged(ReportInput input, int[] candidates)
    {
        var worst = input.Gates.OrderBy(g => Severity(g.Verdict)).FirstOrDefault();
        return worst is null || worst.Verdict == Verdict.Pass
            ? candidates
            : [input.Results.Plan.VariantOf(worst.Variant)];
    }

    private static List<int> Mapped(ReportInput input, List<int> grave)
    {
        // A metric that never varies makes an empty map, unless a gate judges it: then none is a finding.
        var gated = input.Gates.Select(g => input.Results.Plan.MetricOf(g.Metric.Name)).ToHashSet();
        var varying = grave.Where(m => gated.Contains(m) || Varies(input, m)).Take(MostMapped).ToList();
        return varying.Count > 0 ? varying : [.. grave.Take(1)];
    }

    private static List<int> Curved(ReportInput input, List<int> grave)
    {
        var plan = input.Results.Plan;
        var rest = Enumerable.Range(0, plan.Metrics.Count).Where(i => !grave.Contains(i));
        return
        [
            .. grave
                .Concat(rest)
                .Where(i => plan.Metrics[i].Scale != MetricScale.Binary)
                .Where(i => DistinctValues(input, i, LeastDistinct) == LeastDistinct)
                .Take(MostCurves),
        ];
    }

    private static bool Varies(ReportInput input, int metric) => DistinctValues(input, metric, 2) == 2;

    private static int DistinctValues(ReportInput input, int metric, int most)
    {
        var seen = new HashSet<double>();
        for (var variant = 0; variant < input.Results.Plan.Variants.Count; variant++)
        {
            foreach (var value in input.Results.ValuesOf(variant, metric))
            {
                if (seen.Add(value) && seen.Count == most)
                    return most;
            }
        }

        return seen.Count;
    }

    private static ReportGate[] Gates(ReportInput input)
    {
        var plan = input.Results.Plan;
        return input
            .Gates.OrderBy(g => Severity(g.Verdict))
            .Select(g => new ReportGate
            {
                Metric = plan.MetricOf(g.Metric.Name),
                Variant = plan.VariantOf(g.Variant),
                Baseline = g.BaselineInRun && g.Baseline is not null ? plan.VariantOf(g.Baseline) : -1,
                BaselineName = g.Baseline,
                Verdict = g.Verdict.ToString(),
                Statistic = g.Gate.Statistic.ToString().ToLowerInvariant(),
                Value = MeasuredMetrics.Estimated(g.Value),
                BaselineValue = g.BaselineValue is null ? null : MeasuredMetrics.Estimated(g.BaselineValue),
                Decides = MeasuredMetrics.Estimated(g.Decides),
                IsDifference = g.IsDifference,
                Threshold = g.Line,
                Forbidden = g.ForbiddenAbove ? "above" : "below",
                Confidence = g.Decides.Level,
                Nominal = g.Gate.Confidence,
                Tests = g.Tests,
                PValue = g.PValue,
                AdjustedP = g.AdjustedP,
                Method = g.Decides.Method,
                Reason = g.Reason,
            })
            .ToArray();
    }

    private static (IReadOnlyList<ReportVariant> Variants, int Baseline, int[] Candidates) Roles(ReportInput input)
    {
        var plan = input.Results.Plan;
        var name = (input.Baseline as BaselineSource.Variant)?.Name;
        var variants = VariantRoles.Of(plan.Variants, name);
        var baseline = name is null ? -1 : plan.VariantOf(name);
        var candidates = Enumerable.Range(0, variants.Count).Where(i => variants[i].Role == "candidate").ToArray();
        if (candidates.Length == 0)
            candidates = [.. Enumerable.Range(0, variants.Count).Where(i => i != baseline).DefaultIfEmpty(0)];
        return (variants, baseline, candidates);
    }

    // Without a baseline the world's reference stands beside: it shows what could have been done.
    private static int Beside(IReadOnlyList<ReportVariant> variants, int baseline) =>
        baseline >= 0 ? baseline : variants.Select(v => v.Role).ToList().IndexOf("reference");

    private static IReadOnlyList<ChosenReplay> Chosen(
        ReportInput input,
        IReadOnlyList<ReportVariant> variants,
        int[] candidates,
        int baseline,
        List<int> grave
    ) => ReplayChoice.Of(input.Results, candidates, Beside(variants, baseline), baseline >= 0, grave);

    private static string Rule(string? baseline) =>
        baseline is null
            ? $"Chosen by rule: the {ReplayChoice.MostWorst} worst rollouts of all, the {ReplayChoice.MostWorse / 2} worst of each variant, and its median one."
            : $"Chosen by rule: for each candidate the pairs that end worse than with {baseline}, worst first (at most {ReplayChoice.MostWorse}); the {ReplayChoice.MostWorst} worst rollouts of all; up to three that end better; the median one.";

    private static ReportLatency[] Latency(ReportInput input) =>
        input
            .Latency.Select(l => new ReportLatency(
                input.Results.Plan.VariantOf(l.Variant),
                l.Title,
                l.Percentiles,
                l.Count,
                l.MeanBatch
            ))
            .Where(l => l.Variant >= 0)
            .ToArray();

    private static ReportProvenance Provenance(ReportInput input)
    {
        var entries = new List<ReportSetting>
        {
            new("Scenario", $"{FileName(input.Scenario.SourceName)}, sha256 {input.Scenario.Hash}"),
            new("Results hash", input.ResultsHash),
            new("Scenario seed", input.Scenario.Seed.ToString(CultureInfo.InvariantCulture)),
            new("Seeds per point", input.Scenario.Seeds.ToString(CultureInfo.InvariantCulture)),
        };
        entries.AddRange(input.Provenance);
        return new ReportProvenance(entries, input.Reproduce);
    }

    private static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
}
