using SimEval.Metrics;
using SimEval.Metrics.Comparisons;
using SimEval.Metrics.Gates;
using SimEval.Metrics.Layers;
using SimEval.Metrics.Results;
using SimEval.Reports.Build;
using SimEval.Reports.Data;
using SimEval.Scenarios;
using SimEval.Scenarios.Numerics;

namespace SimEval.Tests.Reports;

/// <summary>
/// An invented run with a believable story: a planner and its int8 build meet cars that cut in; with small gaps at high speed the
/// int8 build brakes too late. Every number comes from Philox, so that a page made from it is always the same.
/// </summary>
internal static class SampleRun
{
    public const int Collision = 0,
        Score = 1,
        Progress = 2,
        TimeToCollision = 3,
        OffRoad = 4,
        HardBraking = 5;

    private const ulong Seed = 42;

    public static readonly MetricDefinition[] Metrics =
    [
        new(
            "collision.atFault",
            "At-fault collisions",
            "",
            MetricDirection.LowerIsBetter,
            MetricScale.Binary,
            "nuPlan closed-loop metrics, no_ego_at_fault_collisions",
            "1 when the ego hits something by its own fault."
        ),
        new(
            "score",
            "Closed-loop score",
            "",
            MetricDirection.HigherIsBetter,
            MetricScale.Share,
            "nuPlan closed-loop score",
            "Multipliers times the weighted mean of the parts."
        ),
        new(
            "progress",
            "Progress along the route",
            "",
            MetricDirection.HigherIsBetter,
            MetricScale.Share,
            "nuPlan ego_progress_along_expert_route",
            "Progress over the expert's."
        ),
        new(
            "ttc.least",
            "Least time to collision",
            "s",
            MetricDirection.HigherIsBetter,
            MetricScale.Real,
            "nuPlan time_to_collision_within_bound",
            "Smallest time to collision of the rollout."
        ),
        new(
            "offRoad",
            "Off-road",
            "",
            MetricDirection.LowerIsBetter,
            MetricScale.Binary,
            "nuPlan drivable_area_compliance",
            "1 when a corner leaves the drivable area."
        ),
        new(
            "hardBraking.perKm",
            "Hard braking",
            "1/km",
            MetricDirection.LowerIsBetter,
            MetricScale.Real,
            "count of decelerations over 4 m/s2 over the distance",
            "Hard brakings for each kilometre."
        ),
    ];

    /// <summary>The run, judged and ready for the builder.</summary>
    public static ReportInput Input(
        string name = "cut-in",
        int seeds = 10,
        bool withReplays = true,
        bool withGates = true,
        bool swept = true,
        bool withBaseline = true
    )
    {
        var scenario = Scenario(name, seeds, withGates, swept, withBaseline);
        var results = new ResultSet(ResultPlan.Of(scenario, Metrics));
        foreach (var pair in results.Plan.Pairs)
        {
            foreach (var variant in scenario.Variants)
                results.Add(Result(results.Plan.PointOf(pair.Point), variant.Name, pair));
        }

        BaselineSource baseline = withBaseline ? new BaselineSource.Variant("fp32") : BaselineSource.None;
        var gates = GateEvaluator.Evaluate(scenario.Gates, results, baseline, Looking.Once);
        return new ReportInput
        {
            Run = name + "-3",
            FinishedAt = "2026-11-21 10:04 UTC",
            Scenario = scenario,
            Results = results,
            Baseline = baseline,
            Looking = Looking.Once,
            Gates = gates,
            Verdict = Verdicts.Overall(gates.Select(g => g.Verdict)),
            WallTime = TimeSpan.FromSeconds(14.2),
            Frames = results.Counted().Sum(r => (long)r.Frames),
            ResultsHash = ResultsHash.Of(results),
            Replay = key =>
                withReplays ? SampleScene.Of(results.Plan.PointOf(key.Point), key, Crashes(results, key)) : null,
            Latency =
            [
                new("fp32", "one batch of up to 64 frames", Percentiles(124, 150, 158, 181), 5_400, 58.2),
                new("int8", "one batch of up to 64 frames", Percentiles(72, 88, 96, 118), 5_400, 58.2),
            ],
            Departures = withBaseline ? [Departure()] : [],
            Models = [new ModelFact("fp32", 402_112, double.NaN), new ModelFact("int8", 131_072, 21.5)],
            Provenance =
            [
                new ReportSetting("Model fp32", "planner.onnx, sha256 41c9d0f1e2a7"),
                new ReportSetting("Model int8", "planner.int8.onnx, sha256 a07b5d19c3f4"),
                new ReportSetting("Engine", "SimEval 0.1.0, .NET 10.0"),
                new ReportSetting("Numerics class", "avx2, ONNX Runtime 1.30, probe 7c31"),
            ],
            Reproduce = $"simeval run scenarios/driving/{name}.json",
            Notes = ["fp32 varies with the size of its batch (ReduceMean): it ran at batch 1."],
        };
    }

    // A network of twelve layers whose quantized build departs from the third on, further the deeper.
    private static BuildDeparture Departure() =>
        new("int8", "fp32", SameFile: false)
        {
            Frames = 128,
            Rollouts = 16,
            HasInnerLayers = true,
            Report = new LayerReport([
                .. Enumerable
                    .Range(0, 12)
                    .Select(i => new LayerDifference(
                        i == 11 ? "action" : $"/trunk/block.{i / 3}/layer.{i % 3}/Gemm_output_0",
                        i < 2 ? double.PositiveInfinity : 42 - (1.3 * i) + (i % 3),
                        i < 2 ? 0 : 0.004 * i,
                        128 * 64
                    )
                    {
                        Differing = i < 2 ? 0 : 128 * (30 + i),
                        Frames = 128,
                        DifferingFrames = i < 2 ? 0 : 128,
                        IsOutput = i == 11,
                    }),
            ]),
        };

    private static ReportPercentile[] Percentiles(double p50, double p90, double p95, double p99) =>
        [new(50, p50), new(90, p90), new(95, p95), new(99, p99)];

    private static bool Crashes(ResultSet results, RolloutKey key)
    {
        var variant = results.Plan.VariantOf(key.Variant);
        return results[variant, results.Plan.PairOf(key.Pair)]!.Values[Collision] > 0;
    }

    private static Scenario Scenario(string name, int seeds, bool withGates, bool swept, bool withBaseline)
    {
        var gaps = swept ? Enumerable.Range(0, 12).Select(i => 6.0 + (3 * i)).ToArray() : [];
        var speeds = swept ? Enumerable.Range(0, 10).Select(i => 20 + (1.5 * i)).ToArray() : [];
        IReadOnlyList<Point> points = swept
            ? [.. from gap in gaps from speed in speeds select Point(("gap", gap, "m"), ("speed", speed, "m/s"))]
            : [Point()];
        return new Scenario
        {
            Name = name,
            Team = "ai",
            Priority = 0,
            Labels = new Dictionary<string, string> { ["branch"] = "quant-7bit" },
            WorldKind = "driving",
            World = new(),
            Points = points,
            Parameters = swept ? [Swept("gap", "m", gaps), Swept("speed", "m/s", speeds)] : [],
            Seed = Seed,
            Seeds = seeds,
            Variants =
            [
                Variant("expert", PolicyKind.BuiltIn, "expert"),
                Variant("fp32", PolicyKind.Model, "../models/planner.onnx"),
                Variant("int8", PolicyKind.Model, "../models/planner.int8.onnx"),
            ],
            Baseline = withBaseline ? "fp32" : null,
            Gates = withGates
                ? withBaseline
                    ?
                    [
                        Gate("collision.atFault", GateKind.NoWorseBy, 0.005),
                        Gate("score", GateKind.NoWorseBy, 0.05),
                        Gate("ttc.least", GateKind.NoWorseBy, 0.05),
                        Gate("hardBraking.perKm", GateKind.NoWorseBy, 0.1),
                        Gate("offRoad", GateKind.AtMost, 0.01),
                    ]
                    : [Gate("collision.atFault", GateKind.AtMost, 0.05)]
                : [],
            Budget = new Budget(null, null),
            Stopping = new EarlyStopping(false, []),
            Defaults =
            [
                new AppliedDefault("gates[0].confidence", "0.95"),
                new AppliedDefault("world.driving.timeStep", "0.1 s"),
            ],
            Text = "{}",
            Hash = "9f3c51ae77d01b42c09e1d2f3a4b5c6d7e8f90112233445566778899aabbccdd",
            SourceName = $"scenarios/driving/{name}.json",
            Files = [],
        };
    }

    private static RolloutResult Result(Point point, string variant, PairKey pair)
    {
        var own = new Philox(Hash64.Of(Seed, point.Key.Value, (ulong)pair.Seed, Hash64.OfText(variant)));
        var shared = new Philox(Hash64.Of(Seed, point.Key.Value, (ulong)pair.Seed, 1));
        var gap = Value(point, "gap", 12);
        var speed = Value(point, "speed", 29);
        var hard = Math.Max(0, (16 - gap) / 10) * Math.Max(0, (speed - 26) / 7.5);
        var risk = variant switch
        {
            "expert" => 0.02,
            "fp32" => 0.25,
            _ => 0.85,
        };
        var hit = shared.Uniform(0) < risk * hard;
        var quality =
            variant == "expert" ? 0.975
            : variant == "fp32" ? 0.95
            : 0.944;
        var score = hit
            ? 0
            : Math.Clamp(quality - (0.06 * hard) + (0.02 * shared.Normal(1)) + (0.01 * own.Normal(2)), 0, 1);
        double[] values =
        [
            hit ? 1 : 0,
            score,
            Math.Clamp((hit ? 0.55 : 0.985) + (0.01 * own.Normal(3)), 0, 1),
            Math.Max(0, hit ? 0 : 3.2 - (1.8 * hard) + (0.4 * shared.Normal(4)) + (0.1 * own.Normal(5))),
            0,
            Math.Max(0, 0.3 + (0.8 * hard) + (0.15 * shared.Normal(6)) + (0.05 * own.Normal(7))),
        ];
        var lost = variant == "fp32" && pair.Seed == 3 && gap == 39 && speed == 20;
        return new RolloutResult(
            new RolloutKey(variant, point.Key, pair.Seed),
            lost ? RolloutOutcome.InfrastructureError : RolloutOutcome.Completed,
            hit ? 47 : 101,
            Hash64.Of(point.Key.Value, (ulong)pair.Seed, Hash64.OfText(variant)),
            hit ? "collision" : "horizon",
            lost ? [] : values,
            lost ? "the executor's process ended with signal 9" : null
        );
    }

    private static double Value(Point point, string name, double otherwise) =>
        point.Assignment.Where(a => a.Key == name).Select(a => a.Value.Number).DefaultIfEmpty(otherwise).First();

    private static Point Point(params (string Name, double Value, string Unit)[] assignment) =>
        new(
            new PointKey(Hash64.Chain(1, [.. assignment.Select(a => a.Value)])),
            [.. assignment.Select(a => KeyValuePair.Create(a.Name, new ParameterValue(a.Value, null, a.Unit)))]
        );

    private static SweptParameter Swept(string name, string unit, double[] values) =>
        new(name, unit, [.. values.Select(v => new ParameterValue(v, null, unit))], values[0], values[^1]);

    private static Variant Variant(string name, PolicyKind kind, string source) =>
        new(name, kind, source, "cpu", new Dictionary<string, string>(), null, []);

    private static GateSpec Gate(string metric, GateKind kind, double threshold) =>
        new(metric, kind, threshold, GateStatistic.Mean, [], 0.95, 0.98, "$.gates[0]");
}
