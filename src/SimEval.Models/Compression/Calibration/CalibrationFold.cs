namespace SimEval.Models.Compression.Calibration;

/// <summary>How a range is taken from what was seen of a value.</summary>
public enum CalibrationMethod
{
    /// <summary>From the least to the greatest element.</summary>
    MinMax,

    /// <summary>The range that all but a small share of the elements lie in.</summary>
    Percentile,

    /// <summary>The range whose 8-bit histogram loses the least information (Kullback and Leibler's divergence).</summary>
    Entropy,
}

/// <summary>
/// A fold over the elements of one value. What it finishes with is a function of the multiset of elements, whatever their
/// order and however they were cut into calls; elements that are not finite are counted and otherwise left out.
/// </summary>
public abstract class CalibrationFold
{
    /// <summary>The share of elements, in percent, that <see cref="CalibrationMethod.Percentile"/> keeps unless told otherwise.</summary>
    public const double DefaultPercentile = 99.99;

    private float least = float.PositiveInfinity;
    private float greatest = float.NegativeInfinity;

    /// <summary>An empty fold.</summary>
    /// <param name="method">Method.</param>
    /// <param name="percentile">For <see cref="CalibrationMethod.Percentile"/>: above 50, at most 100.</param>
    public static CalibrationFold Of(CalibrationMethod method, double percentile = DefaultPercentile) =>
        method switch
        {
            CalibrationMethod.MinMax => new MinMaxFold(),
            CalibrationMethod.Percentile => new PercentileFold(percentile),
            CalibrationMethod.Entropy => new EntropyFold(),
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "no such method"),
        };

    /// <summary>Elements seen that are finite.</summary>
    public long Count { get; private set; }

    /// <summary>Elements seen that are not finite.</summary>
    public long NotFinite { get; private set; }

    /// <summary>Least and greatest finite element; <see cref="ValueRange.Empty"/> before one was seen.</summary>
    protected ValueRange Seen => Count == 0 ? ValueRange.Empty : new ValueRange(least, greatest);

    /// <summary>Adds elements.</summary>
    public void Add(ReadOnlySpan<float> elements)
    {
        foreach (var element in elements)
        {
            if (!float.IsFinite(element))
            {
                NotFinite++;
                continue;
            }

            Count++;
            least = Math.Min(least, element);
            greatest = Math.Max(greatest, element);
            AddFinite(element);
        }
    }

    /// <summary>The range; <see cref="ValueRange.Empty"/> before a finite element was seen.</summary>
    public abstract ValueRange Finish();

    /// <summary>Adds a finite element.</summary>
    protected virtual void AddFinite(float element) { }

    private sealed class MinMaxFold : CalibrationFold
    {
        public override ValueRange Finish() => Seen;
    }

    private sealed class PercentileFold : CalibrationFold
    {
        private readonly GrowingHistogram histogram = new();
        private readonly double percentile;

        public PercentileFold(double percentile) =>
            this.percentile = percentile is > 50 and <= 100
                ? percentile
                : throw new ArgumentOutOfRangeException(
                    nameof(percentile),
                    percentile,
                    "a percentile is above 50 and at most 100"
                );

        public override ValueRange Finish()
        {
            if (Count == 0)
                return ValueRange.Empty;
            // Half of what is left out is left out at each end.
            var cut = (long)Math.Floor(Count * (100 - percentile) / 200);
            return new ValueRange(
                (float)Math.Max(Seen.Least, histogram.LowerEdgeAfter(cut)),
                (float)Math.Min(Seen.Greatest, histogram.UpperEdgeBefore(cut))
            );
        }

        protected override void AddFinite(float element) => histogram.Add(element);
    }

    private sealed class EntropyFold : CalibrationFold
    {
        private readonly GrowingHistogram histogram = new();

        public override ValueRange Finish()
        {
            if (histogram.Total == 0)
                return ValueRange.Empty;
            var limit = EntropyThreshold.Of(histogram);
            return new ValueRange((float)Math.Max(Seen.Least, -limit), (float)Math.Min(Seen.Greatest, limit));
        }

        // 0 is exact under every candidate, and in many values so common that it would drown all else.
        protected override void AddFinite(float element)
        {
            if (element != 0)
                histogram.Add(element);
        }
    }
}
