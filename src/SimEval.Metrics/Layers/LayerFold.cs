using SimEval.Scenarios.Numerics;

namespace SimEval.Metrics.Layers;

/// <summary>Folds one layer's values, frame by frame, into its <see cref="LayerDifference"/>.</summary>
/// <param name="name">The layer.</param>
public sealed class LayerFold(string name)
{
    private double signal;
    private double noise;
    private double largest;
    private long elements;
    private long differing;

    /// <summary>Adds one frame's values; of unequal length, they differ without measure.</summary>
    /// <param name="reference">The reference's elements.</param>
    /// <param name="other">The other build's, in the same order.</param>
    public void Add(ReadOnlySpan<double> reference, ReadOnlySpan<double> other)
    {
        elements += reference.Length;
        if (reference.Length != other.Length)
        {
            (noise, largest) = (double.PositiveInfinity, double.PositiveInfinity);
            differing += reference.Length;
            return;
        }

        for (var i = 0; i < reference.Length; i++)
        {
            var (a, b) = (reference[i], other[i]);
            var isFinite = double.IsFinite(a);
            if (isFinite)
                signal += a * a;
            if (a.Equals(b) || a == b)
                continue;
            var error = isFinite && double.IsFinite(b) ? Math.Abs(a - b) : double.PositiveInfinity;
            noise += error * error;
            differing++;
            largest = Math.Max(largest, error);
        }
    }

    /// <summary>The difference over all frames added.</summary>
    public LayerDifference Finish()
    {
        var sqnr =
            largest == 0 ? double.PositiveInfinity
            : double.IsInfinity(noise) || signal == 0 ? double.NegativeInfinity
            : 10 / PureMath.Log(10) * (PureMath.Log(signal) - PureMath.Log(noise));
        return new LayerDifference(name, sqnr, largest, elements) { Differing = differing };
    }
}
