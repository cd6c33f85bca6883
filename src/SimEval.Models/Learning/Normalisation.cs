namespace SimEval.Models.Learning;

/// <summary>
/// Shift and scale of every element of an input, so that a network sees (x - shift) * scale. An element that hardly varies is
/// scaled as if it varied a little, so that it does not blow up the day it does vary.
/// </summary>
public sealed class Normalisation
{
    private Normalisation(float[] shift, float[] scale) => (Shift, Scale) = (shift, scale);

    /// <summary>Mean of each element.</summary>
    public IReadOnlyList<float> Shift { get; }

    /// <summary>1 over the standard deviation of each element.</summary>
    public IReadOnlyList<float> Scale { get; }

    /// <summary>From rows, (count, size) row-major; no deviation is taken as less than <paramref name="least"/> (above 0).</summary>
    public static Normalisation Of(ReadOnlySpan<float> rows, int size, double least)
    {
        var count = rows.Length / size;
        var (mean, square) = (new double[size], new double[size]);
        for (var i = 0; i < count * size; i++)
            mean[i % size] += rows[i];
        for (var i = 0; i < size; i++)
            mean[i] /= Math.Max(count, 1);
        for (var i = 0; i < count * size; i++)
            square[i % size] += (rows[i] - mean[i % size]) * (rows[i] - mean[i % size]);
        var deviations = square.Select(sum => Math.Sqrt(sum / Math.Max(count, 1)));
        return new Normalisation(
            [.. mean.Select(value => (float)value)],
            [.. deviations.Select(deviation => (float)(1 / Math.Max(deviation, least)))]
        );
    }

    /// <summary>Writes the normalised rows.</summary>
    public void Apply(ReadOnlySpan<float> rows, Span<float> target)
    {
        var size = Shift.Count;
        for (var i = 0; i < rows.Length; i++)
            target[i] = (rows[i] - Shift[i % size]) * Scale[i % size];
    }
}
