using System.Diagnostics;
using System.Globalization;
using SimEval.LoadTests.Ladder;
using SimEval.Scenarios.Numerics;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// How evenly a lane's executor answers: frames of a perceptron arrive as a Poisson process at half of what the executor can
/// do at full batches, and each frame's time runs from its arrival, whether or not the lane was ready for it. The 99th
/// percentile over the median. Beside it, what the machine itself does to a thread that only reads the clock.
/// </summary>
public sealed class PoissonBenchmark : IBenchmark
{
    private const int Batch = 64;
    private const int Slots = 4096;
    private const double Load = 0.5;

    /// <inheritdoc/>
    public string Name => "executor.poissonP99OverP50";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        var part = budget.Quick ? budget.Loop : TimeSpan.FromSeconds(5);
        using var loop = new ExecutorLoop(Perceptron.Bytes(), 48, 12, Batch, Slots);
        PairedRatio.Repeat(loop.Step)(part / 5);
        var capacity = PairedRatio.Repeat(loop.Step)(part / 5);
        var ratios = new List<double>();
        var medians = new List<double>();
        for (var round = 0; round < budget.Pairs; round++)
        {
            var (p50, p99) = Percentiles(Serve(loop, Load * capacity, part / budget.Pairs * 2, (ulong)round));
            ratios.Add(p99 / p50);
            medians.Add(p50);
        }

        var (stall99, stall999, longest) = Stalls(part);
        yield return new Measurement(
            Name,
            PairedRatio.Median(ratios),
            4,
            GoalDirection.AtMost,
            "ratio",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{ratios.Min():0.0} to {ratios.Max():0.0} over {ratios.Count} rounds; p50 {PairedRatio.Median(medians):0.0} us at {Load * capacity:N0} of {capacity:N0} frames/s; a thread that only reads the clock stands still for {stall99:0.0} us or more in 1% of its time, {stall999:0.0} us in 0.1%, at most {longest:0} us"
            )
        );
    }

    // Microseconds from arrival to action, of every frame of the time given.
    private static double[] Serve(ExecutorLoop loop, double rate, TimeSpan duration, ulong seed)
    {
        var executor = loop.Executor;
        var arrivals = Arrivals(rate, duration, seed);
        var times = new double[arrivals.Length];
        var running = new Queue<(int Slot, int Frame)>(Slots);
        var (next, done) = (0, 0);
        var microsecond = Stopwatch.Frequency / 1e6;
        var start = Stopwatch.GetTimestamp();
        while (done < arrivals.Length)
        {
            var now = (Stopwatch.GetTimestamp() - start) / microsecond;
            while (next < arrivals.Length && arrivals[next] <= now && executor.Acquire() is >= 0 and var slot)
            {
                loop.Submit(slot);
                running.Enqueue((slot, next++));
            }

            // Frames run in the order in which they were submitted.
            for (var ran = executor.RunReady(); ran > 0; ran--)
            {
                var (slot, frame) = running.Dequeue();
                loop.Take(slot);
                executor.Release(slot);
                times[frame] = (Stopwatch.GetTimestamp() - start) / microsecond - arrivals[frame];
                done++;
            }
        }

        return times;
    }

    private static double[] Arrivals(double rate, TimeSpan duration, ulong seed)
    {
        var draws = new Philox(seed);
        var arrivals = new double[Math.Max(1, (int)(rate * duration.TotalSeconds))];
        var at = 0.0;
        for (var i = 0; i < arrivals.Length; i++)
            arrivals[i] = at += -Math.Log(1 - draws.Uniform((ulong)i, 0)) * 1e6 / rate;
        return arrivals;
    }

    private static (double P50, double P99) Percentiles(double[] times)
    {
        Array.Sort(times);
        return (times[times.Length / 2], times[(int)(times.Length * 0.99)]);
    }

    // Gaps between readings of the clock, weighted by their length: what a frame that arrives at any moment falls into.
    private static (double P99, double P999, double Longest) Stalls(TimeSpan duration)
    {
        var gaps = new List<double>();
        var microsecond = Stopwatch.Frequency / 1e6;
        var (start, before) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            var now = Stopwatch.GetTimestamp();
            if (now - before > microsecond)
                gaps.Add((now - before) / microsecond);
            before = now;
        }

        gaps.Sort();
        return (Within(0.01), Within(0.001), gaps.Count == 0 ? 0 : gaps[^1]);

        double Within(double share)
        {
            var left = share * duration.TotalMicroseconds;
            for (var i = gaps.Count - 1; i >= 0; i--)
            {
                left -= gaps[i];
                if (left <= 0)
                    return gaps[i];
            }

            return 1;
        }
    }
}
