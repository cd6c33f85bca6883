namespace SimEval.Models.Learning;

/// <summary>What a hidden layer applies to its sums.</summary>
public enum Activation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,
}

/// <summary>
/// A multi-layer perceptron in float32: hidden layers of one activation, a linear last layer. Parameters lie in one vector,
/// layer after layer, weights (in x out, row-major) before biases. Forward and gradient are the same bits on every
/// processor and for every batch size.
/// </summary>
public sealed class Mlp
{
    /// <summary>A network with parameters drawn from <paramref name="normal"/>: He (2015) for ReLU, Glorot (2010) for tanh.</summary>
    /// <param name="sizes">Input size, hidden sizes, output size.</param>
    /// <param name="activation">Of hidden layers.</param>
    /// <param name="normal">A standard normal draw for each parameter's index.</param>
    public Mlp(IReadOnlyList<int> sizes, Activation activation, Func<int, double> normal)
    {
        if (sizes.Count < 2 || sizes.Any(size => size < 1))
            throw new ArgumentException("a network has an input and an output of at least one element each");
        Sizes = sizes;
        Activation = activation;
        Parameters = new float[Enumerable.Range(0, Layers).Sum(layer => (sizes[layer] + 1) * sizes[layer + 1])];
        for (var layer = 0; layer < Layers; layer++)
        {
            var hidden = layer < Layers - 1;
            var gain = hidden && activation == Activation.Relu ? 2.0 : 1.0;
            // A small last layer starts the policy near its mean action.
            var deviation = Math.Sqrt(gain / sizes[layer]) * (hidden ? 1 : 0.1);
            var weights = Weights(Parameters, layer);
            var first = WeightsStart(layer);
            for (var i = 0; i < weights.Length; i++)
                weights[i] = (float)(deviation * normal(first + i));
        }
    }

    /// <summary>Input size, hidden sizes, output size.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>Of hidden layers.</summary>
    public Activation Activation { get; }

    /// <summary>Number of layers of weights.</summary>
    public int Layers => Sizes.Count - 1;

    /// <summary>All parameters.</summary>
    public float[] Parameters { get; }

    /// <summary>A layer's weights within a vector of parameters (or of their gradient): (in, out).</summary>
    public Span<float> Weights(float[] parameters, int layer) =>
        parameters.AsSpan(WeightsStart(layer), Sizes[layer] * Sizes[layer + 1]);

    /// <summary>A layer's biases within a vector of parameters.</summary>
    public Span<float> Biases(float[] parameters, int layer) =>
        parameters.AsSpan(WeightsStart(layer) + Sizes[layer] * Sizes[layer + 1], Sizes[layer + 1]);

    /// <summary>Outputs of a batch; the span is valid until the workspace's next use.</summary>
    /// <param name="input">(batch, in), row-major.</param>
    /// <param name="batch">Rows, at most the workspace's.</param>
    /// <param name="work">Scratch memory.</param>
    public ReadOnlySpan<float> Forward(ReadOnlySpan<float> input, int batch, MlpWorkspace work)
    {
        var from = input[..(batch * Sizes[0])];
        for (var layer = 0; layer < Layers; layer++)
        {
            var width = Sizes[layer + 1];
            var sums = work.Activations[layer].AsSpan(0, batch * width);
            var biases = Biases(Parameters, layer);
            for (var row = 0; row < batch; row++)
                biases.CopyTo(sums[(row * width)..]);
            MatrixProduct.Accumulate(
                sums,
                new MatrixView(from, Sizes[layer], 1),
                Weights(Parameters, layer),
                batch,
                width,
                Sizes[layer]
            );
            if (layer < Layers - 1)
                Activate(sums);
            from = sums;
        }

        return from;
    }

    /// <summary>
    /// Adds to <paramref name="gradient"/> the gradient of the weighted squared error, the sum over rows and outputs of
    /// w[row, output] (y - target)^2 / 2, and returns that error.
    /// </summary>
    /// <param name="input">(batch, in).</param>
    /// <param name="target">(batch, out).</param>
    /// <param name="weight">(batch, out).</param>
    /// <param name="batch">Rows.</param>
    /// <param name="gradient">Laid out as <see cref="Parameters"/>.</param>
    /// <param name="work">Scratch memory.</param>
    public double AddGradient(
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> target,
        ReadOnlySpan<float> weight,
        int batch,
        float[] gradient,
        MlpWorkspace work
    )
    {
        var output = Forward(input, batch, work);
        var error = 0.0;
        var delta = work.Deltas[Layers - 1].AsSpan(0, batch * Sizes[^1]);
        for (var i = 0; i < delta.Length; i++)
        {
            var residual = output[i] - target[i];
            delta[i] = weight[i] * residual;
            error += 0.5 * delta[i] * residual;
        }

        for (var layer = Layers - 1; layer >= 0; layer--)
            BackThrough(layer, input, batch, gradient, work);
        return error;
    }

    private void BackThrough(int layer, ReadOnlySpan<float> input, int batch, float[] gradient, MlpWorkspace work)
    {
        var (from, to) = (Sizes[layer], Sizes[layer + 1]);
        var delta = work.Deltas[layer].AsSpan(0, batch * to);
        var below = layer == 0 ? input[..(batch * from)] : work.Activations[layer - 1].AsSpan(0, batch * from);
        // dW = X' D, a product whose left side is X read by columns.
        MatrixProduct.Accumulate(Weights(gradient, layer), new MatrixView(below, 1, from), delta, from, to, batch);
        var biases = Biases(gradient, layer);
        for (var i = 0; i < delta.Length; i++)
            biases[i % to] += delta[i];
        if (layer == 0)
            return;
        var transposed = work.Transposed.AsSpan(0, from * to);
        var weights = Weights(Parameters, layer);
        for (var i = 0; i < from; i++)
        {
            for (var j = 0; j < to; j++)
                transposed[j * from + i] = weights[i * to + j];
        }

        var previous = work.Deltas[layer - 1].AsSpan(0, batch * from);
        previous.Clear();
        MatrixProduct.Accumulate(previous, new MatrixView(delta, to, 1), transposed, batch, from, to);
        for (var i = 0; i < previous.Length; i++)
            previous[i] *= Activation == Activation.Relu ? (below[i] > 0 ? 1 : 0) : 1 - below[i] * below[i];
    }

    private void Activate(Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = Activation == Activation.Relu ? Math.Max(values[i], 0) : (float)HyperbolicTangent.Of(values[i]);
    }

    private int WeightsStart(int layer) =>
        Enumerable.Range(0, layer).Sum(below => (Sizes[below] + 1) * Sizes[below + 1]);
}

/// <summary>Scratch memory of forward and gradient, for one thread.</summary>
public sealed class MlpWorkspace
{
    /// <summary>For batches of at most <paramref name="batch"/> rows.</summary>
    public MlpWorkspace(Mlp network, int batch)
    {
        Activations = [.. network.Sizes.Skip(1).Select(size => new float[batch * size])];
        Deltas = [.. network.Sizes.Skip(1).Select(size => new float[batch * size])];
        Transposed = new float[Enumerable.Range(0, network.Layers).Max(l => network.Sizes[l] * network.Sizes[l + 1])];
    }

    internal float[][] Activations { get; }

    internal float[][] Deltas { get; }

    internal float[] Transposed { get; }
}
