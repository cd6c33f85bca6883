using SimEval.Scenarios;

namespace SimEval.Engine.Runs;

/// <summary>Names of rollouts as people write them: "int8/gap=9,speed=30/7", or with the point's key, "int8/4f0c.../7".</summary>
public static class RolloutNames
{
    /// <summary>The name of a rollout, by its point's assignment.</summary>
    public static string Of(StoredRun run, RolloutKey key) =>
        $"{key.Variant}/{run.Plan.Results.PointOf(key.Point)}/{key.Seed}";

    /// <summary>The rollout of a name; null with what is wrong when there is none.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">"variant/point/seed"; the point as an assignment, a key, or a key's first digits (at least 4).</param>
    /// <param name="problem">What is wrong, and what would be right.</param>
    public static RolloutKey? Find(StoredRun run, string name, out string problem)
    {
        problem = "";
        var (first, last) = (name.IndexOf('/'), name.LastIndexOf('/'));
        if (first <= 0 || last <= first || !int.TryParse(name[(last + 1)..], out var seed))
        {
            problem = $"'{name}' is no rollout: write VARIANT/POINT/SEED, as in {Example(run)}";
            return null;
        }

        var (variant, point) = (name[..first], name[(first + 1)..last]);
        if (run.Plan.Results.VariantOf(variant) < 0)
        {
            problem =
                $"run {run.Id} has no variant '{variant}': {string.Join(", ", run.Plan.Results.Variants.Select(v => v.Name))}";
            return null;
        }

        var matches = run
            .Plan.Results.Points.Where(p =>
                p.ToString() == point
                || (point.Length >= 4 && p.Key.ToString().StartsWith(point, StringComparison.Ordinal))
            )
            .ToList();
        if (matches.Count != 1)
        {
            problem =
                matches.Count == 0
                    ? $"run {run.Id} has no point '{point}'; a rollout is named as in {Example(run)}"
                    : $"'{point}' fits {matches.Count} points of run {run.Id}; write more digits of the key";
            return null;
        }

        var key = new RolloutKey(variant, matches[0].Key, seed);
        if (run.Plan.Results.PairOf(key.Pair) >= 0)
            return key;
        problem = $"run {run.Id} has no seed {seed}: 0 to {run.Ready.Scenario.Seeds - 1}";
        return null;
    }

    private static string Example(StoredRun run) =>
        run.Plan.Pairs.Count == 0
            ? "expert/default/0"
            : Of(
                run,
                new RolloutKey(run.Plan.Results.Variants[0].Name, run.Plan.Pairs[0].Point, run.Plan.Pairs[0].Seed)
            );
}
