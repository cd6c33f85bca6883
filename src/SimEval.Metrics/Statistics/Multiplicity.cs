namespace SimEval.Metrics.Statistics;

/// <summary>Corrections for asking several questions at once. Results are in the order of the arguments.</summary>
public static class Multiplicity
{
    /// <summary>Holm's step-down adjusted p-values (1979): the family-wise error rate, under any dependence.</summary>
    public static double[] Holm(IReadOnlyList<double> p)
    {
        var adjusted = new double[p.Count];
        var running = 0.0;
        var rank = 0;
        foreach (var i in Ascending(p))
        {
            running = Math.Max(running, Math.Min(1, (p.Count - rank) * p[i]));
            adjusted[i] = running;
            rank++;
        }

        return adjusted;
    }

    /// <summary>Benjamini and Hochberg's adjusted p-values (1995): the false discovery rate.</summary>
    public static double[] BenjaminiHochberg(IReadOnlyList<double> p) => StepUp(p, 1);

    /// <summary>Benjamini and Yekutieli's (2001): the false discovery rate under any dependence.</summary>
    public static double[] BenjaminiYekutieli(IReadOnlyList<double> p) =>
        StepUp(p, Enumerable.Range(1, p.Count).Sum(i => 1.0 / i));

    /// <summary>
    /// Which hypotheses the two-stage procedure of Benjamini, Krieger and Yekutieli (2006) rejects at false discovery rate q.
    /// </summary>
    public static bool[] TwoStage(IReadOnlyList<double> p, double q)
    {
        var stage = q / (1 + q);
        var adjusted = BenjaminiHochberg(p);
        var first = adjusted.Count(a => a <= stage);
        var level = first == 0 || first == p.Count ? stage : stage * p.Count / (p.Count - first);
        return [.. adjusted.Select(a => a <= level)];
    }

    /// <summary>Which hypotheses are rejected when tested one after another at full level until one is not.</summary>
    public static bool[] FixedSequence(IReadOnlyList<double> p, double alpha)
    {
        var rejected = new bool[p.Count];
        for (var i = 0; i < p.Count && p[i] <= alpha; i++)
            rejected[i] = true;
        return rejected;
    }

    /// <summary>
    /// Which hypotheses e-BH rejects (Wang and Ramdas 2022): the false discovery rate from e-values, under any dependence.
    /// </summary>
    public static bool[] EBenjaminiHochberg(IReadOnlyList<double> e, double alpha)
    {
        var order = Enumerable.Range(0, e.Count).OrderByDescending(i => e[i]).ThenBy(i => i).ToArray();
        var last = 0;
        for (var k = 1; k <= order.Length; k++)
        {
            if (e[order[k - 1]] >= e.Count / (alpha * k))
                last = k;
        }

        var rejected = new bool[e.Count];
        foreach (var i in order.Take(last))
            rejected[i] = true;
        return rejected;
    }

    /// <summary>Indices by ascending p, ties by index.</summary>
    internal static int[] Ascending(IReadOnlyList<double> p) =>
        [.. Enumerable.Range(0, p.Count).OrderBy(i => p[i]).ThenBy(i => i)];

    private static double[] StepUp(IReadOnlyList<double> p, double factor)
    {
        var adjusted = new double[p.Count];
        var order = Ascending(p);
        var running = 1.0;
        for (var rank = order.Length; rank >= 1; rank--)
        {
            running = Math.Min(running, p[order[rank - 1]] * p.Count * factor / rank);
            adjusted[order[rank - 1]] = running;
        }

        return adjusted;
    }
}
