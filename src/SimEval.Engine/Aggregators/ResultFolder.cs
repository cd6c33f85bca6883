using SimEval.Engine.Scheduling;
using SimEval.Metrics;
using SimEval.Metrics.Results;
using SimEval.Scenarios;
using SimEval.Worlds;

namespace SimEval.Engine.Aggregators;

/// <summary>
/// Folds the results of a run as they come: each is completed with the reference's rollout of the same point and seed, once
/// both are there, and put into its place. What it holds is a function of the set, not of the order.
/// </summary>
public sealed class ResultFolder
{
    private readonly RunPlan plan;
    private readonly IWorldKind kind;
    private readonly Dictionary<PairKey, RolloutResult> references = [];
    private readonly Dictionary<PairKey, List<RolloutResult>> waiting = [];
    private readonly HashSet<RolloutKey> seen = [];

    /// <summary>An empty fold.</summary>
    public ResultFolder(RunPlan plan, IWorldKind kind)
    {
        this.plan = plan;
        this.kind = kind;
        Results = new ResultSet(plan.Results);
    }

    /// <summary>Completed results in their places.</summary>
    public ResultSet Results { get; }

    /// <summary>Rollouts seen, the uncounted reference's included.</summary>
    public int Seen => seen.Count;

    /// <summary>Frames of the rollouts seen.</summary>
    public long Frames { get; private set; }

    /// <summary>Folds a result in; one that is known is passed over.</summary>
    public void Add(RolloutResult result)
    {
        if (!seen.Add(result.Key))
            return;
        Frames += result.Frames;
        var pair = result.Key.Pair;
        if (result.Key.Variant == plan.Reference)
        {
            references[pair] = result;
            Complete(result, result);
            if (waiting.Remove(pair, out var others))
                foreach (var other in others)
                    Complete(other, result);
        }
        else if (references.TryGetValue(pair, out var reference))
        {
            Complete(result, reference);
        }
        else
        {
            if (!waiting.TryGetValue(pair, out var others))
                waiting[pair] = others = [];
            others.Add(result);
        }
    }

    private void Complete(RolloutResult result, RolloutResult reference)
    {
        if (plan.Results.VariantOf(result.Key.Variant) < 0)
            return;
        if (result.Outcome == RolloutOutcome.Completed && reference.Outcome == RolloutOutcome.Completed)
        {
            var values = result.Values.ToArray();
            kind.Complete(values, [.. reference.Values]);
            result = result with { Values = values };
        }

        Results.Add(result);
    }
}
