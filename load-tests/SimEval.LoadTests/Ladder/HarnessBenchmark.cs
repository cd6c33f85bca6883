using SimEval.Scenarios.Numerics;

namespace SimEval.LoadTests.Ladder;

/// <summary>The foot of the ladder: a loop against itself. If this is far from 1, no other figure of the day counts.</summary>
public sealed class HarnessBenchmark : IBenchmark
{
    private const int Steps = 10_000;
    private ulong _sum;

    /// <inheritdoc/>
    public string Name => "harness.overItself";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        var brief = budget with { Loop = TimeSpan.FromTicks(Math.Min(budget.Loop.Ticks, TimeSpan.TicksPerSecond / 2)) };
        var ratio = PairedRatio.Measure(PairedRatio.Repeat(Work), PairedRatio.Repeat(Work), brief);
        yield return Measurement.OfRatio(
            Name,
            ratio,
            0.9,
            "hashes/s",
            $"hash {_sum:x16} (only so that the work is done)"
        );
    }

    private long Work()
    {
        for (var i = 0; i < Steps; i++)
        {
            _sum = Hash64.Of(_sum, (ulong)i);
        }
        return Steps;
    }
}
