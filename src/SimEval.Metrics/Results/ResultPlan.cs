using SimEval.Scenarios;

namespace SimEval.Metrics.Results;

/// <summary>
/// What a run is going to produce: its metrics, its variants, and its pairs of point and seed in the fixed order of looks.
/// Every statistic is a function of this plan and of the set of results, not of the order in which they came.
/// </summary>
public sealed class ResultPlan
{
    private readonly Dictionary<string, int> metricIndex;
    private readonly Dictionary<string, int> variantIndex;
    private readonly Dictionary<PairKey, int> pairIndex;
    private readonly Dictionary<PointKey, Point> points;

    /// <summary>
    /// A plan over given pairs, which are put in the fixed order: by <see cref="PairKey.Order"/>, then point, then seed.
    /// </summary>
    /// <param name="metrics">The registry, in the order of <see cref="RolloutResult.Values"/>.</param>
    /// <param name="variants">In declared order; names distinct.</param>
    /// <param name="points">Every point that a pair names.</param>
    /// <param name="pairs">Distinct pairs.</param>
    public ResultPlan(
        IReadOnlyList<MetricDefinition> metrics,
        IReadOnlyList<Variant> variants,
        IReadOnlyList<Point> points,
        IEnumerable<PairKey> pairs
    )
    {
        Metrics = metrics;
        Variants = variants;
        Points = points;
        Pairs = InFixedOrder(pairs);
        metricIndex = Index(metrics.Select(m => m.Name));
        variantIndex = Index(variants.Select(v => v.Name));
        pairIndex = Index(Pairs);
        this.points = points.ToDictionary(p => p.Key);
        (Unit, Clusters) = Cluster();
    }

    /// <summary>What the rollouts are clustered by.</summary>
    public ClusterUnit Unit { get; }

    /// <summary>The cluster of every pair, numbered from 0 in the fixed order.</summary>
    public IReadOnlyList<int> Clusters { get; }

    /// <summary>The registry, in the order of <see cref="RolloutResult.Values"/>.</summary>
    public IReadOnlyList<MetricDefinition> Metrics { get; }

    /// <summary>In declared order.</summary>
    public IReadOnlyList<Variant> Variants { get; }

    /// <summary>All points, in declared order.</summary>
    public IReadOnlyList<Point> Points { get; }

    /// <summary>The pairs that count, in the fixed order.</summary>
    public IReadOnlyList<PairKey> Pairs { get; }

    /// <summary>
    /// The plan of a scenario: every point with every seed, cut to its budget of rollouts in whole pairs of the fixed order.
    /// </summary>
    public static ResultPlan Of(Scenario scenario, IReadOnlyList<MetricDefinition> metrics)
    {
        var pairs = InFixedOrder(
            from point in scenario.Points
            from seed in Enumerable.Range(0, scenario.Seeds)
            select new PairKey(point.Key, seed)
        );
        var most = scenario.Budget.Rollouts is { } rollouts ? rollouts / scenario.Variants.Count : pairs.Count;
        return new ResultPlan(metrics, scenario.Variants, scenario.Points, pairs.Take(most));
    }

    /// <summary>The pairs sorted by <see cref="PairKey.Order"/>, then point, then seed.</summary>
    public static IReadOnlyList<PairKey> InFixedOrder(IEnumerable<PairKey> pairs) =>
        pairs.OrderBy(p => p.Order).ThenBy(p => p.Point.Value).ThenBy(p => p.Seed).ToArray();

    /// <summary>The same plan over its first pairs only.</summary>
    public ResultPlan Prefix(int pairs) => new(Metrics, Variants, Points, Pairs.Take(pairs));

    /// <summary>Index of a metric; -1 when the registry has none of that name.</summary>
    public int MetricOf(string name) => metricIndex.GetValueOrDefault(name, -1);

    /// <summary>Index of a variant; -1 when there is none of that name.</summary>
    public int VariantOf(string name) => variantIndex.GetValueOrDefault(name, -1);

    /// <summary>Place of a pair in the fixed order; -1 when it is not planned.</summary>
    public int PairOf(PairKey pair) => pairIndex.GetValueOrDefault(pair, -1);

    /// <summary>The point of a key.</summary>
    public Point PointOf(PointKey key) => points[key];

    // The coarsest unit of which there is more than one: files of a suite, else points, else (one point only) the pairs
    // themselves, since the question is then about that point.
    private (ClusterUnit Unit, int[] Clusters) Cluster()
    {
        var files = Points.Select(SuiteFile.Of).ToArray();
        if (!files.Contains(null) && files.Distinct().Count() > 1)
            return (ClusterUnit.File, Number(pair => SuiteFile.Of(points[pair.Point])!));
        return Points.Count > 1
            ? (ClusterUnit.Point, Number(pair => pair.Point.Value))
            : (ClusterUnit.Rollout, Number(pair => pair));
    }

    private int[] Number<T>(Func<PairKey, T> cluster)
        where T : notnull
    {
        var numbers = new Dictionary<T, int>();
        return
        [
            .. Pairs.Select(p => numbers.TryAdd(cluster(p), numbers.Count) ? numbers.Count - 1 : numbers[cluster(p)]),
        ];
    }

    private static Dictionary<T, int> Index<T>(IEnumerable<T> keys)
        where T : notnull
    {
        var index = new Dictionary<T, int>();
        foreach (var key in keys)
            index.Add(key, index.Count);
        return index;
    }
}
