namespace SimEval.Metrics.Statistics;

/// <summary>
/// The correctly rounded sum of doubles (Shewchuk 1997, as in Python's fsum): the same whatever the order of the terms.
/// </summary>
public static class ExactSum
{
    /// <summary>The sum; NaN or infinite when a term is.</summary>
    public static double Of(ReadOnlySpan<double> values)
    {
        var partials = new List<double>();
        var special = 0.0;
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
            {
                special += value;
                continue;
            }

            var x = value;
            var kept = 0;
            for (var i = 0; i < partials.Count; i++)
            {
                var y = partials[i];
                if (Math.Abs(x) < Math.Abs(y))
                    (x, y) = (y, x);
                var high = x + y;
                var low = y - (high - x);
                if (low != 0)
                    partials[kept++] = low;
                x = high;
            }

            partials.RemoveRange(kept, partials.Count - kept);
            partials.Add(x);
        }

        return special != 0 || double.IsNaN(special) ? special : Round(partials);
    }

    // Partials do not overlap and grow in size; the last bit is settled half to even by what lies below.
    private static double Round(List<double> partials)
    {
        var n = partials.Count;
        if (n == 0)
            return 0;
        var high = partials[--n];
        var low = 0.0;
        while (n > 0)
        {
            var x = high;
            var y = partials[--n];
            high = x + y;
            low = y - (high - x);
            if (low != 0)
                break;
        }

        if (n > 0 && ((low < 0 && partials[n - 1] < 0) || (low > 0 && partials[n - 1] > 0)))
        {
            var y = low * 2;
            var x = high + y;
            if (y == x - high)
                high = x;
        }

        return high;
    }
}
