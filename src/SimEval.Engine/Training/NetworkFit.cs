using SimEval.Models.Learning;
using SimEval.Scenarios.Numerics;

namespace SimEval.Engine.Training;

/// <summary>
/// Fits a network to rows by Adam. A batch is cut into shards of fixed size, whose gradients are summed in their order, so
/// that the result does not depend on the number of threads.
/// </summary>
internal sealed class NetworkFit
{
    private const int ShardRows = 128;

    private readonly Mlp network;
    private readonly TrainingOptions options;
    private readonly Adam adam;
    private readonly Shard[] shards;
    private readonly float[] gradient;
    private ulong pass;

    /// <summary>For a network.</summary>
    public NetworkFit(Mlp network, TrainingOptions options)
    {
        (this.network, this.options) = (network, options);
        adam = new Adam(network.Parameters.Length, options.WeightDecay);
        gradient = new float[network.Parameters.Length];
        shards =
        [
            .. Enumerable.Range(0, (options.BatchRows + ShardRows - 1) / ShardRows).Select(_ => new Shard(network)),
        ];
    }

    /// <summary>
    /// Passes over all rows in random order, the step size falling to zero along half a cosine; returns the mean squared
    /// error of the last pass.
    /// </summary>
    /// <param name="inputs">(rows, in), normalised.</param>
    /// <param name="targets">(rows, out), normalised.</param>
    /// <param name="epochs">Number of passes.</param>
    /// <param name="cancellation">Stops it.</param>
    public double Run(float[] inputs, float[] targets, int epochs, CancellationToken cancellation)
    {
        var rows = inputs.Length / network.Sizes[0];
        var order = Enumerable.Range(0, rows).ToArray();
        var batches = (rows + options.BatchRows - 1) / options.BatchRows;
        var error = double.NaN;
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            cancellation.ThrowIfCancellationRequested();
            Shuffle(order);
            error = 0;
            for (var batch = 0; batch < batches; batch++)
            {
                var share = (epoch * batches + batch) / (double)(epochs * batches);
                var step = options.StepSize * (1 + PureMath.Cos(Math.PI * share)) / 2;
                var from = batch * options.BatchRows;
                var chosen = order.AsMemory(from, Math.Min(options.BatchRows, rows - from));
                error += Step(inputs, targets, chosen, step);
            }

            error *= 2.0 / ((double)rows * network.Sizes[^1]);
        }

        return error;
    }

    private double Step(float[] inputs, float[] targets, ReadOnlyMemory<int> chosen, double step)
    {
        var used = (chosen.Length + ShardRows - 1) / ShardRows;
        Parallel.For(
            0,
            used,
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads },
            i =>
            {
                var rows = chosen.Span.Slice(i * ShardRows, Math.Min(ShardRows, chosen.Length - i * ShardRows));
                shards[i].Run(network, inputs, targets, rows);
            }
        );
        Array.Clear(gradient);
        var error = 0.0;
        var scale = 1f / chosen.Length;
        for (var i = 0; i < used; i++)
        {
            error += shards[i].Error;
            var part = shards[i].Gradient;
            for (var k = 0; k < gradient.Length; k++)
                gradient[k] += part[k] * scale;
        }

        adam.Step(network.Parameters, gradient, step);
        return error;
    }

    /// <summary>Fisher and Yates, from a fresh stream for every pass.</summary>
    private void Shuffle(int[] order)
    {
        var draws = new Philox(Hash64.Of(options.Seed, Hash64.OfText("order"), pass++));
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = (int)draws.Below((uint)i + 1, (ulong)i);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }

    private sealed class Shard(Mlp network)
    {
        private readonly MlpWorkspace work = new(network, ShardRows);
        private readonly float[] input = new float[ShardRows * network.Sizes[0]];
        private readonly float[] target = new float[ShardRows * network.Sizes[^1]];
        private readonly float[] weight = [.. Enumerable.Repeat(1f, ShardRows * network.Sizes[^1])];

        public float[] Gradient { get; } = new float[network.Parameters.Length];

        public double Error { get; private set; }

        public void Run(Mlp network, float[] inputs, float[] targets, ReadOnlySpan<int> rows)
        {
            var (wide, narrow) = (network.Sizes[0], network.Sizes[^1]);
            for (var i = 0; i < rows.Length; i++)
            {
                inputs.AsSpan(rows[i] * wide, wide).CopyTo(input.AsSpan(i * wide));
                targets.AsSpan(rows[i] * narrow, narrow).CopyTo(target.AsSpan(i * narrow));
            }

            Array.Clear(Gradient);
            Error = network.AddGradient(input, target, weight, rows.Length, Gradient, work);
        }
    }
}
