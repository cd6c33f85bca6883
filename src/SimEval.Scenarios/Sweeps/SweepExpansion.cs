using SimEval.Scenarios.Numerics;

namespace SimEval.Scenarios.Sweeps;

/// <summary>
/// The points of a sweep: every combination of the listed parameters, each with the same N draws of the drawn ones. A pure
/// function of the scenario seed and the parameters; the order of declaration decides the order of points, not their keys.
/// </summary>
internal static class SweepExpansion
{
    /// <summary>The number of points before any duplicates are dropped.</summary>
    internal static long Count(IReadOnlyList<SweepParameter> parameters, int samples)
    {
        long count = parameters.Any(p => p is DrawnParameter) ? samples : 1;
        foreach (var listed in parameters.OfType<ListedParameter>())
            count = Math.Min(count * listed.Values.Count, int.MaxValue);
        return count;
    }

    /// <summary>The points; the last listed parameter runs fastest, the draws faster still.</summary>
    internal static IReadOnlyList<Point> Expand(
        ulong seed,
        IReadOnlyList<SweepParameter> parameters,
        int samples,
        SamplingDesign design
    )
    {
        var drawn = parameters.OfType<DrawnParameter>().OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        var draws = drawn.Select((p, dimension) => (p.Name, Values: Draw(seed, p, dimension, samples, design)));
        var byName = draws.ToDictionary(d => d.Name, d => d.Values, StringComparer.Ordinal);
        var total = (int)Count(parameters, samples);
        var perCombination = drawn.Count > 0 ? samples : 1;
        var points = new List<Point>(total);
        var keys = new HashSet<PointKey>();
        for (var i = 0; i < total; i++)
        {
            var (combination, sample) = Math.DivRem(i, perCombination);
            var assignment = new KeyValuePair<string, ParameterValue>[parameters.Count];
            for (var k = parameters.Count - 1; k >= 0; k--)
            {
                var parameter = parameters[k];
                ParameterValue value;
                if (parameter is ListedParameter listed)
                {
                    (combination, var index) = Math.DivRem(combination, listed.Values.Count);
                    value = listed.Values[index];
                }
                else
                    value = new ParameterValue(byName[parameter.Name][sample], null, parameter.Unit);
                assignment[k] = new(parameter.Name, value);
            }

            var key = PointKey.Of(assignment);
            if (keys.Add(key))
                points.Add(new Point(key, assignment));
        }

        return points;
    }

    private static double[] Draw(
        ulong seed,
        DrawnParameter parameter,
        int dimension,
        int samples,
        SamplingDesign design
    )
    {
        var stream = new Philox(Hash64.Of(seed, Hash64.OfText("sweep"), Hash64.OfText(parameter.Name)));
        var shares = design switch
        {
            SamplingDesign.LatinHypercube => LatinHypercube(stream, samples),
            SamplingDesign.Sobol => Sobol(stream, dimension, samples),
            _ => Enumerable.Range(0, samples).Select(i => Open(stream.Uniform((ulong)i))).ToArray(),
        };
        return Array.ConvertAll(shares, share => parameter.Quantile(share));
    }

    private static double[] LatinHypercube(Philox stream, int samples)
    {
        var slices = Enumerable.Range(0, samples).ToArray();
        for (var i = samples - 1; i > 0; i--)
        {
            var j = (int)stream.Below((uint)i + 1, (ulong)i, 1);
            (slices[i], slices[j]) = (slices[j], slices[i]);
        }

        var shares = new double[samples];
        for (var i = 0; i < samples; i++)
            shares[i] = (slices[i] + Open(stream.Uniform((ulong)i, 2))) / samples;
        return shares;
    }

    private static double[] Sobol(Philox stream, int dimension, int samples)
    {
        var shift = stream.Draw(0, 3).A;
        var shares = new double[samples];
        for (var i = 0; i < samples; i++)
            shares[i] = ((SobolSequence.Coordinate((uint)i, dimension) ^ shift) + 0.5) * (1.0 / (1L << 32));
        return shares;
    }

    // Zero is a draw of Uniform, and no share of an open interval.
    private static double Open(double share) => Math.Max(share, 1.0 / (1UL << 54));
}
