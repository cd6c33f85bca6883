using SimEval.Metrics.Statistics;
using SimEval.Scenarios.Numerics;

namespace SimEval.Metrics.Comparisons;

/// <summary>
/// An estimate with its whole family of intervals, one for each level. The p-value of a line is the level at which the
/// interval's end meets it, so that intervals and p-values can't disagree.
/// </summary>
/// <param name="Value">The estimate; NaN without values.</param>
/// <param name="Count">Values behind it.</param>
/// <param name="Effective">How many independent ones they are worth.</param>
/// <param name="Clusters">Clusters they come from.</param>
/// <param name="Missing">Rollouts or pairs without a value.</param>
/// <param name="Method">The interval's method in words.</param>
/// <param name="At">The interval at two-sided level 1 - alpha; nested.</param>
internal sealed record Inference(
    double Value,
    int Count,
    double Effective,
    int Clusters,
    int Missing,
    string Method,
    Func<double, Interval> At
)
{
    // Below this the tails of no method mean anything.
    private const double LeastP = 1e-12,
        GreatestAlpha = 0.9999;

    /// <summary>
    /// Whether the interval is one to show. A sample without spread decides (or not) by how many values agree, but has none.
    /// </summary>
    public bool HasInterval { get; init; } = true;

    /// <summary>Nothing to estimate from.</summary>
    public static Inference None(int missing, string method) =>
        new(double.NaN, 0, 0, 0, missing, method, _ => Interval.Undefined) { HasInterval = false };

    /// <summary>The estimate with its interval at a level.</summary>
    public Estimate AtLevel(double level) =>
        new(
            Value,
            HasInterval ? At(1 - level) : Interval.Undefined,
            level,
            Count,
            Effective,
            Clusters,
            Missing,
            Method
        );

    /// <summary>Two-sided p-value of "the truth lies on the line"; NaN where there is no interval at any level.</summary>
    public double PValue(double line)
    {
        if (!At(GreatestAlpha).IsDefined)
            return double.NaN;
        if (Holds(GreatestAlpha, line))
            return 1;
        if (!Holds(LeastP, line))
            return LeastP;
        double low = PureMath.Log(LeastP),
            high = PureMath.Log(GreatestAlpha);
        for (var i = 0; i < 40; i++)
        {
            var middle = (low + high) / 2;
            if (Holds(PureMath.Exp(middle), line))
                low = middle;
            else
                high = middle;
        }

        return PureMath.Exp(high);
    }

    private bool Holds(double alpha, double line)
    {
        var interval = At(alpha);
        return !interval.IsDefined || interval.Contains(line);
    }
}
