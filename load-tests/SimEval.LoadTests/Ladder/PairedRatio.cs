using System.Diagnostics;
using System.Globalization;

namespace SimEval.LoadTests.Ladder;

/// <summary>Works for at least the given time, and says how many units it did a second.</summary>
public delegate double MeasuredLoop(TimeSpan duration);

/// <summary>What pairs of loops showed.</summary>
/// <param name="Median">Median over pairs of (rate of a) / (rate of b).</param>
/// <param name="Least">The smallest pair.</param>
/// <param name="Greatest">The greatest pair.</param>
/// <param name="SelfLeast">The smallest ratio of a against itself: what the machine alone does to a ratio.</param>
/// <param name="SelfMedian">The median ratio of a against itself; near 1.</param>
/// <param name="SelfGreatest">The greatest ratio of a against itself.</param>
/// <param name="RateA">Median rate of a, units a second.</param>
/// <param name="RateB">Median rate of b, units a second.</param>
/// <param name="Pairs">How many pairs.</param>
public sealed record Ratio(
    double Median,
    double Least,
    double Greatest,
    double SelfLeast,
    double SelfMedian,
    double SelfGreatest,
    double RateA,
    double RateB,
    int Pairs
)
{
    /// <summary>"pairs 0.91 to 0.97, itself 0.98 to 1.03 (median 1.00) over 9 pairs; 12,345 against 13,000 frames/s".</summary>
    public string Describe(string unit, string more = "") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"pairs {Least:0.00} to {Greatest:0.00}, itself {SelfLeast:0.00} to {SelfGreatest:0.00} (median {SelfMedian:0.00}) over {Pairs} pairs; {RateA:N0} against {RateB:N0} {unit}"
        ) + (more.Length == 0 ? "" : "; " + more);
}

/// <summary>
/// The one way ratios are measured. On a shared machine the same loop against itself gives 0.8 to 1.3 in a single pair, so
/// a ratio is the median of pairs in alternating order, printed with the spread of the same loop against itself.
/// </summary>
public static class PairedRatio
{
    /// <summary>Measures the rate of <paramref name="a"/> over the rate of <paramref name="b"/>; both do the same units of work.</summary>
    public static Ratio Measure(MeasuredLoop a, MeasuredLoop b, BenchmarkBudget budget)
    {
        var pairs = Math.Max(1, budget.Pairs);
        double[] ratios = new double[pairs],
            selves = new double[pairs],
            ratesA = new double[pairs],
            ratesB = new double[pairs];
        var warmUp = TimeSpan.FromTicks(budget.Loop.Ticks / 4);
        a(warmUp);
        b(warmUp);
        for (var i = 0; i < pairs; i++)
        {
            // The loop of a that is compared stands next to b, whichever of them goes first.
            double other,
                rateA,
                rateB;
            if (i % 2 == 0)
            {
                other = a(budget.Loop);
                rateA = a(budget.Loop);
                rateB = b(budget.Loop);
            }
            else
            {
                rateB = b(budget.Loop);
                rateA = a(budget.Loop);
                other = a(budget.Loop);
            }
            ratios[i] = rateA / rateB;
            selves[i] = rateA / other;
            ratesA[i] = rateA;
            ratesB[i] = rateB;
        }
        return new Ratio(
            Median(ratios),
            ratios.Min(),
            ratios.Max(),
            selves.Min(),
            Median(selves),
            selves.Max(),
            Median(ratesA),
            Median(ratesB),
            pairs
        );
    }

    /// <summary>A loop that repeats one piece of work, which says how many units it did.</summary>
    public static MeasuredLoop Repeat(Func<long> work) =>
        duration =>
        {
            var units = 0L;
            var watch = Stopwatch.StartNew();
            do
            {
                units += work();
            } while (watch.Elapsed < duration);
            return units / watch.Elapsed.TotalSeconds;
        };

    /// <summary>The median; the mean of the middle two of an even count.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
