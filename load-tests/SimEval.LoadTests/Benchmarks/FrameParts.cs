using System.Diagnostics;
using System.Globalization;
using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.LoadTests.Ladder;
using SimEval.Worlds;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>What a frame costs by part, in microseconds of one thread.</summary>
/// <param name="World">A step of the world, its metrics included.</param>
/// <param name="Observation">One observation.</param>
/// <param name="Model">A frame's share of a forward over a batch of 64.</param>
internal sealed record FrameParts(double World, double Observation, double Model)
{
    private const int Batch = 64;

    /// <summary>Measures the parts on the first pairs of a plan.</summary>
    public static FrameParts Measure(ReadyScenario ready, RunPlan plan, int pairs)
    {
        var variant = ready.Variants.Values.First(v => v.Model is not null);
        using var session = variant.Model!.CreateSession(Batch);
        var (world, observation, frames) = (0L, 0L, 0L);
        var action = new float[1];
        foreach (var pair in plan.Pairs.Take(pairs))
        {
            var bound = ready.Worlds.Of(pair.Point);
            var episode = bound.Start(ready.Scenario.Seed, pair.Point, pair.Seed);
            if (action.Length != bound.Action.Size)
                action = new float[bound.Action.Size];
            while (!episode.IsOver)
            {
                var at = Stopwatch.GetTimestamp();
                for (var input = 0; input < variant.InputSources.Count; input++)
                    episode.Observe(variant.InputSources[input], session.Input(input, 0));
                var observed = Stopwatch.GetTimestamp();
                session.Run(1);
                session.Output(0).CopyTo(action);
                var inferred = Stopwatch.GetTimestamp();
                episode.Step(action);
                world += Stopwatch.GetTimestamp() - inferred;
                observation += observed - at;
                frames++;
            }
        }

        var forwards = (int)Math.Max(16, frames / Batch);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < forwards; i++)
            session.Run(Batch);
        var model = Stopwatch.GetTimestamp() - started;
        return new FrameParts(Micro(world, frames), Micro(observation, frames), Micro(model, (long)forwards * Batch));
    }

    /// <summary>The parts and, from the ratio, what the engine adds.</summary>
    public string Describe(Ratio ratio)
    {
        var cores = Environment.ProcessorCount;
        var (engine, bare) = (1e6 * cores / ratio.RateA, 1e6 * cores / ratio.RateB);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"a planner's frame on one thread: world and metrics {World:0.00} us, observation {Observation:0.00} us, model {Model:0.00} us; a frame of the run: bare {bare:0.00} us, engine adds {engine - bare:0.00} us"
        );
    }

    private static double Micro(long ticks, long count) => 1e6 * ticks / Stopwatch.Frequency / Math.Max(1, count);
}
