using System.Globalization;
using SimEval.Metrics;
using SimEval.Metrics.Results;
using SimEval.Reports.Data;
using SimEval.Scenarios;
using SimEval.Scenarios.Replays;

namespace SimEval.Reports.Build;

/// <summary>One rollout of a replay's page.</summary>
/// <param name="Result">What is kept of it.</param>
/// <param name="Scene">Its scene.</param>
public sealed record ReplayedRollout(RolloutResult Result, Scene Scene);

/// <summary>One or two rollouts of one point and seed, to be looked at on a page of their own.</summary>
public sealed record ReplayInput
{
    /// <summary>The run.</summary>
    public required string Run { get; init; }

    /// <summary>Its scenario.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>Its plan.</summary>
    public required ResultPlan Plan { get; init; }

    /// <summary>The rollouts, what they are compared with first; at least one, of one pair.</summary>
    public required IReadOnlyList<ReplayedRollout> Rollouts { get; init; }

    /// <summary>Frames recorded, of the rollout that was asked for.</summary>
    public required int Frames { get; init; }

    /// <summary>Frames whose checksum repeated.</summary>
    public required int Matched { get; init; }

    /// <summary>First frame that did not repeat; null when all did.</summary>
    public int? FirstMismatch { get; init; }

    /// <summary>Where another variant departs, when that was asked.</summary>
    public ReportDeparture? Departure { get; init; }

    /// <summary>What that variant is called.</summary>
    public string? Against { get; init; }

    /// <summary>Sentences more: the largest difference, why a model gave no action.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>The command that replays a rollout.</summary>
    public Func<RolloutKey, string> ReplayCommand { get; init; } = key => $"simeval replay {key} --html";

    /// <summary>Hashes and versions.</summary>
    public IReadOnlyList<ReportSetting> Provenance { get; init; } = [];
}

/// <summary>From a replay to its page: the report's template, with the player alone.</summary>
public static class ReplayPageBuilder
{
    /// <summary>The page's data.</summary>
    public static ReportData Build(ReplayInput input)
    {
        var plan = input.Plan;
        var asked = input.Rollouts[^1].Result;
        var names = input.Rollouts.Select(r => r.Result.Key.Variant).ToArray();
        var title = ReplayPackage.Title(plan.PointOf(asked.Key.Point), asked.Key.Seed);
        var package = new ReplayPackage(_ => null, input.ReplayCommand);
        package.AddCase(
            title,
            [.. input.Rollouts.Select(r => (plan.VariantOf(r.Result.Key.Variant), r.Result, r.Scene))],
            names,
            input.Departure
        );
        return new ReportData
        {
            Kind = ReportKind.Replay,
            Run = new ReportRun(
                input.Run,
                input.Scenario.Name,
                input.Scenario.Team,
                input.Scenario.Seed.ToString(CultureInfo.InvariantCulture),
                null,
                new Dictionary<string, string>()
            ),
            Verdict = Answer(input, asked, title),
            Facts = Facts(input, asked),
            Variants = VariantRoles.Of(plan.Variants, input.Scenario.Baseline),
            Metrics = Measured(plan, input.Rollouts),
            Gates = [],
            Changes = [],
            Slices = null,
            Suite = [],
            Distributions = [],
            Replays = package.ToReport("", input.Rollouts.Count),
            Builds = [],
            Models = [],
            Rollouts = RolloutColumns.Of(new ResultSet(plan), [], package.Clips),
            Latency = [],
            Method = new ReportMethod([], [], 0, [], []),
            Provenance = new ReportProvenance(
                [
                    new ReportSetting("Rollout", asked.Key.ToString()),
                    new ReportSetting("Checksum", asked.Checksum.ToString("x16", CultureInfo.InvariantCulture)),
                    new ReportSetting("Scenario", $"sha256 {input.Scenario.Hash}"),
                    .. input.Provenance,
                ],
                input.ReplayCommand(asked.Key)
            ),
        };
    }

    private static ReportVerdict Answer(ReplayInput input, RolloutResult asked, string title)
    {
        var lines = new List<string> { $"{asked.Key.Variant}: {title}." };
        if (input.Departure is { } departure)
            lines.Add(
                $"{input.Against} departs at frame {departure.Frame} ({departure.Time.ToString("0.0", CultureInfo.InvariantCulture)} s)"
                    + $"{(departure.Layer is null ? "" : $", layer {departure.Layer}")}: {departure.Difference}."
            );
        else if (input.Against is not null)
            lines.Add($"{input.Against} gives the same actions on every frame.");
        lines.AddRange(input.Details);
        return input.FirstMismatch is { } frame
            ? new ReportVerdict(
                "Fail",
                "Replay differs",
                $"frame {frame} does not repeat its checksum, {input.Matched:N0} before it do",
                lines
            )
            : new ReportVerdict(
                "Pass",
                "Replay matches",
                $"all {input.Matched:N0} frames repeat their checksums",
                lines
            );
    }

    private static List<ReportFact> Facts(ReplayInput input, RolloutResult asked) =>
        [
            new(input.Frames.ToString("N0", CultureInfo.InvariantCulture), "frames recorded"),
            new(
                input.Matched.ToString("N0", CultureInfo.InvariantCulture),
                "frames matched",
                input.Matched != input.Frames
            ),
            new(asked.Ending.Length == 0 ? asked.Outcome.ToString() : asked.Ending, "how it ended"),
        ];

    // The rollout's own values stand where a run's page has means; they have no interval.
    private static ReportMetric[] Measured(ResultPlan plan, IReadOnlyList<ReplayedRollout> rollouts) =>
        [
            .. plan.Metrics.Select(
                (metric, i) =>
                    new ReportMetric(
                        metric.Name,
                        metric.Title,
                        metric.Unit,
                        MeasuredMetrics.ScaleOf(metric),
                        MeasuredMetrics.DirectionOf(metric),
                        metric.Source,
                        metric.Description,
                        [
                            .. plan.Variants.Select(v =>
                            {
                                var found = rollouts.FirstOrDefault(r => r.Result.Key.Variant == v.Name)?.Result;
                                var value = found is not null && i < found.Values.Count ? found.Values[i] : double.NaN;
                                return new ReportEstimate(value, double.NaN, double.NaN, 1, 1);
                            }),
                        ]
                    )
            ),
        ];
}
