using SimEval.Scenarios;

namespace SimEval.Metrics.Results;

/// <summary>
/// The results of a run, filled in any order. Results are kept by their place in the plan, so that whatever is computed
/// from them is a function of the set. Not thread-safe.
/// </summary>
public sealed class ResultSet
{
    private readonly RolloutResult?[][] results;
    private int prefix;

    /// <summary>An empty set over a plan.</summary>
    public ResultSet(ResultPlan plan)
    {
        Plan = plan;
        results = [.. plan.Variants.Select(_ => new RolloutResult?[plan.Pairs.Count])];
    }

    /// <summary>What it is filled against.</summary>
    public ResultPlan Plan { get; }

    /// <summary>Results held.</summary>
    public int Count { get; private set; }

    /// <summary>Whether every planned rollout has a result.</summary>
    public bool IsComplete => CompletePairs == Plan.Pairs.Count;

    /// <summary>How many leading pairs of the fixed order have a result of every variant.</summary>
    public int CompletePairs
    {
        get
        {
            while (prefix < Plan.Pairs.Count && results.All(of => of[prefix] is not null))
                prefix++;
            return prefix;
        }
    }

    /// <summary>The result of a variant and a pair, by their places in the plan; null when there is none yet.</summary>
    public RolloutResult? this[int variant, int pair] => results[variant][pair];

    /// <summary>
    /// Adds a result. The same result again changes nothing; one that ran replaces one that did not (an infrastructure error, a
    /// cancellation), in whatever order they come. Returns false for a rollout that the plan does not count.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// Its number of values is not the registry's, or it contradicts an earlier result of the same rollout.
    /// </exception>
    public bool Add(RolloutResult result)
    {
        var variant = Plan.VariantOf(result.Key.Variant);
        var pair = Plan.PairOf(result.Key.Pair);
        if (variant < 0 || pair < 0)
            return false;
        if (Says(result.Outcome) && result.Values.Count != Plan.Metrics.Count)
        {
            throw new ArgumentException(
                $"Rollout {result.Key} has {result.Values.Count} values; the registry has {Plan.Metrics.Count} metrics.",
                nameof(result)
            );
        }

        ref var held = ref results[variant][pair];
        if (held is null)
        {
            held = result;
            Count++;
        }
        else if (Says(result.Outcome) && !Says(held.Outcome))
        {
            held = result;
        }
        else if (Says(result.Outcome) && !Same(held, result))
        {
            throw new ArgumentException($"Rollout {result.Key} has two different results.", nameof(result));
        }

        return true;
    }

    /// <summary>The set over the first pairs of the fixed order.</summary>
    public ResultSet Prefix(int pairs)
    {
        var cut = new ResultSet(Plan.Prefix(pairs));
        for (var variant = 0; variant < results.Length; variant++)
        {
            for (var pair = 0; pair < cut.Plan.Pairs.Count; pair++)
            {
                cut.results[variant][pair] = results[variant][pair];
                cut.Count += results[variant][pair] is null ? 0 : 1;
            }
        }

        return cut;
    }

    /// <summary>Outcomes of one variant.</summary>
    public OutcomeCounts CountOf(int variant)
    {
        int completed = 0,
            failed = 0,
            errors = 0,
            cancelled = 0,
            discarded = 0,
            missing = 0;
        foreach (var result in results[variant])
        {
            switch (result?.Outcome)
            {
                case null:
                    missing++;
                    break;
                case RolloutOutcome.Completed:
                    completed++;
                    break;
                case RolloutOutcome.ModelFailed:
                    failed++;
                    break;
                case RolloutOutcome.InfrastructureError:
                    errors++;
                    break;
                case RolloutOutcome.Cancelled:
                    cancelled++;
                    break;
                default:
                    discarded++;
                    break;
            }
        }

        return new OutcomeCounts(completed, failed, errors, cancelled, discarded, missing);
    }

    /// <summary>Outcomes of all variants.</summary>
    public OutcomeCounts CountAll() =>
        Enumerable.Range(0, results.Length).Aggregate(default(OutcomeCounts), (sum, v) => sum + CountOf(v));

    /// <summary>Every result that counts (completed, or failed by the model), in the fixed order: pair, then variant.</summary>
    public IEnumerable<RolloutResult> Counted()
    {
        for (var pair = 0; pair < Plan.Pairs.Count; pair++)
        {
            foreach (var of in results)
            {
                if (of[pair] is { } result && Says(result.Outcome))
                    yield return result;
            }
        }
    }

    // Whether an outcome says something about the model.
    private static bool Says(RolloutOutcome outcome) =>
        outcome is RolloutOutcome.Completed or RolloutOutcome.ModelFailed;

    private static bool Same(RolloutResult a, RolloutResult b) =>
        a.Outcome == b.Outcome
        && a.Checksum == b.Checksum
        && a.Frames == b.Frames
        && a.Values.Select(BitConverter.DoubleToInt64Bits)
            .SequenceEqual(b.Values.Select(BitConverter.DoubleToInt64Bits));
}
