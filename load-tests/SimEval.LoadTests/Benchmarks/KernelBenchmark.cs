using System.Globalization;
using SimEval.Devices.Kernels;
using SimEval.LoadTests.Ladder;
using SimEval.Scenarios;
using SimEval.Scenarios.Numerics;

namespace SimEval.LoadTests.Benchmarks;

/// <summary>
/// The collision kernel's share of memory bandwidth: bytes a second that it has to move, over those of a plain copy on the
/// same device in the same run. Each number of the batch is counted once.
/// </summary>
public sealed class KernelBenchmark : IBenchmark
{
    private const int Agents = 32;

    // What a change must not undercut on a processor (PoCL); measured values are in docs/benchmarks.md.
    private const double Goal = 0.04;

    /// <inheritdoc/>
    public string Name => "kernels.bandwidthShare";

    /// <inheritdoc/>
    public IEnumerable<Measurement> Run(BenchmarkBudget budget, TextWriter log)
    {
        using var kernel = Open();
        // Four times a large cache, so that memory is what is measured.
        var batch = Scenes(budget.Quick ? 256 : 1 << 16);
        kernel.Load(batch);
        var ratio = PairedRatio.Measure(
            PairedRatio.Repeat(() =>
            {
                kernel.Run();
                return batch.Bytes;
            }),
            PairedRatio.Repeat(kernel.Copy),
            budget
        );
        yield return Measurement.OfRatio(
            Name,
            ratio,
            Goal,
            "bytes/s",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{kernel.Device}; {batch.Rollouts:N0} rollouts of {Agents} agents, {ratio.RateA / batch.Bytes * batch.Rollouts * Agents:N0} pairs of boxes a second"
            )
        );
    }

    // A GPU through its own driver where there is one.
    private static ICollisionKernel Open()
    {
        try
        {
            return CudaCollisions.Open();
        }
        catch (KernelException)
        {
            try
            {
                return OpenClCollisions.Open();
            }
            catch (KernelException absent)
            {
                throw new BenchmarkUnavailableException(absent.Message);
            }
        }
    }

    // A road's traffic: lanes, gaps of some ten metres, speeds about the ego's.
    private static CollisionBatch Scenes(int rollouts)
    {
        var batch = new CollisionBatch(rollouts, Agents);
        var agents = new MovingBox[Agents];
        for (var rollout = 0; rollout < rollouts; rollout++)
        {
            var random = Philox.ForStream(1, new PointKey(1), rollout, "kernels");
            for (var i = 0; i < Agents; i++)
            {
                var place = ((i / 3) - 5) * 25 + (20 * random.Uniform((ulong)i, 0));
                var speed = 20 + (10 * random.Uniform((ulong)i, 1));
                agents[i] = new MovingBox(place, 3.5 * ((i % 3) - 1), 1, 0, speed, 2.25, 0.9);
            }

            batch.Set(rollout, new MovingBox(0, 0, 1, 0, 25, 2.25, 0.9), agents);
        }

        return batch;
    }
}
