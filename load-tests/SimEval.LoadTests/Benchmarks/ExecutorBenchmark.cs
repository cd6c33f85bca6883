using SimEval.LoadTests.Ladder;
using SimEval.Models.Onnx;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// Frames a second through a lane's executor (observations written, queued, run in one forward, actions taken, every stage
/// timed) over those of a bare ONNX Runtime loop that does the forwards alone; and the time that this adds to a frame of a model
/// of almost nothing.
/// </summary>
public sealed class ExecutorBenchmark : IBenchmark
{
    private const int Slices = 40;

    /// <inheritdoc/>
    public string Name => "executor.overBareLoop";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        foreach (var batch in (int[])[64, 256])
            yield return Measurement.OfRatio(
                $"{Name}.batch{batch}",
                Measure(Perceptron.Bytes(), 48, 12, batch, budget),
                0.95,
                "frames/s",
                $"48-256-256-12 at batch {batch}"
            );
        // A difference of a fortieth of a frame needs slices that the machine disturbs alike.
        var slices = budget with
        {
            Pairs = budget.Pairs * Slices,
            Loop = budget.Loop / Slices,
        };
        foreach (var batch in (int[])[1, 64])
        {
            var tiny = Measure(Tiny(), 8, 2, batch, slices);
            yield return new Measurement(
                $"executor.addedPerFrame.batch{batch}",
                1e6 / tiny.RateB * (1 / tiny.Median - 1),
                0.2,
                GoalDirection.AtMost,
                "us",
                tiny.Describe("frames/s", $"a product of 8 x 2 at batch {batch}")
            );
        }
    }

    private static Ratio Measure(byte[] model, int observed, int acted, int batch, BenchmarkBudget budget)
    {
        using var executor = new ExecutorLoop(model, observed, acted, batch, batch);
        using var bare = new BareRuntimeLoop(model, observed, acted, batch);
        return PairedRatio.Measure(PairedRatio.Repeat(executor.Step), PairedRatio.Repeat(bare.Step), budget);
    }

    private static byte[] Tiny() =>
        new OnnxBuilder("tiny")
            .Input("observation", ["batch", "8"])
            .Output("action", ["batch", "2"])
            .Constant("weights", [8, 2], [.. Enumerable.Range(0, 16).Select(i => i / 16f)])
            .Node("MatMul", ["observation", "weights"], ["action"])
            .ToBytes();
}
