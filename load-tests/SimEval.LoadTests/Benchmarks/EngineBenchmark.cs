using System.Diagnostics;
using System.Globalization;
using SimEval.Engine;
using SimEval.Engine.Runs;
using SimEval.Engine.Scheduling;
using SimEval.LoadTests.Ladder;
using SimEval.Node;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// The engine, persistence included, over a bare loop that does the same stepping, inference and measuring: what it costs
/// to keep everything.
/// </summary>
public sealed class EngineBenchmark : IBenchmark
{
    /// <inheritdoc/>
    public string Name => "engine.overBareLoop";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        var work = new ShippedCutIn(budget.Quick ? 1 : 60);
        var ready = work.Check();
        var data = Directory.CreateTempSubdirectory("simeval-bench-").FullName;
        try
        {
            var ratio = PairedRatio.Measure(Whole(() => Engine(work, data)), Whole(() => Bare(work)), budget);
            // Last, when all code is compiled as it will stay: what the loops spent most of their time in.
            var parts = FrameParts.Measure(ready, work.PlanOf(ready), budget.Quick ? 4 : 64);
            yield return Measurement.OfRatio(Name, ratio, 0.90, "frames/s", parts.Describe(ratio));
        }
        finally
        {
            // Not between the runs: a file system that has just deleted many files is slow to make new ones.
            Directory.Delete(data, recursive: true);
        }
    }

    // A loop of whole runs: their own clock counts, so that opening a data folder, which a bare loop has none of, does not.
    private static MeasuredLoop Whole(Func<(long Frames, TimeSpan Took)> once) =>
        duration =>
        {
            var (frames, took) = (0L, TimeSpan.Zero);
            do
            {
                var (more, longer) = once();
                frames += more;
                took += longer;
            } while (took < duration);
            return frames / took.TotalSeconds;
        };

    private static (long, TimeSpan) Engine(ShippedCutIn work, string data)
    {
        var folder = Path.Combine(data, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        return RunAsync(work, folder).GetAwaiter().GetResult();
    }

    private static async Task<(long, TimeSpan)> RunAsync(ShippedCutIn work, string folder)
    {
        await using var node = await SimEvalNode.OpenAsync(folder, work.Settings).ConfigureAwait(false);
        var ready = work.Check();
        var run = await node.Service.SubmitAsync(ready, null, "benchmark", folder).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        var outcome = await node
            .Service.ExecuteAsync(run, new ExecutionOptions(), null, CancellationToken.None)
            .ConfigureAwait(false);
        var took = Stopwatch.GetElapsedTime(started);
        return (outcome.Assessment!.SteppedFrames, took);
    }

    // The engine reads the submitted scenario again, so the bare loop reads it too.
    private static (long, TimeSpan) Bare(ShippedCutIn work)
    {
        var started = Stopwatch.GetTimestamp();
        var ready = work.Check();
        var frames = BareLoop.Run(ready, work.PlanOf(ready));
        return (frames, Stopwatch.GetElapsedTime(started));
    }
}
