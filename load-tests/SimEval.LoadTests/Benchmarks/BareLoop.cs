using SimEval.Engine.Executors;
using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.Scenarios;
using SimEval.Worlds;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// What a person would write who wants nothing but the numbers: one thread a core, each with a session of its own and as
/// many rollouts side by side as a batch holds. Observes, infers, steps, folds the same metrics; keeps nothing.
/// </summary>
internal static class BareLoop
{
    private const int Batch = 64;

    /// <summary>Runs the whole plan; returns the frames stepped.</summary>
    public static long Run(ReadyScenario ready, RunPlan plan)
    {
        var frames = 0L;
        foreach (var variant in plan.Variants.Select(v => ready.Variants[v.Variant.Name]))
        {
            var next = -1;
            var threads = Enumerable
                .Range(0, Environment.ProcessorCount)
                .Select(_ => new Thread(() =>
                {
                    var stepped = variant.Model is null
                        ? WithPolicy(ready, plan, variant.Policy!, () => Interlocked.Increment(ref next))
                        : WithModel(ready, plan, variant, () => Interlocked.Increment(ref next));
                    Interlocked.Add(ref frames, stepped);
                }))
                .ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
        }

        return frames;
    }

    private static long WithPolicy(ReadyScenario ready, RunPlan plan, Func<IWorld, IPolicy> create, Func<int> take)
    {
        var frames = 0L;
        var values = new double[plan.Results.Metrics.Count];
        for (var index = take(); index < plan.Pairs.Count; index = take())
        {
            var world = ready.Worlds.Of(plan.Pairs[index].Point);
            var episode = Start(ready, plan.Pairs[index]);
            var policy = create(world);
            var action = new float[world.Action.Size];
            while (!episode.IsOver)
            {
                policy.Act(episode, action);
                episode.Step(action);
                frames++;
            }

            episode.Measure(values);
        }

        return frames;
    }

    private static long WithModel(ReadyScenario ready, RunPlan plan, PreparedVariant variant, Func<int> take)
    {
        var frames = 0L;
        var values = new double[plan.Results.Metrics.Count];
        using var session = variant.Model!.CreateSession(Batch);
        var active = new List<IEpisode>(Batch);
        while (true)
        {
            while (active.Count < Batch && take() is var index && index < plan.Pairs.Count)
                active.Add(Start(ready, plan.Pairs[index]));
            if (active.Count == 0)
                return frames;
            for (var slot = 0; slot < active.Count; slot++)
            for (var input = 0; input < variant.InputSources.Count; input++)
                active[slot].Observe(variant.InputSources[input], session.Input(input, slot));
            session.Run(active.Count);
            for (var slot = 0; slot < active.Count; slot++)
                active[slot].Step(session.Output(slot));
            frames += active.Count;
            for (var slot = active.Count - 1; slot >= 0; slot--)
            {
                if (!active[slot].IsOver)
                    continue;
                active[slot].Measure(values);
                active[slot] = active[^1];
                active.RemoveAt(active.Count - 1);
            }
        }
    }

    private static IEpisode Start(ReadyScenario ready, PairKey pair) =>
        ready.Worlds.Of(pair.Point).Start(ready.Scenario.Seed, pair.Point, pair.Seed);
}
