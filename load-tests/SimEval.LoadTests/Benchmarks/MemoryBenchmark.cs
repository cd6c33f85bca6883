using System.Diagnostics;
using System.Globalization;
using SimEval.Engine;
using SimEval.Engine.Aggregators;
using SimEval.Engine.Scheduling;
using SimEval.LoadTests.Ladder;
using SimEval.Node;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>Peak memory of a process with 1,000 rollouts in flight, and whether it grows over a longer run.</summary>
public sealed class MemoryBenchmark : IBenchmark
{
    /// <inheritdoc/>
    public string Name => "engine.memory";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        var work = new ShippedCutIn(budget.Quick ? 1 : 80);
        var data = Directory.CreateTempSubdirectory("simeval-bench-").FullName;
        try
        {
            var samples = WatchAsync(work, data).GetAwaiter().GetResult();
            // The first third fills the pools and settles the collector: what comes after must stay level.
            var third = samples.Count / 3;
            var (early, late) = (Peak(samples.Skip(third).Take(third)), Peak(samples.Skip(2 * third)));
            yield return new Measurement(
                "engine.memoryPeak",
                Peak(samples),
                500,
                GoalDirection.AtMost,
                "MB",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"resident, 1,000 rollouts in flight; peak of the middle third {early:0} MB, of the last {late:0} MB"
                )
            );
            yield return new Measurement(
                "engine.memoryGrowth",
                early > 0 ? late / early : double.NaN,
                1.1,
                GoalDirection.AtMost,
                "ratio",
                "peak of the run's last third over that of its middle third"
            );
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static double Peak(IEnumerable<double> megabytes) => megabytes.DefaultIfEmpty(double.NaN).Max();

    private static async Task<List<double>> WatchAsync(ShippedCutIn work, string data)
    {
        var settings = work.Settings with { Engine = work.Settings.Engine with { RolloutsInFlight = 1000 } };
        await using var node = await SimEvalNode.OpenAsync(data, settings).ConfigureAwait(false);
        var run = await node.Service.SubmitAsync(work.Check(), null, "benchmark", "memory").ConfigureAwait(false);
        var going = node.Service.ExecuteAsync(run, new ExecutionOptions(), null, CancellationToken.None);
        var samples = new List<double>();
        using var process = Process.GetCurrentProcess();
        while (
            await Task.WhenAny(going, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System))
                .ConfigureAwait(false) != going
        )
        {
            process.Refresh();
            samples.Add(process.WorkingSet64 / 1e6);
        }

        await going.ConfigureAwait(false);
        process.Refresh();
        samples.Add(process.WorkingSet64 / 1e6);
        return samples;
    }
}
