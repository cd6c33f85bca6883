namespace SimEval.Metrics.Statistics;

/// <summary>
/// Robust methods on paired differences: Wilcoxon's signed-rank test (1945) and the Hodges-Lehmann estimate (1963). They
/// answer "is one mostly better", not "is the mean better", so that they are shown beside the mean and gate nothing.
/// </summary>
public static class SignedRanks
{
    // Up to here the null distribution is enumerated, as SciPy does.
    private const int ExactUpTo = 50;

    /// <summary>
    /// Two-sided p-value. Zero differences are dropped; without ties and up to 50 differences it is exact, else normal with
    /// correction for ties. NaN when nothing is left.
    /// </summary>
    public static double Wilcoxon(ReadOnlySpan<double> differences)
    {
        var nonzero = new List<double>();
        foreach (var d in differences)
        {
            if (d != 0)
                nonzero.Add(d);
        }

        var n = nonzero.Count;
        if (n == 0)
            return double.NaN;
        var (plus, ties) = RankSum(nonzero);
        var total = n * (n + 1.0) / 2;
        if (ties == 0 && n <= ExactUpTo)
            return Math.Min(1, 2 * LowerTail(n, (int)Math.Min(plus, total - plus)));
        var variance = (n * (n + 1.0) * ((2.0 * n) + 1) / 24) - (ties / 48);
        var z = (plus - (total / 2)) / Math.Sqrt(variance);
        return Math.Min(1, 2 * Distributions.NormalCdf(-Math.Abs(z)));
    }

    /// <summary>The median of the means of all pairs of differences (each with itself too); NaN without any.</summary>
    public static double HodgesLehmann(ReadOnlySpan<double> differences)
    {
        var x = differences.ToArray();
        Array.Sort(x);
        var pairs = (long)x.Length * (x.Length + 1) / 2;
        if (pairs == 0)
            return double.NaN;
        return (Walsh(x, (pairs + 1) / 2) + Walsh(x, (pairs / 2) + 1)) / 2;
    }

    // The k-th smallest mean of two, by bisection over the doubles themselves: no table of n^2 numbers.
    private static double Walsh(double[] sorted, long k)
    {
        long low = Ordered(sorted[0]),
            high = Ordered(sorted[^1]);
        while (low < high)
        {
            var middle = (low >> 1) + (high >> 1) + (low & high & 1);
            if (AtMost(sorted, Value(middle)) >= k)
                high = middle;
            else
                low = middle + 1;
        }

        return Value(low);
    }

    private static long AtMost(double[] sorted, double bound)
    {
        long count = 0;
        var j = sorted.Length - 1;
        for (var i = 0; i < sorted.Length && j >= i; i++)
        {
            while (j >= i && (sorted[i] / 2) + (sorted[j] / 2) > bound)
                j--;
            count += Math.Max(0, j - i + 1);
        }

        return count;
    }

    // An order-preserving map between doubles and integers.
    private static long Ordered(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        return bits >= 0 ? bits : long.MinValue - bits;
    }

    private static double Value(long ordered) =>
        BitConverter.Int64BitsToDouble(ordered >= 0 ? ordered : long.MinValue - ordered);

    private static (double Plus, double Ties) RankSum(List<double> differences)
    {
        var order = differences.OrderBy(Math.Abs).ToArray();
        double plus = 0,
            ties = 0;
        for (var i = 0; i < order.Length; )
        {
            var j = i;
            while (j < order.Length && Math.Abs(order[j]) == Math.Abs(order[i]))
                j++;
            double size = j - i;
            var rank = (i + 1 + j) / 2.0;
            for (var k = i; k < j; k++)
                plus += order[k] > 0 ? rank : 0;
            ties += (size * size * size) - size;
            i = j;
        }

        return (plus, ties);
    }

    // P(W+ at most w) by counting the subsets of 1..n with each sum.
    private static double LowerTail(int n, int w)
    {
        var ways = new double[(n * (n + 1) / 2) + 1];
        ways[0] = 1;
        for (var rank = 1; rank <= n; rank++)
        {
            for (var sum = ways.Length - 1; sum >= rank; sum--)
                ways[sum] += ways[sum - rank];
        }

        double below = 0,
            all = 0;
        for (var sum = 0; sum < ways.Length; sum++)
        {
            all += ways[sum];
            below += sum <= w ? ways[sum] : 0;
        }

        return below / all;
    }
}
