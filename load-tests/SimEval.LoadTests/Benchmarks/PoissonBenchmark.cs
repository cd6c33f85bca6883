using System.Diagnostics;
using System.Globalization;
using SimEval.LoadTests.Ladder;
using SimEval.Scenarios.Numerics;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// How evenly a lane's executor answers: frames of a perceptron arrive as a Poisson process at half of what the executor can
/// do at full batches, and each frame's time runs from its arrival, whether or not the lane was ready for it. The 99th
/// percentile over the median. Every round serves the same arrivals by the executor, then by a bare loop that takes what has
/// arrived and does the forward alone, and then only reads the clock: what the machine itself does to a thread.
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
        var part = budget.Loop / 2;
        using var executor = new ExecutorLoop(Perceptron.Bytes(), 48, 12, Batch, Slots);
        using var bare = new BareRuntimeLoop(Perceptron.Bytes(), 48, 12, Batch);
        var ours = new ExecutorServer(executor);
        var floor = new BareServer(bare);
        List<Tail> tails = [],
            floors = [];
        var stalls = new Stalls();
        var rates = new List<double>();
        // A round that does not count, so that everything is compiled.
        for (var round = -1; round < budget.Pairs; round++)
        {
            var rate = Load * PairedRatio.Repeat(executor.Step)(part / 5);
            var arrivals = Arrivals(rate, part, (ulong)(round + 1));
            var times = new double[arrivals.Length];
            GC.Collect();
            var tail = Serve(ours, arrivals, times);
            var under = Serve(floor, arrivals, times);
            if (round < 0)
                continue;
            stalls.Watch(part / 2);
            tails.Add(tail);
            floors.Add(under);
            rates.Add(rate);
        }

        yield return new Measurement(
            Name,
            PairedRatio.Median([.. tails.Select(tail => tail.Ratio)]),
            4,
            GoalDirection.AtMost,
            "ratio",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Tail.Describe(tails)} over {tails.Count} rounds at {PairedRatio.Median(rates):N0} frames/s; a bare loop over the same arrivals {Tail.Describe(floors)}; {stalls}"
            )
        );
    }

    // Microseconds from arrival to action of every frame.
    private static Tail Serve(IServer server, double[] arrivals, double[] times)
    {
        var (next, done) = (0, 0);
        var microsecond = Stopwatch.Frequency / 1e6;
        var start = Stopwatch.GetTimestamp();
        while (done < arrivals.Length)
        {
            var now = (Stopwatch.GetTimestamp() - start) / microsecond;
            while (next < arrivals.Length && arrivals[next] <= now && server.Accept())
                next++;

            // Frames run in the order in which they were accepted.
            var ran = server.Run();
            if (ran == 0)
                continue;
            var ended = (Stopwatch.GetTimestamp() - start) / microsecond;
            for (; ran > 0; ran--, done++)
                times[done] = ended - arrivals[done];
        }

        return Tail.Of(times);
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

    /// <summary>Serves frames in the order in which they come.</summary>
    private interface IServer
    {
        /// <summary>Takes a frame that has arrived; false while there is no room for it.</summary>
        bool Accept();

        /// <summary>One forward over the oldest frames; how many it took.</summary>
        int Run();
    }

    private sealed class ExecutorServer(ExecutorLoop loop) : IServer
    {
        private readonly Queue<int> running = new(Slots);

        public bool Accept()
        {
            var slot = loop.Executor.Acquire();
            if (slot < 0)
                return false;
            loop.Submit(slot);
            running.Enqueue(slot);
            return true;
        }

        public int Run()
        {
            var ran = loop.Executor.RunReady();
            for (var i = 0; i < ran; i++)
            {
                var slot = running.Dequeue();
                loop.Take(slot);
                loop.Executor.Release(slot);
            }

            return ran;
        }
    }

    private sealed class BareServer(BareRuntimeLoop loop) : IServer
    {
        private int waiting;

        public bool Accept()
        {
            waiting++;
            return true;
        }

        public int Run()
        {
            var ran = Math.Min(waiting, Batch);
            if (ran > 0)
                loop.Step(ran);
            waiting -= ran;
            return ran;
        }
    }

    /// <summary>Percentiles of one round, in microseconds.</summary>
    private sealed record Tail(double P50, double P99)
    {
        public double Ratio => P99 / P50;

        public static Tail Of(double[] times)
        {
            Array.Sort(times);
            return new Tail(times[times.Length / 2], times[(int)(times.Length * 0.99)]);
        }

        public static string Describe(List<Tail> tails)
        {
            var ratios = tails.ConvertAll(tail => tail.Ratio);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{PairedRatio.Median(ratios):0.0} ({ratios.Min():0.0} to {ratios.Max():0.0}; p50 {PairedRatio.Median([.. tails.Select(t => t.P50)]):0.0} us, p99 {PairedRatio.Median([.. tails.Select(t => t.P99)]):0.0} us)"
            );
        }
    }

    /// <summary>Gaps between readings of the clock, weighted by their length: what a frame that arrives at any moment falls into.</summary>
    private sealed class Stalls
    {
        private readonly List<double> gaps = new(1 << 16);
        private double watched;

        public void Watch(TimeSpan duration)
        {
            var microsecond = Stopwatch.Frequency / 1e6;
            var (start, before) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp());
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                var now = Stopwatch.GetTimestamp();
                if (now - before > microsecond)
                    gaps.Add((now - before) / microsecond);
                before = now;
            }

            watched += duration.TotalMicroseconds;
        }

        public override string ToString() =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"between rounds a thread that only reads the clock stands still for {Within(0.01):0.0} us or more in 1% of its time, {Within(0.001):0.0} us in 0.1%, at most {gaps.Append(0).Max():0} us"
            );

        private double Within(double share)
        {
            var left = share * watched;
            foreach (var gap in gaps.OrderDescending())
            {
                left -= gap;
                if (left <= 0)
                    return gap;
            }

            return 1;
        }
    }
}
