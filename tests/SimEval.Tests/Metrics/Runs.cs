using SimEval.Metrics;
using SimEval.Metrics.Results;
using SimEval.Scenarios;
using SimEval.Scenarios.Numerics;

namespace SimEval.Tests.Metrics;

/// <summary>Small invented runs: a registry of four metrics, and results from a function of (variant, point, seed).</summary>
internal static class Runs
{
    public const int Collision = 0,
        Score = 1,
        Distance = 2,
        Goal = 3;

    public static readonly MetricDefinition[] Metrics =
    [
        new(
            "collision",
            "Collisions",
            "",
            MetricDirection.LowerIsBetter,
            MetricScale.Binary,
            "here",
            "1 when it collided."
        )
        {
            Worse = "collides more",
        },
        new("score", "Score", "", MetricDirection.HigherIsBetter, MetricScale.Share, "here", "How well it went.")
        {
            Worse = "scores lower",
        },
        new("distance", "Distance", "m", MetricDirection.LowerIsBetter, MetricScale.Real, "here", "How far off."),
        new("goal", "Goals", "", MetricDirection.HigherIsBetter, MetricScale.Binary, "here", "1 when it got there."),
    ];

    public static Variant Model(string name) =>
        new(name, PolicyKind.Model, name + ".onnx", "cpu", new Dictionary<string, string>(), null, []);

    public static Variant BuiltIn(string name) => Model(name) with { Kind = PolicyKind.BuiltIn, Source = name };

    public static GateSpec Gate(
        string metric,
        GateKind kind,
        double threshold,
        GateStatistic statistic = GateStatistic.Mean,
        string[]? variants = null,
        double confidence = 0.95,
        double minValid = 0.98
    ) => new(metric, kind, threshold, statistic, variants ?? [], confidence, minValid, "$.gates[0]");

    /// <summary>A plan over a grid of gap and speed.</summary>
    public static ResultPlan Plan(int gaps, int speeds, int seeds, params Variant[] variants)
    {
        var points = (
            from gap in Enumerable.Range(0, gaps)
            from speed in Enumerable.Range(0, speeds)
            select Point(("gap", 6 + (2.0 * gap), "m"), ("speed", 20 + speed, "m/s"))
        ).ToArray();
        var pairs = from p in points from s in Enumerable.Range(0, seeds) select new PairKey(p.Key, s);
        return new ResultPlan(Metrics, variants, points, pairs);
    }

    public static Point Point(params (string Name, double Value, string Unit)[] assignment) =>
        new(
            new PointKey(Hash64.Chain(1, [.. assignment.Select(a => a.Value)])),
            [.. assignment.Select(a => KeyValuePair.Create(a.Name, new ParameterValue(a.Value, null, a.Unit)))]
        );

    /// <summary>A draw in [0, 1) that belongs to a pair, the same for every variant.</summary>
    public static double Luck(PairKey pair, ulong stream = 0) =>
        new Philox(stream).Uniform(pair.Point.Value, (ulong)pair.Seed);

    public static RolloutResult Result(
        string variant,
        PairKey pair,
        double[] values,
        RolloutOutcome outcome = RolloutOutcome.Completed
    ) =>
        new(
            new RolloutKey(variant, pair.Point, pair.Seed),
            outcome,
            100,
            Hash64.Of(pair.Order, Hash64.OfText(variant)),
            "horizon",
            values
        );

    /// <summary>Every planned rollout, from a function of variant and pair.</summary>
    public static List<RolloutResult> All(ResultPlan plan, Func<string, PairKey, double[]> values) =>
        [.. from v in plan.Variants from p in plan.Pairs select Result(v.Name, p, values(v.Name, p))];

    public static ResultSet Set(ResultPlan plan, IEnumerable<RolloutResult> results)
    {
        var set = new ResultSet(plan);
        foreach (var result in results)
            set.Add(result);
        return set;
    }

    public static ResultSet Set(ResultPlan plan, Func<string, PairKey, double[]> values) =>
        Set(plan, All(plan, values));
}
